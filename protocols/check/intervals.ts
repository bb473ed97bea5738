/**
 * A history of one part of an object, laid out for the search: its invocations and returns in the order of time, and for every
 * operation a slot that it holds while it is open. Operations that are open at once have different slots, and a slot is used again
 * after its operation returned, so "which of the open operations have taken effect" is a handful of bits however long
 * the history is.
 */
import type { Json } from '../core/json.ts'
import type { Operation } from './history.ts'
import type { Model } from './model.ts'

export interface Intervals<I> {
  readonly operations: readonly Operation<I>[]
  /** By operation: what it answered; undefined when nobody heard. */
  readonly outputs: readonly (Json | undefined)[]
  /** 1 when the operation changes nothing, whatever the state. */
  readonly changesNothing: Uint8Array
  /** 1 when it need not take effect before it returns, or at all. */
  readonly optional: Uint8Array
  /** 1 when it has no return in this layout. */
  readonly endless: Uint8Array
  /** In the order of time: the operation's index times two, plus one for a return. */
  readonly events: Int32Array
  /** By operation: where its invocation stands in `events`. */
  readonly invokedAt: Int32Array
  readonly slots: Int32Array
  /** 32-bit words that hold one bit for every slot: first those of operations that return, then those of the endless ones. */
  readonly words: number
  /** How many of these words are for the endless ones. */
  readonly endlessWords: number
}

export interface Layout {
  /** Operations that are not held to their word: each may take effect within its interval or never, and its output says nothing. */
  readonly released?: (index: number) => boolean
  /** The invocation of this operation as the search is to see it. */
  readonly invoke?: (index: number) => number
  /** Only what happens up to and with the return of this operation; what is still open then has no return. */
  readonly until?: number
  /**
   * Leaves out what returned before this time, and releases what was open then: for a search that starts from every state in which the
   * object may have been at this time.
   */
  readonly since?: number
}

/**
 * Lays `operations` out. Refused operations surely did nothing and are left out, and so are those that change nothing and answer
 * nothing: reads whose outcome is unknown, and released ones. `index` always counts in the given list.
 */
export function layOut<S, I>(model: Model<S, I>, operations: readonly Operation<I>[], layout: Layout = {}): Intervals<I> {
  const horizon = layout.until === undefined ? Number.POSITIVE_INFINITY : (operations[layout.until]?.return ?? Number.POSITIVE_INFINITY)
  const since = layout.since ?? Number.NEGATIVE_INFINITY
  const kept: Operation<I>[] = []
  const outputs: (Json | undefined)[] = []
  const starts: number[] = []
  const ends: number[] = []
  const optional: number[] = []
  const still: number[] = []
  for (const [index, operation] of operations.entries()) {
    const { outcome, input } = operation
    const start = layout.invoke?.(index) ?? operation.invoke
    if (outcome.is === 'refused' || start > horizon) continue
    const end = outcome.is === 'ok' ? (operation.return as number) : Number.POSITIVE_INFINITY
    if (end < since) continue
    const released = start < since || (layout.released?.(index) ?? false)
    const output = outcome.is === 'ok' && !released ? outcome.output : undefined
    const changesNothing = model.changesNothing(input, output)
    if (changesNothing && output === undefined) continue
    kept.push(operation)
    outputs.push(output)
    starts.push(start)
    ends.push(end > horizon ? Number.POSITIVE_INFINITY : end)
    optional.push(released || end > horizon ? 1 : 0)
    still.push(changesNothing ? 1 : 0)
  }
  const events = inTime(starts, ends)
  const endless = Uint8Array.from(ends, (end) => (end === Number.POSITIVE_INFINITY ? 1 : 0))
  const { slots, invokedAt, words, endlessWords } = giveSlots(events, endless)
  return {
    operations: kept,
    outputs,
    changesNothing: Uint8Array.from(still),
    optional: Uint8Array.from(optional),
    endless,
    events,
    invokedAt,
    slots,
    words,
    endlessWords,
  }
}

/** At one time invocations come before returns: intervals are closed. Returns of the latest operations come first. */
function inTime(starts: readonly number[], ends: readonly number[]): Int32Array {
  const events: number[] = []
  for (let op = 0; op < starts.length; op++) {
    events.push(op * 2)
    if (ends[op] !== Number.POSITIVE_INFINITY) events.push(op * 2 + 1)
  }
  const time = (event: number) => ((event & 1) === 0 ? starts[event >> 1] : ends[event >> 1]) as number
  events.sort((a, b) => {
    const ta = time(a)
    const tb = time(b)
    return ta === tb ? (a & 1) - (b & 1) || a - b : ta < tb ? -1 : 1 // not a difference: two times may be infinite
  })
  return Int32Array.from(events)
}

function giveSlots(events: Int32Array, endless: Uint8Array): Pick<Intervals<unknown>, 'slots' | 'invokedAt' | 'words' | 'endlessWords'> {
  const slots = new Int32Array(endless.length)
  const invokedAt = new Int32Array(endless.length)
  const free: number[] = []
  let count = 0
  let endlessCount = 0
  for (let at = 0; at < events.length; at++) {
    const event = events[at] as number
    const op = event >> 1
    if ((event & 1) === 1) free.push(slots[op] as number)
    else {
      invokedAt[op] = at
      slots[op] = endless[op] === 1 ? endlessCount++ : (free.pop() ?? count++)
    }
  }
  const held = Math.ceil(count / 32)
  for (let op = 0; op < slots.length; op++) if (endless[op] === 1) slots[op] = (slots[op] as number) + held * 32
  const endlessWords = Math.ceil(endlessCount / 32)
  return { slots, invokedAt, words: held + endlessWords, endlessWords }
}
