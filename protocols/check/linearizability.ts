/**
 * The judge of histories: can every operation be given one point between its invocation and its return such that, done one by one in
 * the order of these points, each answers what it answered (Herlihy & Wing 1990)? Parts of the object that no operation ties
 * together are judged one by one, which is exact, since linearizability is local. See README.md for the algorithm.
 *
 * A generator, so that whoever runs it can rest between slices, show progress, or stop.
 */
import { type Budget, BYTES_USUAL, type Limits, openBudget, running, type Spent } from './budget.ts'
import { type Behind, type Eventual, eventual, furthestBehind } from './eventual.ts'
import type { Operation } from './history.ts'
import { layOut } from './intervals.ts'
import type { Model } from './model.ts'
import { openSearch, type Search } from './search.ts'
import { openSequentialSearch } from './sequential.ts'
import { type Staleness, staleness } from './staleness.ts'
import { smallestWindow, type Window } from './window.ts'

export interface Progress {
  readonly doing: 'judging' | 'explaining'
  /** Of all operations, how many belong to parts that are judged; the one in work counts by how far it came. */
  readonly operations: number
  readonly total: number
}

/** A longest order that could be given before nothing fitted any more. */
export interface Attempt {
  /** Operations that it could put in order. */
  readonly length: number
  /** The last of them, oldest first. */
  readonly tail: readonly number[]
  /** The state to which they lead, in words. */
  readonly state: string
}

export interface PartViolation {
  /** The part, such as a key; absent when the object was judged whole. */
  readonly part?: string
  /** The operation at whose return it became certain. */
  readonly at: number
  /** Absent beyond the first few violated parts. */
  readonly explained?: {
    readonly window: Window
    readonly attempts: readonly Attempt[]
    /** Is there an order that keeps each client's own order, though not the clock's? */
    readonly sequential: { readonly is: 'holds' | 'fails' | 'unknown' }
    /** Absent for models whose reads are not reads of the whole state. */
    readonly staleReads?: Staleness
    /** Did all come to read the same when the writes had ended, with no acknowledged write lost? Absent likewise. */
    readonly eventual?: Eventual
    /** The stalest read; absent where no read was surely behind. */
    readonly behind?: Behind
  }
}

export interface HistoryVerdict {
  /** `unknown`: a limit came first in at least one part, and no part is violated. */
  readonly is: 'linearizable' | 'violated' | 'unknown'
  readonly why?: Spent
  readonly operations: number
  readonly parts: number
  readonly undecided: number
  /** When linearizable: the operations in effect in the order of their points, with the times of these. */
  readonly order?: readonly { readonly id: number; readonly at: number }[]
  readonly violations: readonly PartViolation[]
  /** Steps of the model that it took. */
  readonly steps: number
  /** The most that the configurations and states of one part weighed. */
  readonly bytes: number
}

/** Violated parts that are explained; an explanation costs many searches. */
const EXPLAINED = 4
const EXPLAIN_STEPS = 2_000_000
/** A window is worth more than the weaker verdicts. */
const WINDOW_STEPS = 10_000_000
const EXPLAIN_MS = 10_000

/** Judges a well-formed history (see `malformed`). The limits bound the verdict; explaining a violation may take as long again, at most. */
export function* judging<S, I>(model: Model<S, I>, history: readonly Operation<I>[], limits: Limits): Generator<Progress, HistoryVerdict> {
  const parts = intoParts(model, history)
  const budget = openBudget(limits)
  const points: { id: number; at: number }[] = []
  const violated: { part: Part<I>; search: Search<S>; searched: readonly Operation<I>[] }[] = []
  let undecided = 0
  let why: Spent | undefined
  let judged = 0
  let bytes = 0
  for (const part of parts) {
    const { operations } = part
    if (why !== undefined && why !== 'memory') {
      undecided++
      continue
    }
    const intervals = layOut(model, operations)
    const search = openSearch(model, intervals, budget.bytes)
    const run = running(search, budget)
    let turn = run.next()
    for (; !turn.done; turn = run.next())
      yield { doing: 'judging', operations: judged + Math.floor(search.progress * operations.length), total: history.length }
    bytes = Math.max(bytes, search.bytes)
    if (turn.value === 'found') addPoints(points, intervals.operations, search.order())
    else if (turn.value === 'impossible') violated.push({ part, search, searched: intervals.operations })
    else {
      undecided++
      why = turn.value
    }
    judged += operations.length
  }
  const { explained = EXPLAINED } = limits
  const violations: PartViolation[] = []
  for (const { part, search, searched } of violated) {
    const at = searched[search.stuckAt as number] as Operation<I>
    const name = part.name === undefined ? {} : { part: part.name }
    if (violations.length >= explained) violations.push({ ...name, at: at.id })
    else {
      const explanation = explaining(model, part.operations, at, search, searched, limits, Math.min(violated.length, explained))
      let turn = explanation.next()
      for (; !turn.done; turn = explanation.next()) yield { doing: 'explaining', operations: judged, total: history.length }
      violations.push({ ...name, at: at.id, explained: turn.value })
    }
  }
  const is = violations.length > 0 ? 'violated' : undecided > 0 ? 'unknown' : 'linearizable'
  return {
    is,
    ...(is === 'unknown' && why !== undefined ? { why } : {}),
    operations: history.length,
    parts: parts.length,
    undecided,
    ...(is === 'linearizable' ? { order: points.sort((a, b) => a.at - b.at) } : {}),
    violations,
    steps: budget.steps,
    bytes,
  }
}

