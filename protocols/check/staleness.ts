/**
 * How stale the reads of a history are: the shortest time such that the history could be explained if every read, and every other
 * operation that changes nothing, might answer with what was true so long before it was invoked. Writes still take effect within their
 * intervals. A read that may look further back is only easier to explain, so the time is found by halving.
 */
import { type Budget, running, type Spent } from './budget.ts'
import type { Operation } from './history.ts'
import { layOut } from './intervals.ts'
import type { Model } from './model.ts'
import { openSearch } from './search.ts'

export type Staleness =
  /** Explained by reads that lag by at most so much, in the history's unit of time; by less it is not. */
  | { readonly is: 'holds'; readonly by: number }
  /** Not even reads from the whole past explain it. */
  | { readonly is: 'fails' }
  | { readonly is: 'unknown'; readonly why: Spent }

export function* staleness<S, I>(model: Model<S, I>, operations: readonly Operation<I>[], budget: Budget): Generator<void, Staleness> {
  const lags = possibleLags(model, operations)
  let low = 0
  let high = lags.length - 1
  let found: number | undefined
  // First the whole past, so that a hopeless history costs one search; then the shortest that will do.
  for (let at = high; low <= high; at = (low + high) >> 1) {
    const middle = at // for the closure below
    const by = lags[middle] as number
    const invoke = (index: number) => {
      const operation = operations[index] as Operation<I>
      if (!lagging(model, operation)) return operation.invoke
      return middle === lags.length - 1 ? Number.NEGATIVE_INFINITY : operation.invoke - by
    }
    const end = yield* running(openSearch(model, layOut(model, operations, { invoke }), budget.bytes), budget)
    if (end === 'found') {
      found = by
      high = middle - 1
    } else if (end === 'impossible') {
      if (found === undefined) return { is: 'fails' }
      low = middle + 1
    } else return { is: 'unknown', why: end }
  }
  return found === undefined ? { is: 'fails' } : { is: 'holds', by: found }
}

const lagging = <S, I>(model: Model<S, I>, { outcome, input }: Operation<I>): boolean =>
  outcome.is === 'ok' && model.changesNothing(input, outcome.output)

/** More lags than this are thinned out: the answer is then the next longer one that was kept. */
const LAGS_MAX = 200_000

/**
 * The lags at which anything changes: a read comes to overlap an operation, be it a write or a read, that had returned before it. Ascending; the last one
 * overlaps everything.
 */
function possibleLags<S, I>(model: Model<S, I>, operations: readonly Operation<I>[]): number[] {
  const reads = operations.filter((operation) => lagging(model, operation))
  const ends = operations.flatMap(({ outcome, return: end }) => (outcome.is === 'ok' && end !== undefined ? [end] : []))
  const every = Math.max(1, Math.ceil((reads.length * ends.length) / LAGS_MAX))
  const lags = new Set<number>()
  let longest = 0
  let index = 0
  for (const read of reads)
    for (const end of ends) {
      const lag = read.invoke - end
      if (lag > longest) longest = lag
      if (lag > 0 && index++ % every === 0) lags.add(lag)
    }
  lags.add(longest)
  return [...lags].filter((lag) => lag > 0).sort((a, b) => a - b)
}
