/**
 * A sweep of `raft/bad-afternoon` on two workers beside the same seeds on one: events a second. Each thread compiles what it runs for itself, about two
 * seconds of processor time, in which one worker has the other processor's help: so the whole sweep stands beside what comes behind its first thousand
 * seeds, as in a long one. Taken in turn, a few times each, since the machine is not always as fast.
 */
import { sweep } from '../../main/simulate/index.ts'
import { raft } from '../../protocols/raft/index.ts'
import { median, report } from './figures.ts'

const SEEDS = 3000
const COMPILED_AFTER = 1000
const ROUNDS = 3

const text = raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''

interface Pace {
  readonly whole: number
  readonly compiled: number
}

/** Events a second. */
async function sweepOn(jobs: number): Promise<Pace> {
  const beganMs = performance.now()
  let [seeds, events, compiledMs, eventsBefore] = [0, 0, beganMs, 0]
  const { troubles } = await sweep({
    ...{ text, first: 1, last: SEEDS, jobs },
    onResult: (result) => {
      seeds += 1
      events += result.events
      if (seeds === COMPILED_AFTER) [compiledMs, eventsBefore] = [performance.now(), events]
    },
  })
  const endedMs = performance.now()
  if (seeds !== SEEDS || troubles.length > 0) throw new Error(`${seeds} of ${SEEDS} seeds: ${troubles.join('; ')}`)
  return { whole: (events / (endedMs - beganMs)) * 1e3, compiled: ((events - eventsBefore) / (endedMs - compiledMs)) * 1e3 }
}

const paces: Record<1 | 2, Pace[]> = { 1: [], 2: [] }
for (let round = 0; round < ROUNDS; round++) for (const jobs of [1, 2] as const) paces[jobs].push(await sweepOn(jobs))

const figure = (name: string, pick: (pace: Pace) => number) =>
  report({ name, value: median(paces[2].map(pick)), unit: 'events/s', peer: 'one worker', peerValue: median(paces[1].map(pick)) })
figure(`a sweep of ${SEEDS.toLocaleString('en')} seeds on two workers`, ({ whole }) => whole)
figure('... behind its first thousand, when the code is compiled', ({ compiled }) => compiled)
