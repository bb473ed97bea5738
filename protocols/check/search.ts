/**
 * The search for an order in which the operations of one part of an object can have taken effect (Wing & Gong 1993): go through
 * the returns in the order of time; an operation must have taken effect when it returns, and any that is open may have. Where that
 * leads nowhere, go back and choose otherwise; a configuration met before is not gone into again (Lowe 2017).
 *
 * A configuration is: the return that comes next, which of the operations open there have taken effect, and the state. Everything
 * that returned before has taken effect, so nothing else need be remembered. An operation that changes nothing takes effect as
 * soon as its answer is right: it could not do better later, and nothing depends on it, so nothing else is tried in its place. And an
 * operation that never returns is needed by nobody: a configuration with fewer of these in effect reaches all that one with more does.
 */
import { openConfigurations } from './configurations.ts'
import type { Intervals } from './intervals.ts'
import type { Model } from './model.ts'
import { IMPOSSIBLE, openStates } from './states.ts'

export type SearchEnd = 'found' | 'impossible' | 'full'

export interface Search<S> {
  /** Goes on for so many steps of the model. Undefined: not finished. */
  advance(steps: number): SearchEnd | undefined
  /** Steps of the model so far. */
  readonly steps: number
  readonly configurations: number
  readonly bytes: number
  /** How far it came at best, as a part of the whole. */
  readonly progress: number
  /** The order found, as indexes; what took no effect is not in it. */
  order(): number[]
  /** The operation whose return no order could reach with it in effect, or undefined. */
  readonly stuckAt: number | undefined
  /** The longest orders tried; only their last operations. */
  readonly longest: readonly PartialOrder<S>[]
}

export interface PartialOrder<S> {
  /** Operations in effect. */
  readonly length: number
  /** The last of them, oldest first. */
  readonly tail: readonly number[]
  readonly state: S
}

/** As many as a person can look at; what lies before them was no matter of choice. */
const TAIL = 256
const LONGEST = 4

const CHOSEN = 0
/** Took effect without a choice: it changes nothing. */
const FORCED = 1
/** Returned without having taken effect, as an optional operation may. */
const DROPPED = 2

