/**
 * How long a judgement may go on. Searches take exponential time in the worst case, so every one of them runs in slices under a
 * budget of time, steps and memory, and what the budget ends is unknown: never a pass, never an accusation.
 */

export interface Limits {
  /** Milliseconds of any clock; only differences count. */
  now(): number
  /** Milliseconds until a verdict is due. */
  readonly ms?: number
  /** Steps of the model. */
  readonly steps?: number
  /** What the configurations and states of one search may weigh. */
  readonly bytes?: number
  /** Violated parts that are explained at all, which may take as long again as finding them: the first few when absent. */
  readonly explained?: number
}

export const BYTES_USUAL = 256 * 2 ** 20
/** Steps between two looks at the clock: a few milliseconds. */
const SLICE = 4096

export type Spent = 'time' | 'steps' | 'memory'

export interface Budget {
  readonly bytes: number
  readonly steps: number
  spent(): Spent | undefined
  /** Counts steps; true when it is time to let others work. */
  count(steps: number): boolean
  readonly slice: number
}

export function openBudget({
  now,
  ms = Number.POSITIVE_INFINITY,
  steps: stepsMax = Number.POSITIVE_INFINITY,
  bytes = BYTES_USUAL,
}: Limits): Budget {
  const deadline = now() + ms
  let steps = 0
  let sinceRest = 0
  return {
    bytes,
    get steps() {
      return steps
    },
    spent: () => (steps >= stepsMax ? 'steps' : now() >= deadline ? 'time' : undefined),
    count(more) {
      steps += more
      sinceRest += more
      if (sinceRest < SLICE) return false
      sinceRest = 0
      return true
    },
    get slice() {
      return Math.min(SLICE, stepsMax - steps)
    },
  }
}

/** What the budget can run: anything that goes on for so many steps and says when it ended. */
export interface Runnable {
  advance(steps: number): 'found' | 'impossible' | 'full' | undefined
  readonly steps: number
}

/** Runs a search to its end, or to the budget's; yields between slices. */
export function* running(search: Runnable, budget: Budget): Generator<void, 'found' | 'impossible' | Spent> {
  for (;;) {
    const spent = budget.spent()
    if (spent) return spent
    const before = search.steps
    const end = search.advance(budget.slice)
    const rest = budget.count(search.steps - before)
    if (rest) yield
    if (end) return end === 'full' ? 'memory' : end
  }
}
