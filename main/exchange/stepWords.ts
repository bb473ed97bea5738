/** What happened at a host, in one line of the log of another tool. */
import type { RunEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { MessageId } from '../../protocols/core/ids.ts'
import { noteWords } from '../../protocols/core/noteWords.ts'

/** Messages on their way of which it is known what they are; older ones are called messages. */
const KEPT_MAX = 50_000

export class StepWords {
  readonly #sends = new Map<MessageId, string>()

  /** Must be given every event in order. Undefined for what did not happen at a host. */
  of(event: RunEvent): string | undefined {
    switch (event.kind) {
      case 'send':
        this.#keep(event)
        return undefined
      case 'step':
        return this.#step(event)
      case 'local':
        return event.text
      case 'invoke':
        return `${event.client} asks ${JSON.stringify(event.op)}`
      case 'return': {
        const { outcome } = event
        return `${event.client} ${outcome.is === 'ok' ? `gets ${JSON.stringify(outcome.result)}` : `hears ${outcome.is}: ${outcome.why}`}`
      }
      case 'node': {
        const { change } = event
        return change.is === 'up' ? `up, life ${change.life}` : change.is === 'down' ? `down: ${change.reason}` : change.is
      }
      case 'output':
        return `writes: ${event.line}`
      default:
        return undefined
    }
  }

  #step({ input, notes, sends }: StepEvent): string {
    const said = notes.map(({ note, data }) => `${noteWords(note)} ${JSON.stringify(data)}`)
    const cause = this.#cause(input)
    const sent = sends.count === 0 ? [] : [`sends ${sends.count}`]
    return [...said, cause, ...sent].join(', ')
  }

  #cause(input: StepEvent['input']): string {
    switch (input.kind) {
      case 'start':
        return input.recovered > 0 ? `starts with ${input.recovered} records` : 'starts'
      case 'timer':
        return `${input.name} timer`
      case 'durable':
        return 'what it wrote is durable'
      case 'control':
        return `is told ${JSON.stringify(input.control)}`
      case 'message':
      case 'request': {
        const said = this.#sends.get(input.message)
        this.#sends.delete(input.message)
        return said === undefined ? 'handles a message' : `handles ${said}`
      }
      default:
        return input satisfies never
    }
  }

  #keep({ message, type, from }: SendEvent): void {
    this.#sends.set(message, `${type} from ${from}`)
    if (this.#sends.size > KEPT_MAX) this.#sends.delete(this.#sends.keys().next().value as MessageId)
  }
}
