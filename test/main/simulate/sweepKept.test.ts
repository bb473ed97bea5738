/** A sweep is resumed where it ended: what was found counts, as long as it is what would be found again. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SeedResult, type Swept, sweep } from '../../../main/simulate/index.ts'

const text = `name: short
run: { nodes: 3 }
vary: { nodes: [3, 5] }
steps:
  - wait: leader
  - client: put x 1
`
let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-sweep-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

interface Told extends Swept {
  readonly simulated: readonly number[]
  readonly earlier: readonly number[]
  readonly words: readonly string[]
}

async function swept(last: number, resume: boolean, { until, as = text }: { until?: number; as?: string } = {}): Promise<Told> {
  const controller = new AbortController()
  const simulated: number[] = []
  let earlier: readonly SeedResult[] = []
  let words: readonly string[] = []
  const done = await sweep({
    ...{ text: as, fileName: 'tests/short', first: 1, last, jobs: 1, signal: controller.signal },
    keep: { folder, resume },
    onBegin: (there, said) => {
      earlier = there
      words = said
    },
    onResult: ({ seed }) => {
      simulated.push(seed)
      if (seed === until) controller.abort()
    },
  })
  return { ...done, simulated, earlier: earlier.map(({ seed }) => seed), words }
}

const fileOf = ({ file }: Swept): string => file as string
const linesOf = (done: Swept): string[] => fs.readFileSync(fileOf(done), 'utf8').split('\n').slice(0, -1)

test('an interrupted sweep goes on where it ended, and comes to what one in one piece comes to', async () => {
  const begun = await swept(6, false, { until: 3 })
  expect(begun).toMatchObject({ isWhole: false, simulated: [1, 2, 3] })
  const rest = await swept(6, true)
  expect(rest).toMatchObject({ isWhole: true, earlier: [1, 2, 3], simulated: [4, 5, 6], words: [], troubles: [] })
  const whole = await sweep({ text, fileName: 'tests/short', first: 1, last: 6, jobs: 1 })
  expect(rest.results).toEqual(whole.results)
  expect(rest.coverage).toEqual(whole.coverage)
  expect(rest.coverage.transitions.becomeLeader).toBeGreaterThanOrEqual(6)
  // Once more: nothing is left to do. A wider range takes what is there, a narrower one counts no more than it asks for.
  expect(await swept(6, true)).toMatchObject({ isWhole: true, simulated: [], earlier: [1, 2, 3, 4, 5, 6] })
  expect(await swept(8, true)).toMatchObject({ isWhole: true, simulated: [7, 8] })
  expect((await swept(2, true)).results.map(({ seed }) => seed)).toEqual([1, 2])
})

test('without asking for it, a sweep begins anew', async () => {
  await swept(3, false)
  const anew = await swept(2, false)
  expect(anew).toMatchObject({ simulated: [1, 2], earlier: [] })
  expect(linesOf(anew)).toHaveLength(3)
  expect(fs.readdirSync(path.join(folder, 'sweeps'))).toHaveLength(1)
})

test('where there is nothing to resume, it begins anew and says so', async () => {
  const { words, simulated, isWhole } = await swept(2, true)
  expect({ simulated, isWhole }).toEqual({ simulated: [1, 2], isWhole: true })
  expect(words).toEqual([expect.stringContaining('it begins anew')])
})

test('a last line that is not whole is cut off, and its seed simulated again', async () => {
  const begun = await swept(3, false)
  const lines = linesOf(begun)
  fs.truncateSync(fileOf(begun), fs.statSync(fileOf(begun)).size - 20)
  const rest = await swept(4, true)
  expect(rest).toMatchObject({ isWhole: true, earlier: [1, 2], simulated: [3, 4], words: [expect.stringContaining('cut off')] })
  expect(linesOf(rest).slice(0, 4)).toEqual(lines)
  expect(linesOf(rest)).toHaveLength(5)
})

test('another scenario, another version, another format and what is no sweep are refused, and stay as they are', async () => {
  const begun = await swept(2, false)
  await expect(swept(4, true, { as: text.replace('put x 1', 'put x 2') })).rejects.toMatchObject({
    ...{ code: 'bad-request', message: expect.stringContaining('has changed'), hint: expect.stringContaining('Without --resume') },
  })
  const [header = '', ...results] = linesOf(begun)
  const changed = (change: (line: string) => string) => `${[change(header), ...results].join('\n')}\n`
  const refused: [string, string][] = [
    [changed((line) => line.replace(/"protocolVersion":\d+/, '"protocolVersion":999')), 'version 999'],
    [changed((line) => line.replace(/"synod":"[^"]*"/, '"synod":"0.0.1"')), 'Synod 0.0.1'],
    [changed((line) => line.replace('"input start"', '"input begin"')), 'another build'],
    [changed((line) => line.replace('"format":1', '"format":2')), 'format 2'],
    [changed(() => 'no header'), 'keeps no sweep'],
    ['', 'keeps no sweep'],
    [changed((line) => line).replace('"seed":1,', '"seed":1.5,'), 'line 2,'],
    [changed((line) => line).replace(/"events":\d+(?![\s\S]*"events")/, '"events":1'), 'does not come out any more'],
  ]
  for (const [content, said] of refused) {
    fs.writeFileSync(fileOf(begun), content)
    await expect(swept(4, true), said).rejects.toMatchObject({ code: 'bad-request', message: expect.stringContaining(said) })
    expect(fs.readFileSync(fileOf(begun), 'utf8')).toBe(content)
  }
  expect(await swept(2, false)).toMatchObject({ isWhole: true, simulated: [1, 2] })
})
