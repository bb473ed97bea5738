/** The picture of the paper that depends on the order of events more than any other, drawn by real processes. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { callSynod } from '../hosts/program.ts'

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-figure8-'))
afterAll(() => fs.rmSync(data, { recursive: true, force: true }))

test('five processes draw Figure 8, and run again from the recording they draw it again', async () => {
  const ran = await callSynod(data, ['run', 'raft/figure-8', '--json'])
  const { is, run, summary } = JSON.parse(ran.out)
  expect({ code: ran.code, is, violations: summary.violations }).toEqual({ code: 0, is: 'pass', violations: 0 })

  const overwritten = await callSynod(data, ['events', run, '--where', 'note:replaceConflict'])
  const nodes = overwritten.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).node)
  expect(nodes.sort()).toEqual(['n1', 'n2', 'n3'])

  expect(await callSynod(data, ['check', run])).toMatchObject({ code: 0 })
})
