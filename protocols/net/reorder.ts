/** Reorder: with a probability a message steps aside for up to windowMs, and those behind overtake it. */
import { Purpose } from '../core/prng.ts'
import type { Shape } from './journey.ts'

export const reorder: Shape<{ readonly probability: number; readonly windowMs: number }> = (fault, journey, dice) => {
  if (dice.throw(Purpose.reorder) >= fault.probability) return
  journey.asideMs += dice.throw(Purpose.reorder, 1) * fault.windowMs
}