/** `starts`: the states in which the object may be at first, when that is not the model's initial state. */
export function openSearch<S, I>(model: Model<S, I>, intervals: Intervals<I>, bytesMax: number, starts?: readonly S[]): Search<S> {
  const { events, slots, invokedAt, changesNothing, optional, endless, words, endlessWords } = intervals
  const count = slots.length
  const states = openStates(model, intervals)
  const startIds = (starts ?? [model.init()]).map(states.number)
  let start = 0
  const configurations = openConfigurations(2 + words - endlessWords, bytesMax, endlessWords)
  const row = new Int32Array(2 + words)

  // Operations not yet in effect, in the order of invocation: those that return, and those that never do. Rings through two
  // heads; an operation taken out keeps its neighbours, so that it can be put back (Knuth's dancing links, as in Porcupine).
  const known = count
  const unknown = count + 1
  const next = new Int32Array(count + 2)
  const previous = new Int32Array(count + 2)
  next[known] = previous[known] = known
  next[unknown] = previous[unknown] = unknown
  for (const event of events) if ((event & 1) === 0) append(event >> 1)
  const NONE = -1
  const DROP = count + 2

  const inEffect = new Int32Array(words)
  const chosen = new Int32Array(count)
  const kinds = new Uint8Array(count)
  const cameFrom = new Int32Array(count)
  const stateBefore = new Int32Array(count)
  let depth = 0
  let effective = 0 // of those, in effect rather than dropped
  let at = 0
  let furthest = 0
  let state = startIds[0] as number
  let steps = 0
  let ended: SearchEnd | undefined
  const longest: PartialOrder<S>[] = []
  pass()

  function append(op: number): void {
    const head = endless[op] === 1 ? unknown : known
    const last = previous[head] as number
    next[last] = op
    previous[op] = last
    next[op] = head
    previous[head] = op
  }

  /** Goes over what needs no decision: invocations, and returns of operations in effect. */
  function pass(): void {
    for (; at < events.length; at++) {
      const event = events[at] as number
      if ((event & 1) === 0) continue
      const slot = slots[event >> 1] as number
      const bit = 1 << (slot & 31)
      const word = slot >> 5
      if (((inEffect[word] as number) & bit) === 0) break
      inEffect[word] = (inEffect[word] as number) & ~bit
    }
    if (at > furthest) furthest = at
  }

  function take(op: number, kind: number, after: number): void {
    chosen[depth] = op
    kinds[depth] = kind
    cameFrom[depth] = at
    stateBefore[depth] = state
    depth++
    if (kind !== DROPPED) effective++
    next[previous[op] as number] = next[op] as number
    previous[next[op] as number] = previous[op] as number
    const slot = slots[op] as number
    inEffect[slot >> 5] = (inEffect[slot >> 5] as number) | (1 << (slot & 31))
    state = after
    pass()
  }

  /** Undoes the last `take` and returns its kind. */
  function untake(): number {
    depth--
    const op = chosen[depth] as number
    const from = cameFrom[depth] as number
    while (at > from) {
      const event = events[--at] as number
      if ((event & 1) === 0) continue
      const slot = slots[event >> 1] as number
      inEffect[slot >> 5] = (inEffect[slot >> 5] as number) | (1 << (slot & 31))
    }
    const slot = slots[op] as number
    inEffect[slot >> 5] = (inEffect[slot >> 5] as number) & ~(1 << (slot & 31))
    next[previous[op] as number] = op
    previous[next[op] as number] = op
    state = stateBefore[depth] as number
    const kind = kinds[depth] as number
    if (kind !== DROPPED) effective--
    return kind
  }

  /** The open operation to try after `op` here: first the one that must return next, then the others, last those that never return. */
  function following(op: number): number {
    const due = (events[at] as number) >> 1
    let after = op
    if (op === due) after = next[known] as number
    else after = next[op] as number
    if (after === due) after = next[after] as number
    if (after < count && (invokedAt[after] as number) < at) return after
    if (op === due || endless[op] === 0) {
      after = next[unknown] as number
      if (after < count && (invokedAt[after] as number) < at) return after
    }
    return optional[due] === 1 ? DROP : NONE
  }

  /** An open operation that changes nothing and whose answer is right in this state, or NONE. */
  function rightAnswer(): number {
    for (let op = next[known] as number; op < count && (invokedAt[op] as number) < at; op = next[op] as number) {
      if (changesNothing[op] === 0) continue
      steps++
      if (states.step(state, op) !== IMPOSSIBLE) return op
    }
    return NONE
  }

  function remember(): 'new' | 'seen' | 'full' {
    row[0] = at
    row[1] = state
    for (let i = 0; i < words; i++) row[2 + i] = inEffect[i] as number
    return configurations.bytes + states.bytes > bytesMax ? 'full' : configurations.add(row)
  }

  /** Takes the first of the operations from `candidate` on that is possible here; false when none is. */
  function choose(candidate: number): boolean {
    for (let op = candidate; op !== NONE; op = following(op)) {
      if (op === DROP) {
        take((events[at] as number) >> 1, DROPPED, state)
        return true
      }
      if (changesNothing[op] === 1) continue
      steps++
      const after = states.step(state, op)
      if (after === IMPOSSIBLE) continue
      take(op, CHOSEN, after)
      return true
    }
    return false
  }

  /** Goes back to the last choice that leaves another one, and takes that, or to the next state to start from; false when none is left. */
  function chooseOtherwise(): boolean {
    noteLength()
    while (depth > 0) {
      const op = chosen[depth - 1] as number
      if (untake() === CHOSEN && choose(following(op))) return true
    }
    if (++start >= startIds.length) return false
    state = startIds[start] as number
    return true
  }

  function noteLength(): void {
    const best = longest[0]?.length ?? 0
    if (effective < best || effective === 0 || (effective === best && longest.length >= LONGEST)) return
    if (effective > best) longest.length = 0
    const tail: number[] = []
    for (let i = depth - 1; i >= 0 && tail.length < TAIL; i--) if (kinds[i] !== DROPPED) tail.push(chosen[i] as number)
    longest.push({ length: effective, tail: tail.reverse(), state: states.get(state) })
  }

  function advance(budget: number): SearchEnd | undefined {
    const stop = steps + budget
    while (ended === undefined && steps < stop) {
      if (at === events.length) {
        ended = 'found'
        break
      }
      const right = rightAnswer()
      if (right !== NONE) {
        take(right, FORCED, state)
        continue
      }
      steps++
      const seen = remember()
      if (seen === 'full') ended = 'full'
      else if (!(seen === 'new' && choose((events[at] as number) >> 1)) && !chooseOtherwise()) ended = 'impossible'
    }
    return ended
  }

  return {
    advance,
    get steps() {
      return steps
    },
    get configurations() {
      return configurations.size
    },
    get bytes() {
      return configurations.bytes + states.bytes
    },
    get progress() {
      return events.length === 0 ? 1 : furthest / events.length
    },
    order: () => Array.from(chosen.subarray(0, depth)).filter((_, i) => kinds[i] !== DROPPED),
    get stuckAt() {
      const event = events[furthest]
      return event === undefined ? undefined : event >> 1
    },
    longest,
  }
}
