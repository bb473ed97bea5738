/**
 * From a failing trial to smaller ones by search: changes at random, kept when the result still fails the same way and
 * costs no more. Taking away alone gets stuck, because everything that is taken away gives all later messages and
 * timers other times; a search that may also draw another seed, or add a cut, comes much further.
 */
import { changed } from './change.ts'
import type { Dice } from './dice.ts'
import type { Proven, Prover } from './prove.ts'
import type { Bench } from './trial.ts'

export interface ExploreOptions {
  readonly prover: Prover
  readonly bench: Bench
  readonly dice: Dice
  /** Trials without anything better after which it gives up. */
  readonly patience: number
  onBetter?(proven: Proven): void
}

export async function explore(start: Proven, { prover, bench, dice, patience, onBetter }: ExploreOptions): Promise<Proven> {
  let best = start
  let current = start
  let since = 0
  while (since < patience && !prover.isOver) {
    since += 1
    // Now and then a little worse is good enough to go on from; the best is never forgotten.
    const slack = dice.chance(0.1) ? 6 : 0
    const found = await prover.prove(changed(current.trial, dice, bench, current.sent()), Math.min(current.cost, best.cost + 8) + slack)
    if (found) current = found
    if (current.cost < best.cost) {
      best = current
      since = 0
      onBetter?.(best)
    } else if (since % 200 === 0) current = best
  }
  return best
}
