/** `synod futures` as a person calls it: a curve of a run of the library, one of its futures kept, and what it refuses. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callSynod, spawnSynod } from './program.ts'

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-cli-futures-'))
afterAll(() => fs.rmSync(data, { recursive: true, force: true }))
const synod = (args: readonly string[]) => callSynod(data, args)
const few = ['--moments', '4', '--futures', '12']

let run = ''
beforeAll(async () => {
  run = JSON.parse((await synod(['sim', 'raft/leader-crash', '--seed', '7', '--json'])).out).run
})

test('futures --of: a table with a bar for each moment, and the steps in words', async () => {
  const { code, out, err } = await synod(['futures', run, '--of', 'leader', ...few])
  expect(code).toBe(0)
  expect(out).toMatch(/^Event \d+: n\d becomes leader\. How likely that was/)
  expect(out).toMatch(/^0 +0\.000 s +\d+ % +#*\.* *\| +\d+ of \d+ /m)
  expect(out).toMatch(/% to \d+ % at event \d+.*: n\d/)
  expect(err).toContain('4 of at most 4 moments')
})

test('futures --keep: one of them is a run of the library, judged like any, and has futures again', async () => {
  const { code, out } = await synod(['futures', run, '--of', 'leader', ...few, '--keep', '0', '--json'])
  expect(code).toBe(0)
  const { kept, moments } = JSON.parse(out)
  expect(kept).toMatchObject({ status: 'ended', violations: 0, name: expect.stringContaining(`from event 0, seed ${moments[0].hit}`) })
  expect(await synod(['check', kept.run])).toMatchObject({ code: 0, out: expect.stringContaining('Run again, bit for bit') })
  expect((await synod(['futures', kept.run, '--of', 'leader', ...few])).code).toBe(0)
})

test('futures: what has nothing to ask is exit code 2 and says what can be asked', async () => {
  expect(await synod(['futures', run])).toMatchObject({ code: 2, err: expect.stringContaining('Nothing was violated') })
  expect(await synod(['futures', run, '--of', 'no such thing'])).toMatchObject({ code: 2, err: expect.stringContaining('Marks are') })
  expect(await synod(['futures', run, '--at', '999999'])).toMatchObject({ code: 2, err: expect.stringContaining('Its last event is') })
  expect(await synod(['futures', run, '--at', '1'])).toMatchObject({ code: 2, err: expect.stringContaining('likelihood') })
})

test('futures: interrupted, it says what it has', async () => {
  const { code, out } = await spawnSynod(
    data,
    ['futures', run, '--of', 'leader', '--moments', '24', '--futures', '1000'],
    '1 of at most 24',
  )
  expect(code).toBe(3)
  expect(out).toContain('Interrupted')
})
