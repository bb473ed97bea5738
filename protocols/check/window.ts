/**
 * Why a history cannot be linearized: the smallest set of operations that contradict each other. An operation outside of it is
 * released: it may have taken effect at any point of its interval or never, and whatever it answered is not believed. Released
 * operations only make a history easier to explain, so when the rest still cannot be, the reason lies in the rest; and the
 * set is smallest in that releasing any one of its operations leaves a history that can be linearized.
 *
 * All this in the history as it was when it became certain: what was still open then may or may not have taken effect, but not
 * with another answer than the one it gave later, unless it is released.
 *
 * Plainly leaving operations out would not do: without the write, an honest read of its value looks like a lie.
 */
import { type Budget, running } from './budget.ts'
import type { Operation } from './history.ts'
import { layOut } from './intervals.ts'
import type { Model } from './model.ts'
import { openSearch } from './search.ts'

export interface Window {
  /** The operations that contradict each other, by invocation. */
  readonly operations: readonly number[]
  /** From the first of their invocations to the last of their returns. */
  readonly from: number
  readonly to: number
  /** Operations that overlap the window; they can be left out of account. */
  readonly around: readonly number[]
  /** False when the limit came first: the set contradicts itself, but a smaller part of it may as well. */
  readonly smallest: boolean
}

/**
 * The window in `operations`, one part of an object, whose search got stuck at the return of `stuckAt`: up to the return before it
 * everything can be explained, so what happened later is no part of the reason.
 */
export function* smallestWindow<S, I>(
  model: Model<S, I>,
  operations: readonly Operation<I>[],
  stuckAt: Operation<I>,
  budget: Budget,
): Generator<void, Window> {
  const horizon = stuckAt.return as number
  const until = operations.indexOf(stuckAt)
  const order = operations.map((_, index) => index).sort((a, b) => endOf(operations[a]) - endOf(operations[b]))
  const held = order.filter((index) => operations[index]?.outcome.is === 'ok' && (operations[index]?.invoke as number) <= horizon)
  let smallest = true

  /** Can it not be explained with only `kept` held to their word? With `recent`: from any state that may have been at that time. */
  function* contradicts(kept: readonly number[], recent?: Recent<S>): Generator<void, boolean> {
    const set = new Set(kept)
    const released = (index: number) => !set.has(index)
    const intervals = layOut(model, operations, { until, released, ...(recent === undefined ? {} : { since: recent.since }) })
    const end = yield* running(openSearch(model, intervals, budget.bytes, recent?.starts), budget)
    if (end !== 'found' && end !== 'impossible') smallest = false
    return end === 'impossible'
  }

  /**
   * Releases what can be released, oldest first and in large pieces first, so that what remains is recent and found in few searches. One
   * pass piece by piece at the end is enough: what could not be released with more operations held cannot be with fewer.
   */
  function* shrink(core: readonly number[], recent?: Recent<S>): Generator<void, readonly number[]> {
    for (let size = 2 ** Math.ceil(Math.log2(Math.max(2, core.length))) / 2; size >= 1; size /= 2) {
      for (let from = 0; from < core.length; ) {
        const without = [...core.slice(0, from), ...core.slice(from + size)]
        if (without.length > 0 && smallest && (yield* contradicts(without, recent))) core = without
        else from += size
      }
    }
    return core
  }

  // The reason is nearly always recent, and a search over the recent operations alone is quick. What it finds is a contradiction
  // from every state there may have been, and so it is one from those there were; the last word has a search over everything.
  let core: readonly number[] = held
  for (let count = FEWEST; count < held.length; count *= 2) {
    const late = held.slice(-count)
    const recent = recentFrom(model, operations, Math.min(...late.map((index) => (operations[index] as Operation<I>).invoke)))
    if (recent === undefined) break
    if (!(yield* contradicts(late, recent))) continue
    core = yield* shrink(late, recent)
    break
  }
  core = yield* shrink(core)

  const chosen = core.map((index) => operations[index] as Operation<I>).sort((a, b) => a.invoke - b.invoke || a.id - b.id)
  const from = Math.min(...chosen.map((operation) => operation.invoke))
  const around = operations.filter(
    (one) =>
      one.outcome.is !== 'refused' && !chosen.includes(one) && one.invoke <= horizon && (one.outcome.is !== 'ok' || endOf(one) >= from),
  )
  return { operations: chosen.map(({ id }) => id), from, to: horizon, around: around.map(({ id }) => id), smallest }
}

interface Recent<S> {
  readonly since: number
  readonly starts: readonly S[]
}

const FEWEST = 8
/** More states than this are not tried one by one. */
const STARTS_MAX = 2000

/**
 * Every state in which the object may have been at a time, and some more: whatever the operations invoked before it lead to, in any
 * order and any number. Undefined when these are too many.
 */
function recentFrom<S, I>(model: Model<S, I>, operations: readonly Operation<I>[], since: number): Recent<S> | undefined {
  const before = operations.filter(
    ({ invoke, outcome, input }) => invoke < since && outcome.is !== 'refused' && !model.changesNothing(input, undefined),
  )
  const starts = new Map<unknown, S>([[model.identity(model.init()), model.init()]])
  // A map is walked in the order in which it grows, so this ends when no operation leads out of the states found.
  for (const state of starts.values())
    for (const { input } of before) {
      const after = model.step(state, input, undefined) as S
      const identity = model.identity(after)
      if (starts.has(identity)) continue
      if (starts.size >= STARTS_MAX) return undefined
      starts.set(identity, after)
    }
  return { since, starts: [...starts.values()] }
}

const endOf = (operation: Operation<unknown> | undefined): number => operation?.return ?? Number.MAX_VALUE
