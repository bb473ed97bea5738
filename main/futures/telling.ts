/** Which of the events between two moments of a curve says most about why it has a step there. */
import type { RunEvent } from '../../protocols/core/event.ts'

/** How much an event says about why things went another way. */
function weight(event: RunEvent): number {
  switch (event.kind) {
    case 'action':
      return 6
    case 'node':
      return 5
    case 'step':
      if (event.notes.length > 0) return 4
      return event.input.kind === 'timer' ? 3 : 1
    case 'drop':
      return 2
    default:
      return 0
  }
}

/** The one of them that says most; the first of several. */
export function telling(events: readonly RunEvent[]): RunEvent | undefined {
  let best: RunEvent | undefined
  for (const event of events) if (!best || weight(event) > weight(best)) best = event
  return best
}