/** Judges in one go. */
export function judge<S, I>(model: Model<S, I>, history: readonly Operation<I>[], limits: Limits): HistoryVerdict {
  const run = judging(model, history, limits)
  for (let turn = run.next(); ; turn = run.next()) if (turn.done) return turn.value
}

interface Part<I> {
  readonly name?: string
  readonly operations: readonly Operation<I>[]
}

/** One for every object; an object whose operations each touch one part of it alone falls into these. */
function intoParts<S, I>(model: Model<S, I>, history: readonly Operation<I>[]): Part<I>[] {
  const parts: Part<I>[] = []
  for (const [key, operations] of grouped(history, model.key)) {
    const elements = model.part === undefined ? undefined : grouped(operations, model.part)
    if (elements === undefined || elements.has(undefined)) parts.push({ ...(key === undefined ? {} : { name: key }), operations })
    else
      for (const [element, members] of elements)
        parts.push({ name: key === undefined ? `${element}` : `${key} ${element}`, operations: members })
  }
  return parts
}

function grouped<I>(operations: readonly Operation<I>[], by: (input: I) => string | undefined): Map<string | undefined, Operation<I>[]> {
  const groups = new Map<string | undefined, Operation<I>[]>()
  for (const operation of operations) {
    const group = groups.get(by(operation.input))
    if (group) group.push(operation)
    else groups.set(by(operation.input), [operation])
  }
  return groups
}

/** The earliest points that keep the order. They lie within the intervals, or the order would not have been found. */
function addPoints<I>(points: { id: number; at: number }[], operations: readonly Operation<I>[], order: readonly number[]): void {
  let at = Number.NEGATIVE_INFINITY
  for (const index of order) {
    const operation = operations[index] as Operation<I>
    at = Math.max(at, operation.invoke)
    points.push({ id: operation.id, at })
  }
}

const lagOf = <S, I>(model: Model<S, I>, operations: readonly Operation<I>[]): { readonly behind?: Behind } => {
  const behind = furthestBehind(model, operations)
  return behind === undefined ? {} : { behind }
}

function* explaining<S, I>(
  model: Model<S, I>,
  operations: readonly Operation<I>[],
  stuckAt: Operation<I>,
  search: Search<S>,
  searched: readonly Operation<I>[],
  limits: Limits,
  explained: number,
): Generator<void, NonNullable<PartViolation['explained']>> {
  /** A third of the time each: the window, and the two weaker verdicts. */
  const share = (steps: number): Budget =>
    openBudget({
      now: limits.now,
      ms: Math.min(limits.ms ?? EXPLAIN_MS, EXPLAIN_MS) / (3 * explained),
      steps: Math.min(limits.steps ?? steps, steps),
      bytes: limits.bytes ?? BYTES_USUAL,
    })
  const window = yield* smallestWindow(model, operations, stuckAt, share(WINDOW_STEPS))
  const budget = share(EXPLAIN_STEPS)
  const sequential = yield* running(openSequentialSearch(model, operations, budget.bytes), budget)
  return {
    window,
    attempts: search.longest.map(({ length, tail, state }) => ({
      length,
      tail: tail.map((index) => (searched[index] as Operation<I>).id),
      state: model.describeState(state),
    })),
    sequential: { is: sequential === 'found' ? 'holds' : sequential === 'impossible' ? 'fails' : 'unknown' },
    ...(model.staleReads
      ? {
          staleReads: yield* staleness(model, operations, share(EXPLAIN_STEPS)),
          eventual: eventual(model, operations),
          ...lagOf(model, operations),
        }
      : {}),
  }
}
