/** `synod export` and `synod import` as a person types them: what they print, how they end, and that nothing is left of what failed. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Desk, simulatedRun } from '../exchange/exchanged.ts'
import { parseAsShiviz } from '../exchange/shivizOracle.ts'
import { callSynod, cliProgram, spawnSynod } from './program.ts'

const data = (desk: Desk): string => path.join(desk.folder, 'data')
const synod = (desk: Desk, ...words: string[]) => callSynod(data(desk), words)

test('a run goes out in every format and comes in again; what fails says where and leaves nothing', async () => {
  using desk = new Desk()
  const run = await simulatedRun(desk, 7)
  const ndjson = path.join(desk.folder, 'run.ndjson')
  expect(await synod(desk, 'export', run, ndjson, '--as', 'ndjson')).toMatchObject({ code: 0 })
  expect(fs.readFileSync(ndjson, 'utf8')).toBe((await synod(desk, 'export', run, '--as', 'ndjson')).out)
  const imported = await synod(desk, 'import', ndjson, '--json')
  expect(JSON.parse(imported.out)).toMatchObject({ mode: 'simulation', status: 'ended', name: 'A bad afternoon' })
  expect((await synod(desk, 'check', JSON.parse(imported.out).run)).code).toBe(0)

  const log = await synod(desk, 'export', run, '-', '--as', 'shiviz')
  const ofProcesses = fs.readFileSync(ndjson, 'utf8').match(/"kind":"(step|node|invoke|return)",/g) as string[]
  expect(parseAsShiviz(log.out)).toHaveLength(ofProcesses.length)
  const foreign = await synod(desk, 'import', desk.text(log.out, 'seven.shiviz.log'), '--name', 'Seven')
  expect(foreign).toMatchObject({ code: 0, out: expect.stringContaining('It has no times') })

  const history = desk.text((await synod(desk, 'export', run, '--as', 'history')).out, 'h.ndjson')
  const edn = desk.text((await synod(desk, 'export', run, '--as', 'edn')).out, 'h.edn')
  for (const file of [history, edn]) expect((await synod(desk, 'check', '--history', file, '--model', 'kv')).out).toContain('linearizable')

  const runs = () => fs.readdirSync(path.join(desk.folder, 'data/runs')).sort()
  const before = runs()
  const cut = desk.text(fs.readFileSync(ndjson, 'utf8').slice(0, 5000), 'cut.ndjson')
  expect(await synod(desk, 'import', cut)).toMatchObject({ code: 2, err: expect.stringMatching(/cut\.ndjson:\d+: /) })
  expect(await synod(desk, 'import', history)).toMatchObject({ code: 2, err: expect.stringContaining('synod check --history') })
  expect(await synod(desk, 'import', path.join(desk.folder, 'none'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no file'),
  })
  expect(await synod(desk, 'import', cut, '--as', 'edn')).toMatchObject({ code: 2 })
  expect(await synod(desk, 'export', run, '--as', 'pdf')).toMatchObject({ code: 2, err: expect.stringContaining('synod|ndjson') })
  expect(await synod(desk, 'export', run, '--as', 'synod')).toMatchObject({ code: 2, err: expect.stringContaining('Name a file') })
  expect(await synod(desk, 'export', run, path.join(desk.folder, 'no/such/x'), '--as', 'ndjson')).toMatchObject({ code: 3 })
  expect(runs()).toEqual(before)
}, 240_000)

test.skipIf(!fs.existsSync('/dev/full'))('a full disk is said, and a reader that goes away is no failure', async () => {
  using desk = new Desk()
  const run = await simulatedRun(desk, 7)
  expect(await spawnSynod(data(desk), ['export', run, '/dev/full', '--as', 'shiviz'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('is full'),
  })
  const reader = spawn(process.execPath, [cliProgram, 'export', run, '--as', 'ndjson', '--data', data(desk)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  reader.stdout.once('data', () => reader.stdout.destroy())
  expect(await new Promise((resolve) => reader.on('exit', resolve))).toBe(0)
})
