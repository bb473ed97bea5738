/**
 * What judging a history costs: `node test/bench/history.ts`. Per operation over a thousand keys, at ten thousand and at a hundred
 * thousand operations; and hard ones: a single key, twelve clients at once, two thousand operations, with and without operations that
 * nobody heard of, true and with a planted stale read, each of which must end in a verdict or in unknown within its limits.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Operation } from '../../protocols/check/history.ts'
import { type HistoryVerdict, judging } from '../../protocols/check/linearizability.ts'
import { kv } from '../../protocols/check/models/kv.ts'
import type { KvOperation } from '../../protocols/services/kv.ts'
import { longHistory } from '../protocols/check/longHistory.ts'
import { median, remark, report } from './figures.ts'

const ROUNDS = 7
const LIMIT_MS = 20_000
const LIMIT_BYTES = 256 * 2 ** 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Judged {
  readonly verdict: HistoryVerdict
  readonly ms: number
  /** The most that the heap and its buffers grew by, looked at between slices. */
  readonly grewMb: number
}

function judged(operations: readonly Operation<KvOperation>[]): Judged {
  collect()
  const size = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  const before = size()
  let most = before
  const began = performance.now()
  let lookedAt = began
  const run = judging(kv, operations, { now: () => performance.now(), ms: LIMIT_MS, bytes: LIMIT_BYTES })
  let turn = run.next()
  for (; !turn.done; turn = run.next()) {
    if (performance.now() - lookedAt < 50) continue
    lookedAt = performance.now()
    most = Math.max(most, size())
  }
  const ms = performance.now() - began
  return { verdict: turn.value, ms, grewMb: (Math.max(most, size()) - before) / 2 ** 20 }
}

const sizes = [10_000, 100_000] as const
const histories = sizes.map((operations) => longHistory({ seed: 1, keys: 1000, clients: 32, operations, unknownIn: 1000 }).operations)
for (const history of histories) judged(history) // compiled
const costs: number[][] = sizes.map(() => [])
const grew: number[][] = sizes.map(() => [])
for (let round = 0; round < ROUNDS; round++)
  for (const [i, history] of histories.entries()) {
    const { verdict, ms, grewMb } = judged(history)
    if (verdict.is !== 'linearizable') throw new Error(`a history made to be linearizable is ${verdict.is}`)
    costs[i]?.push((ms * 1000) / history.length)
    grew[i]?.push(grewMb)
  }
const [small = 0, large = 0] = costs.map((cost) => median(cost))
report({ name: 'a history of 10,000 operations, 1,000 keys: per operation', value: small, unit: 'us' })
report({
  name: 'a history of 100,000 operations, 1,000 keys: per operation',
  value: large,
  unit: 'us',
  peer: 'of 10,000',
  peerValue: small,
})
for (const [i, operations] of sizes.entries())
  report({ name: `a history of ${operations} operations: memory beside the history`, value: median(grew[i] ?? []), unit: 'MB' })

for (const [title, unknownIn, stale] of [
  ['all heard, true', 1e9, false],
  ['all heard, one stale read', 1e9, true],
  ['10 of unknown outcome, true', 200, false],
  ['10 of unknown outcome, one stale read', 200, true],
  ['100 of unknown outcome, one stale read', 20, true],
] as const) {
  const { operations } = longHistory({ seed: 1, keys: 1, clients: 12, operations: 2000, unknownIn, stale })
  const { verdict, ms, grewMb } = judged(operations)
  const window = verdict.violations[0]?.explained?.window
  const found = window === undefined ? '' : `, window of ${window.operations.length}${window.smallest ? '' : ' (perhaps not the smallest)'}`
  remark(`hard history, ${title}: ${verdict.is}${verdict.why === undefined ? '' : ` (${verdict.why})`}${found}, ${verdict.steps} steps`)
  report({ name: `hard history, ${title}: with its explanation`, value: ms, unit: 'ms', peer: 'limit', peerValue: LIMIT_MS })
  report({ name: `hard history, ${title}: memory`, value: grewMb, unit: 'MB', peer: 'limit', peerValue: LIMIT_BYTES / 2 ** 20 })
}
