/** What happened at a host, in one line of the log of another tool: in the words in which the window says it. */
import type { InvokeEvent, RunEvent, SendEvent } from '../../protocols/core/event.ts'
import type { MessageId } from '../../protocols/core/ids.ts'
import { eventText, type Telling } from '../../protocols/words/eventText.ts'
import { speechOf } from '../../protocols/words/speech.ts'
import type { RunHeader } from '../recorder/header.ts'

/** Messages on their way, and operations under way, of which it is known what they are; older ones are not told. */
const KEPT_MAX = 50_000

export class HostWords {
  /** Without their bodies, of which nothing is said. */
  readonly #sends = new Map<MessageId, SendEvent>()
  readonly #ops = new Map<number, InvokeEvent['op']>()
  readonly #telling: Telling

  constructor({ nodes, config }: RunHeader) {
    this.#telling = {
      ...{ nodes, speech: speechOf(config.protocol, config.service) },
      sendOf: (message) => this.#sends.get(message),
      opOf: (operation) => this.#ops.get(operation),
    }
  }

  /** Must be given every event in order. Undefined for what did not happen at a host. */
  of(event: RunEvent): string | undefined {
    switch (event.kind) {
      case 'send':
        keep(this.#sends, event.message, { ...event, body: null })
        return undefined
      case 'invoke':
        keep(this.#ops, event.operation, event.op)
        return eventText(event, this.#telling)
      case 'return':
        return last(eventText(event, this.#telling), this.#ops, event.operation)
      case 'step': {
        const text = eventText(event, this.#telling)
        return 'message' in event.input ? last(text, this.#sends, event.input.message) : text
      }
      case 'output':
        return `writes: ${event.line}`
      case 'local':
      case 'node':
        return eventText(event, this.#telling)
      default:
        return undefined
    }
  }
}

function keep<K, V>(kept: Map<K, V>, key: K, value: V): void {
  kept.set(key, value)
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as K)
}

/** It was told for the last time. */
function last<K>(text: string, kept: Map<K, unknown>, key: K): string {
  kept.delete(key)
  return text
}
