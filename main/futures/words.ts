/** Events in a few words, for the steps of a curve: which of those between two moments says most, and what. */
import type { RunEvent } from '../../protocols/core/event.ts'
import { noteWords } from '../../protocols/core/noteWords.ts'

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

export function eventWords(event: RunEvent): string {
  switch (event.kind) {
    case 'action':
      return actionWords(event.action)
    case 'node':
      return `${event.node} is ${event.change.is}${event.change.is === 'down' ? `: ${event.change.reason}` : ''}`
    case 'step': {
      const notes = event.notes.map(({ note, data }) => `${noteWords(note)} ${JSON.stringify(data)}`)
      const { input } = event
      const why = input.kind === 'timer' ? `its ${input.name} timer` : `a ${input.kind}`
      return notes.length > 0 ? `${event.node} ${notes.join(', ')}` : `${event.node} takes a step after ${why}`
    }
    case 'send':
      return `${event.from} sends ${event.type} to ${event.to}`
    case 'deliver':
      return `message ${event.message} arrives`
    case 'drop':
      return `message ${event.message} is lost: ${typeof event.why === 'string' ? event.why : event.why.fault}`
    case 'hold':
      return `message ${event.message} waits at ${event.fault}`
    case 'invoke':
      return `${event.client} asks ${JSON.stringify(event.op)}`
    case 'return':
      return `${event.client} is answered: ${event.outcome.is}`
    case 'checkpoint':
      return `the state of ${event.node} is recorded`
    case 'reject':
      return `rejected at ${event.where}: ${event.why}`
    case 'local':
      return `${event.host}: ${event.text}`
    case 'output':
      return `${event.node} writes: ${event.line}`
    default:
      return event satisfies never
  }
}

function actionWords(action: Extract<RunEvent, { kind: 'action' }>['action']): string {
  switch (action.do) {
    case 'arm': {
      const { id, kind, target } = action.fault
      return `${kind} is armed as ${id} on ${'all' in target ? 'all links' : JSON.stringify(Object.values(target)[0])}`
    }
    case 'lift':
      return `${action.fault} is lifted`
    case 'release':
      return `a message is let through ${action.fault}`
    case 'node':
      return `${action.what} ${action.node}`
    case 'control':
      return `${action.node} is told ${JSON.stringify(action.control)}`
    case 'clock':
      return `the clock of ${action.node} is set`
    case 'disk':
      return `the disk of ${action.node} becomes ${action.syncMs === null ? 'as usual' : 'slow'}`
    case 'timeScale':
      return `time goes ${action.scale} times slower`
    case 'load':
      return action.load === null ? 'the load stops' : `a load of ${action.load.clients} clients begins`
    case 'end':
      return 'the run ends'
    default:
      return action satisfies never
  }
}
