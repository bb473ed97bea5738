/** What a scenario lets vary is drawn from the seed, and what is wrong with it is said where it stands. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { examples, varied } from '../../../main/scenario/vary.ts'

const text = (vary: string) => `name: Varied\nrun: { nodes: 4, seed: 9 }\nvary: ${vary}\nsteps: [heal]\n`
const read = (vary: string) => parseScenario(text(vary), 'x.yaml')

test('a seed decides, the same for the same seed, and every value has its turn', () => {
  const { run, vary } = read('{ nodes: [3, 5], load: { keys: [1, 2] }, options: { maxEntries: [1, 512] } }')
  const seen = new Set<string>()
  for (let seed = 1; seed <= 100; seed++) {
    const drawn = varied(run, vary, seed)
    expect(varied(run, vary, seed)).toEqual(drawn)
    expect(drawn).toMatchObject({ seed, protocol: 'raft', load: { clients: 4 } })
    seen.add(`${drawn.nodes} ${drawn.load?.keys} ${drawn.options.maxEntries}`)
  }
  expect(seen.size).toBe(8)
  expect(varied(run, undefined, 3)).toEqual({ ...run, seed: 3 })
})

test('among the examples each value occurs', () => {
  const { run, vary } = read('{ nodes: [3, 5, 7], options: { maxEntries: [1, 2] } }')
  const all = [...examples(run, vary)]
  expect(new Set(all.map(({ nodes }) => nodes))).toEqual(new Set([3, 4, 5, 7]))
  expect(new Set(all.map(({ options }) => options.maxEntries))).toEqual(new Set([undefined, 1, 2]))
})

test.each([
  { vary: '{ nodes: [3, 99] }', wanted: /^x\.yaml:3:20: vary\.nodes\[1\]: / },
  { vary: '{ colour: [red] }', wanted: /^x\.yaml:3:18: .*colour/ },
  { vary: '{ load: { keys: [0] } }', wanted: /^x\.yaml:3:24: vary\.load\.keys\[0\]: / },
  { vary: '{ nodes: 3 }', wanted: /^x\.yaml:3:16: vary\.nodes/ },
  { vary: '{ nodes: [] }', wanted: /^x\.yaml:3:16: vary\.nodes/ },
  { vary: '{ seed: [1, 2] }', wanted: /^x\.yaml:3:15: .*"seed" cannot vary/ },
])('what cannot vary so is refused: $vary', ({ vary, wanted }) => {
  expect(() => read(vary)).toThrow(wanted)
})
