/**
 * The weakest of the promises that are worth a name: when nobody writes any more, all reads come to answer the same, and no write that was acknowledged is lost
 * (eventual consistency: Terry et al. 1995; Vogels 2009). Judged of one part by what clients saw, so only as far as somebody looked after the last write.
 */
import { canonical } from '../core/json.ts'
import type { Operation } from './history.ts'
import type { Model } from './model.ts'

export type Eventual =
  /** From so long after the last write on, all reads agreed. In the history's unit of time. */
  | { readonly is: 'holds'; readonly within: number }
  | { readonly is: 'fails'; readonly differ?: readonly [id: number, other: number]; readonly lost?: number }
  /** `unread`: nobody read after the last write. `open`: a write has no end, and may take effect at any time. */
  | { readonly is: 'unknown'; readonly why: 'unread' | 'open' }

export function eventual<S, I>(model: Model<S, I>, operations: readonly Operation<I>[]): Eventual {
  const writes = operations.filter(({ input, outcome }) => outcome.is !== 'refused' && !changesNothing(model, input, outcome))
  const quiet = Math.max(Number.NEGATIVE_INFINITY, ...writes.map((write) => write.return ?? Number.POSITIVE_INFINITY))
  if (quiet === Number.POSITIVE_INFINITY) return { is: 'unknown', why: 'open' }
  const reads = operations
    .filter(({ input, outcome, invoke }) => outcome.is === 'ok' && model.changesNothing(input, undefined) && invoke > quiet)
    .sort((a, b) => a.invoke - b.invoke || a.id - b.id)
  const last = reads.at(-1)
  if (!last) return { is: 'unknown', why: 'unread' }
  // Of the same question.
  const late = reads.filter(({ input }) => model.describe(input) === model.describe(last.input))
  // What each client saw last is what it is left with.
  const lasts = [...new Map(late.map((one) => [one.client, one])).values()]
  const other = lasts.find((one) => answer(one) !== answer(last))
  if (other) return { is: 'fails', differ: [other.id, last.id] }
  const lost = writes.find((write) => write.outcome.is === 'ok' && model.isLost?.(write, last, writes))
  if (lost) return { is: 'fails', lost: lost.id }
  const differing = late.findLastIndex((one) => answer(one) !== answer(last))
  const since = late[differing + 1] ?? last
  return { is: 'holds', within: since.invoke - quiet }
}

const answer = ({ outcome }: Operation<unknown>): string => (outcome.is === 'ok' ? canonical(outcome.output) : '')

const changesNothing = <S, I>(model: Model<S, I>, input: I, outcome: Operation<I>['outcome']): boolean =>
  model.changesNothing(input, outcome.is === 'ok' ? outcome.output : undefined)

/** How far behind the stalest read was: so many writes that had surely replaced what it answered, the first of them so long before it was asked. */
export interface Behind {
  readonly versions: number
  readonly by: number
  /** The read. */
  readonly id: number
}

/** More pairs of reads and writes are not looked at. */
const PAIRS_MAX = 4_000_000

/** Undefined when there are too many, or no read can be told to answer with what one write left. Each read is given the write that excuses it most. */
export function furthestBehind<S, I>(model: Model<S, I>, operations: readonly Operation<I>[]): Behind | undefined {
  const done = operations.filter(({ outcome }) => outcome.is !== 'refused')
  const reads = done.filter(({ input, outcome }) => outcome.is === 'ok' && model.changesNothing(input, outcome.output))
  const writes = done.filter((one) => !changesNothing(model, one.input, one.outcome))
  if (reads.length * writes.length > PAIRS_MAX) return undefined
  const acknowledged = writes.filter(({ outcome }) => outcome.is === 'ok').sort((a, b) => (a.return ?? 0) - (b.return ?? 0))
  const left = writes.map((write) => ({
    until: write.return ?? Number.POSITIVE_INFINITY,
    state: model.step(model.init(), write.input, undefined),
  }))
  left.push({ until: Number.NEGATIVE_INFINITY, state: model.init() })
  let furthest: Behind | undefined
  for (const { id, input, outcome, invoke } of reads) {
    if (outcome.is !== 'ok') continue
    const fits = left.filter(({ state }) => state !== undefined && model.step(state, input, outcome.output) !== undefined)
    if (fits.length === 0) continue
    const until = Math.max(...fits.map((each) => each.until))
    const newer = acknowledged.filter((write) => write.invoke > until && (write.return as number) < invoke)
    const by = invoke - ((newer[0]?.return as number) ?? invoke)
    if (newer.length > 0 && (!furthest || newer.length > furthest.versions || (newer.length === furthest.versions && by > furthest.by)))
      furthest = { versions: newer.length, by, id }
  }
  return furthest
}
