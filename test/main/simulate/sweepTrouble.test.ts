/** What befalls a sweep itself, a thread that dies or a disk that is full: it ends with what it has, and says so. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
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
const dies = (seed: number): boolean => simulatedConfig(parseScenario(text), seed).options.maxEntries === 1
const found = ({ results }: Swept): number[] => results.map(({ seed }) => seed).toSorted((a, b) => a - b)

/** The sweep of a copy in which whoever becomes leader does `deed` first, under a quarter of the seeds. */
async function planted(deed: string): Promise<(options: SweepOptions) => Promise<Swept>> {
  const find = "  note(turn, 'becomeLeader', "
  const folder = plant([{ file: 'protocols/raft/election.ts', find, replace: `  if (state.options.maxEntries === 1) ${deed}\n${find}` }])
  folders.push(folder)
  const loaded: unknown = await import(/* @vite-ignore */ pathToFileURL(path.join(folder, 'main/simulate/index.ts')).href)
  return (loaded as { sweep: (options: SweepOptions) => Promise<Swept> }).sweep
}

test.each([
  { what: 'ends its process', deed: 'process.exit(7)', said: 'exit code 7' },
  { what: 'throws where nobody can catch it', deed: "queueMicrotask(() => { throw new Error('planted') })", said: 'planted' },
])('a thread whose protocol $what takes one seed with it, and the sweep says which', async ({ deed, said }) => {
  const last = 9
  const dead = seeds(1, last).filter(dies)
  expect(dead.length).toBeGreaterThan(0)
  expect(dead.length).toBeLessThan(last)
  const swept = await (await planted(deed))({ text, first: 1, last, jobs: 2 })
  expect(found(swept)).toEqual(seeds(1, last).filter((seed) => !dies(seed)))
  expect(swept.isWhole).toBe(false)
  expect(swept.troubles.toSorted()).toEqual(dead.map((seed) => expect.stringMatching(`seed ${seed} died: .*${said}`)))
})

test('when every thread dies, the sweep does not go on to the last seed', async () => {
  const always = text.replace('[1, 2, 16, 512]', '[1]')
  const swept = await (await planted('process.exit(7)'))({ text: always, first: 1, last: 1_000_000, jobs: 1 })
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
