/**
 * From a failing trial to smaller ones by search: changes at random, kept when the result still fails the same way and
 * costs no more. Taking away alone gets stuck, because everything that is taken away gives all later messages and
 * timers other times; a search that may also draw another seed, or add a cut, comes much further.
 */
import { changed, reseeded } from './change.ts'
import type { Dice } from './dice.ts'
import type { Proven, Prover } from './prove.ts'
import type { Bench } from './trial.ts'

/** How often a change that shows nothing is tried under other seeds as well, when there is so much luck. */
const LUCKY = 0.2

export interface ExploreOptions {
  readonly prover: Prover
  readonly bench: Bench
  readonly dice: Dice
  /** Trials without anything better after which it gives up. */
  readonly patience: number
  /** Under so many other seeds; none when absent. It pays where little is left to take away. */
  readonly luck?: number
  onBetter?(proven: Proven): void
}

export async function explore(start: Proven, { prover, bench, dice, patience, luck = 0, onBetter }: ExploreOptions): Promise<Proven> {
  let best = start
  let current = start
  let since = 0
  while (since < patience && !prover.isOver) {
    since += 1
    // Now and then a little worse is good enough to go on from; the best is never forgotten.
    const slack = dice.chance(0.1) ? 6 : 0
    const costMax = Math.min(current.cost, best.cost + 8) + slack
    const candidate = changed(current.trial, dice, bench, current.sent(), prover.areWordsFree)
    let found = await prover.prove(candidate, costMax)
    for (let left = luck > 0 && dice.chance(LUCKY) ? luck : 0; left > 0 && !found && !prover.isOver; left--)
      found = await prover.prove(reseeded(candidate, dice), costMax)
    if (found) current = found
    if (current.cost < best.cost) {
      best = current
      since = 0
      onBetter?.(best)
    } else if (since % 200 === 0) current = best
  }
  return best
}
