/** Loss: each message is dropped with a probability of its own. */
import { Purpose } from '../core/prng.ts'
import type { Shape } from './journey.ts'

export const loss: Shape<{ readonly probability: number }> = (fault, journey, dice) => {
  if (dice.throw(Purpose.loss) < fault.probability) journey.end = 'dropped'
}
