/** Hold: messages wait at a gate until a person lets them through, one by one or all. */
import type { Shape } from './journey.ts'

export const hold: Shape<unknown> = (_, journey) => {
  journey.end = 'held'
}
