/** Duplicate: with a probability the receiver is handed more copies of the message, right after it. */
import { Purpose } from '../core/prng.ts'
import type { Shape } from './journey.ts'

export const duplicate: Shape<{ readonly probability: number; readonly copies: number }> = (fault, journey, dice) => {
  if (dice.throw(Purpose.duplicate) < fault.probability) journey.copies += fault.copies
}
