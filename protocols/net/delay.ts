/** Delay: each message takes delayMs ± jitterMs longer, uniformly. The link stays first-in first-out, as TCP is. */
import { Purpose } from '../core/prng.ts'
import type { Shape } from './journey.ts'

export const delay: Shape<{ readonly delayMs: number; readonly jitterMs: number }> = (fault, journey, dice) => {
  const jitterMs = fault.jitterMs === 0 ? 0 : (2 * dice.throw(Purpose.delay) - 1) * fault.jitterMs
  journey.delayMs += Math.max(0, fault.delayMs + jitterMs)
}
