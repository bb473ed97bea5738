/** A failing seed becomes a scenario of a few lines: as small as demanded, failing the same way when it is read back, and as recorded. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { shrink } from '../../../main/simulate/index.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { mistakes } from '../../mutants/raft.ts'
import { type Edit, loadMutant } from '../../support/mutant.ts'
import { recordedEvents } from './recordedEvents.ts'
import { simulateSeed } from './simulateSeed.ts'

const afternoon = raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''

/** Two votes in one term. */
const planted: Edit = { file: 'election.ts', find: '(state.votedFor === undefined || state.votedFor === m.candidateId) &&', replace: '' }

/** Nobody hears anybody: under any seed nothing goes on. */
const DEAF = `name: Deaf
run: { nodes: 3, load: { clients: 3, rate: 50 } }
steps:
  - storm: { ms: 2000 }
  - heal
  - arm: { kind: cut, target: { groups: [[n1], [n2], [n3]] } }
    as: parting
  - wait: { ms: 1000 }
  - wait: progress
    withinMs: 3000
`

/** The first seed under which it shows. */
async function failing(mutant: Awaited<ReturnType<typeof loadMutant>>): Promise<number> {
  let seed = 1
  while ((await simulateSeed(mutant, seed)).violated === undefined) seed += 1
  return seed
}

test('two votes in one term: under 60 events, and the file fails the same way', async () => {
  const mutant = await loadMutant('raft', [planted])
  const seed = await failing(mutant)
  const shrunk = await shrink({ text: afternoon, seed, protocol: mutant, trials: 10_000 })
  expect(shrunk.isMinimal).toBe(true)
  expect(shrunk.events, shrunk.text).toBeLessThan(60)
  expect(shrunk.events).toBeLessThan(shrunk.from.events)
  const steps = parseScenario(shrunk.text).steps
  expect(steps.length, shrunk.text).toBeLessThanOrEqual(6)
  // Read back it breaks the same invariant, with as many events, whoever runs it.
  const again = await simulateSeed(mutant, shrunk.seed, shrunk.text)
  expect(again).toMatchObject({ is: 'fail', failure: 'safety', violated: shrunk.failure })
  expect(await recordedEvents(mutant, shrunk.text)).toBe(shrunk.events)
  // The sound protocol stands it: what is written is not at fault.
  expect(await simulateSeed(raft, shrunk.seed, shrunk.text)).toMatchObject({ is: 'pass' })
})

test('interrupted, it has the smallest so far, which fails the same way; and the same seed shrinks to the same', async () => {
  const shrunkUntil = async (trials: number) => {
    const controller = new AbortController()
    const onProgress = (progress: { trials: number }) => progress.trials >= trials && controller.abort()
    return await shrink({ text: DEAF, seed: 4, signal: controller.signal, onProgress })
  }
  const early = await shrunkUntil(1)
  expect(early.isMinimal).toBe(false)
  expect(await simulateSeed(raft, early.seed, early.text)).toMatchObject({ is: 'fail', failure: 'liveness' })
  const [one, two] = [await shrunkUntil(30), await shrunkUntil(30)]
  expect(one).toEqual(two)
  expect(one.events).toBeLessThan(early.events)
})

test('what does not fail cannot be shrunk', async () => {
  await expect(shrink({ text: afternoon, seed: 1 })).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('seed 1'),
  })
})

test('what is waited for in vain: the storm before it goes, what is demanded stays', async () => {
  const shrunk = await shrink({ text: DEAF, seed: 4 })
  expect(shrunk.failure).toContain('liveness')
  expect(shrunk.events).toBeLessThan(shrunk.from.events)
  const { steps } = parseScenario(shrunk.text)
  expect(steps.map(({ step }) => step.do)).toEqual(['heal', 'arm', 'wait', 'wait'])
  expect(await simulateSeed(raft, shrunk.seed, shrunk.text)).toMatchObject({ is: 'fail', failure: 'liveness' })
}, 60_000)

const LATE = `name: Late
run: { nodes: 3, load: { clients: 2, rate: 20 } }
steps:
  - storm: { ms: 1500 }
  - heal
  - wait: progress
    withinMs: 8000
`

/** Raft in which a vote outlives its term, and the first seed under which the scenario waits in vain for it. */
async function stuck(text: string, more: readonly Edit[] = []) {
  const mutant = await loadMutant('raft', [{ file: 'terms.ts', find: '    state.votedFor = undefined\n', replace: '' }, ...more])
  let seed = 1
  while ((await simulateSeed(mutant, seed, text)).failure !== 'liveness') seed += 1
  return { mutant, seed }
}

test('what a planted mistake waits for in vain is waited for briefly: a sound protocol needs no more, and more would not help', async () => {
  const text = `${LATE}  - wait: applied\n`
  const { mutant, seed } = await stuck(text)
  const careful = await shrink({ text, seed, protocol: mutant, trials: 2000 })
  const shrunk = await shrink({ text, seed, protocol: mutant, sound: { protocol: raft, service: kv }, trials: 2000 })
  expect(shrunk.failure).toBe(careful.failure)
  expect(shrunk.events, shrunk.text).toBeLessThan(careful.events / 2)
  const last = parseScenario(shrunk.text).steps.at(-1)?.step
  expect(last?.withinMs).toBeLessThan(8000)
  for (const other of [0, 1, 2]) expect(await simulateSeed(raft, shrunk.seed + other, shrunk.text)).toMatchObject({ is: 'pass' })
  const patient = shrunk.text.replace(`withinMs: ${last?.withinMs}`, 'withinMs: 8000')
  for (const asked of [shrunk.text, patient])
    expect(await simulateSeed(mutant, shrunk.seed, asked)).toMatchObject({ is: 'fail', failure: 'liveness' })
})

test('what is waited for in vain is shown by a brief storm, without the long one before it being made small with care', async () => {
  const text = `name: Long
run: { nodes: 5, load: { clients: 4, rate: 50 } }
steps:
  - storm: { ms: 3000 }
  - heal
  - wait: progress
    withinMs: 8000
`
  const { mutant, seed } = await stuck(text)
  const seen: number[] = []
  const onProgress = ({ events }: { events: number }) => seen.push(events)
  const shrunk = await shrink({ text, seed, protocol: mutant, sound: { protocol: raft, service: kv }, trials: 4000, onProgress })
  expect(shrunk.events, shrunk.text).toBeLessThan(150)
  // From thousands at once to what a brief storm takes.
  expect(seen[0]).toBeGreaterThan(1000)
  expect(
    seen.find((events) => events < (seen[0] as number)),
    String(seen),
  ).toBeLessThan(500)
})

test('who waits in vain and breaks something as well is shown by that, if a sound protocol does not break it', async () => {
  const text = LATE
  // The storm takes no snapshots, so that nothing is broken in it.
  const edits = mistakes.find(({ name }) => name === 'snapshot-beyond-applied')?.edits ?? []
  const { mutant, seed } = await stuck(
    text,
    edits.map((edit) => ({ ...edit, file: edit.file.replace('protocols/raft/', '') })),
  )
  const shrunk = await shrink({ text, seed, protocol: mutant, sound: { protocol: raft, service: kv }, trials: 20_000 })
  expect(shrunk.failure).toBe('Snapshot Safety')
  expect(shrunk.events, shrunk.text).toBeLessThan(30)
  expect(await simulateSeed(mutant, shrunk.seed, shrunk.text)).toMatchObject({ is: 'fail', failure: 'safety', violated: 'Snapshot Safety' })
  expect(await simulateSeed(raft, shrunk.seed, shrunk.text)).toMatchObject({ is: 'pass' })
})
