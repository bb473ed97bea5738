/** A run that is likely to be started: its processes and threads start before it is. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { NodeLauncher } from '../../../main/cluster/index.ts'
import { createLab } from '../../../main/lab.ts'

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-foreseen-'))
afterAll(() => fs.rmSync(data, { recursive: true, force: true }))

test('what is foreseen waits, once; a simulation needs no process, and a lab that only reads needs nothing', async () => {
  const started: string[] = []
  const ended: string[] = []
  const launcher: NodeLauncher = {
    start(entry) {
      const program = path.parse(entry).name
      started.push(program)
      return { pid: undefined, send: () => undefined, kill: () => ended.push(program) > 0 }
    },
  }
  const lab = await createLab({ dataFolder: data, host: 'cli', launcher })
  const foresee = (mode: 'real' | 'simulation', nodes: number) => lab.dispatch('runs.foresee', { mode, nodes })
  await foresee('simulation', 5)
  expect(started).toEqual([])
  await foresee('real', 3)
  await foresee('real', 3)
  expect(started.toSorted()).toEqual(['clients', 'node', 'node', 'node'])
  await foresee('real', 5)
  expect(started.filter((program) => program === 'node')).toHaveLength(5)
  const reader = await createLab({ dataFolder: data, host: 'cli', launcher, readOnly: true })
  await reader.dispatch('runs.foresee', { mode: 'real', nodes: 7 })
  expect(started).toHaveLength(6)
  await reader.close()
  await lab.close()
  expect(ended.toSorted()).toEqual(started.toSorted())
})
