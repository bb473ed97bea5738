/** What befalls a sweep itself, a thread that dies or a disk that is full: it ends with what it has, and says so. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { type SweepOptions, type Swept, sweep } from '../../../main/simulate/index.ts'
import { plant } from '../../mutants/plant.ts'

const folders: string[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const text = `name: short
run: { nodes: 3 }
vary: { options: { maxEntries: [1, 2, 16, 512] } }
steps:
  - wait: leader
  - client: put x 1
`
const seeds = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index)
const maxEntries = (seed: number): unknown => simulatedConfig(parseScenario(text), seed).options.maxEntries
const found = ({ results }: Swept): number[] => results.map(({ seed }) => seed).toSorted((a, b) => a - b)

/** The sweep of a copy in which whoever becomes leader ends its process under a quarter of the seeds, and throws where nobody can catch it under another. */
let planted: (options: SweepOptions) => Promise<Swept>
let copy: string
beforeAll(async () => {
  const find = "  note(turn, 'becomeLeader', "
  const ends = '  if (state.options.maxEntries === 1) process.exit(7)\n'
  const throws = "  if (state.options.maxEntries === 2) queueMicrotask(() => { throw new Error('planted') })\n"
  copy = plant([{ file: 'protocols/raft/election.ts', find, replace: `${ends}${throws}${find}` }])
  const loaded: unknown = await import(/* @vite-ignore */ pathToFileURL(path.join(copy, 'main/simulate/index.ts')).href)
  planted = (loaded as { sweep: typeof planted }).sweep
})
afterAll(() => fs.rmSync(copy, { recursive: true, force: true }))

test('a thread whose protocol ends its process, or throws where nobody can catch it, takes one seed with it, and the sweep says which', async () => {
  const last = 7
  const saidOf = new Map<unknown, string>([
    [1, 'exit code 7'],
    [2, 'planted'],
  ])
  const dies = (seed: number) => saidOf.has(maxEntries(seed))
  const dead = seeds(1, last).filter(dies)
  expect(new Set(dead.map(maxEntries))).toEqual(new Set([1, 2]))
  // Five that die before any other thread brings a result would end the sweep.
  expect(dead.length).toBeLessThan(5)
  const swept = await planted({ text, first: 1, last, jobs: 2 })
  expect(found(swept)).toEqual(seeds(1, last).filter((seed) => !dies(seed)))
  expect(swept.isWhole).toBe(false)
  expect(swept.troubles.toSorted()).toEqual(
    dead.map((seed) => expect.stringMatching(`seed ${seed} died: .*${saidOf.get(maxEntries(seed))}`)),
  )
})

test('when every thread dies, the sweep does not go on to the last seed', async () => {
  const always = text.replace('[1, 2, 16, 512]', '[1]')
  const swept = await planted({ text: always, first: 1, last: 1_000_000, jobs: 1 })
  expect(swept).toMatchObject({ results: [], isWhole: false })
  expect(swept.troubles).toHaveLength(6)
  expect(swept.troubles.at(-1)).toContain('5 threads died one after the other')
})

test('on a full disk the sweep ends with what it has, and what is kept can be resumed', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-sweep-full-'))
  folders.push(folder)
  const write = fs.writeSync as (fd: number, bytes: Uint8Array, offset: number, length: number, position: number) => number
  let lines = 0
  vi.spyOn(fs, 'writeSync').mockImplementation(((...[fd, bytes, offset, length, position]: Parameters<typeof write>) => {
    if (offset > 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    lines += 1
    return write(fd, bytes, offset, lines <= 3 ? length : 10, position)
  }) as typeof fs.writeSync)
  const options = { text, fileName: 'tests/full', first: 1, last: 1000, jobs: 1 }
  const swept = await sweep({ ...options, keep: { folder, resume: false } })
  expect(found(swept)).toEqual([1, 2, 3])
  expect(swept).toMatchObject({ isWhole: false, troubles: [expect.stringMatching(/The sweep ended: .*The disk is full/)] })
  // The third result is in what was found; half of its line is not in the file.
  const kept = fs.readFileSync(swept.file as string, 'utf8')
  expect(kept.endsWith('\n')).toBe(true)
  expect(kept.trimEnd().split('\n')).toHaveLength(3)

  vi.restoreAllMocks()
  const simulated: number[] = []
  const rest = await sweep({ ...options, last: 4, keep: { folder, resume: true }, onResult: ({ seed }) => simulated.push(seed) })
  expect({ simulated, isWhole: rest.isWhole }).toEqual({ simulated: [3, 4], isWhole: true })
})

test('where nothing can be kept at all, nothing is simulated', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-sweep-none-'))
  folders.push(folder)
  fs.writeFileSync(path.join(folder, 'sweeps'), 'a file where a folder should be')
  const onResult = vi.fn()
  const options = { text, fileName: 'tests/none', first: 1, last: 2, jobs: 1, onResult }
  await expect(sweep({ ...options, keep: { folder, resume: false } })).rejects.toMatchObject({
    ...{ code: 'disk', message: expect.stringContaining('cannot be kept') },
  })
  expect(onResult).not.toHaveBeenCalled()
})
