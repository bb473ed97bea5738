/** Many seeds: all of them judged, the same whoever simulates them, and what was found is kept whatever happens. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type SeedResult, sweep } from '../../../main/simulate/index.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { loadMutant } from '../../support/mutant.ts'
import { simulateSeed } from './simulateSeed.ts'

const text = raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''
const bySeed = (results: readonly SeedResult[]) => results.toSorted((a, b) => a.seed - b.seed)

test('two threads find what one finds, and the sound protocol stands every afternoon', async () => {
  const two = await sweep({ text, first: 1, last: 12, jobs: 2 })
  expect(two).toMatchObject({ isWhole: true, troubles: [] })
  const results = bySeed(two.results)
  expect(results.map(({ seed }) => seed)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
  expect(results.filter(({ is }) => is !== 'pass')).toEqual([])
  const one = await sweep({ text, first: 1, last: 12, jobs: 1 })
  expect(bySeed(one.results)).toEqual(results)
  // Afternoons in which nothing happens prove nothing.
  const sum = (kind: string) => results.reduce((total, { faults }) => total + (faults[kind] ?? 0), 0)
  for (const kind of ['crash', 'pause', 'cut', 'lost records', 'clock', 'slow disk']) expect(sum(kind), kind).toBeGreaterThan(0)
  expect(results.reduce((total, { operations }) => total + operations, 0)).toBeGreaterThan(1000)
})

const seedsFile = path.join(import.meta.dirname, '..', '..', 'seeds', 'bad-afternoon.txt')
const once = [...fs.readFileSync(seedsFile, 'utf8').matchAll(/^(\d+) /gm)].map(([, seed]) => Number(seed))

test.each(once)('seed %i failed once', async (seed) => {
  const { results } = await sweep({ text, first: seed, last: seed, jobs: 1 })
  expect(results).toMatchObject([{ seed, is: 'pass' }])
})

test('an interrupted sweep keeps what it has', async () => {
  const controller = new AbortController()
  const swept = await sweep({
    ...{ text, first: 1, last: 10_000, jobs: 1, signal: controller.signal },
    onResult: ({ seed }) => seed === 3 && controller.abort(),
  })
  expect(swept.isWhole).toBe(false)
  expect(swept.results.map(({ seed }) => seed)).toEqual([1, 2, 3])
})

test('a scenario that cannot be simulated is said once, before any thread is started', async () => {
  await expect(sweep({ text: text.replace('protocol: raft', 'protocol: craft'), first: 1, last: 5, jobs: 2 })).rejects.toMatchObject({
    code: 'bad-request',
  })
})

test('liveness is told apart from safety: a cluster that stays parted breaks nothing and does nothing', async () => {
  const stuck = text.replace('nodes: [3, 5]', 'nodes: [5]').replace('  - heal:\n', '  - heal:\n  - partition: [[n1, n2], [n3, n4], [n5]]\n')
  const { results } = await sweep({ text: stuck, first: 1, last: 2, jobs: 1 })
  for (const result of results) expect(result).toMatchObject({ is: 'fail', failure: 'liveness' })
  expect(results.every(({ violated }) => violated === undefined)).toBe(true)
})

const planted = [
  {
    what: 'two votes in one term',
    edit: { file: 'election.ts', find: '(state.votedFor === undefined || state.votedFor === m.candidateId) &&', replace: '' },
    breaks: ['Election Safety'],
  },
  {
    what: 'a vote for any log',
    edit: { file: 'election.ts', find: 'isUpToDate(state.log, m.lastLogTerm, m.lastLogIndex)', replace: 'true' },
    breaks: ['Leader Completeness', 'State Machine Safety'],
  },
  {
    what: 'a commit bounded by the end of the log instead of what matched',
    edit: {
      file: 'replication.ts',
      find: 'Math.min(m.leaderCommit, matchIndex)',
      replace: 'Math.min(m.leaderCommit, lastIndex(state.log))',
    },
    breaks: ['State Machine Safety', 'Leader Completeness'],
  },
]

test.each(planted)('a planted mistake is found: $what', async ({ edit, breaks }) => {
  const mutant = await loadMutant('raft', [edit])
  for (let seed = 1; seed <= 200; seed++) {
    const { is, failure, violated } = await simulateSeed(mutant, seed)
    if (is === 'pass') continue
    expect({ failure, violated }).toEqual({ failure: 'safety', violated: expect.stringMatching(breaks.join('|')) })
    return
  }
  expect.fail('nothing in 200 seeds')
})
