/** Cut: nothing gets through. Connections stay up, so that only time-outs tell the nodes. */
import type { Shape } from './journey.ts'

export const cut: Shape<unknown> = (_, journey) => {
  journey.end = 'dropped'
}
