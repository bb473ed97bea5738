/** Events by number in pages of a fixed size; the pages that were used longest ago are forgotten. */
import type { RunEvent, SendEvent } from '../../protocols/core/event.ts'
import type { MessageId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'

/** Events in a page: page 0 holds 1..PAGE. */
export const PAGE = 500
const PAGES_MAX = 120
/** Single events that stand in no page. */
const LOOSE_MAX = 4000

export class EventPages {
  readonly #pages = new Map<number, (RunEvent | undefined)[]>()
  readonly #loose = new Map<number, RunEvent>()
  /** The number of the event that sent each message that is here: deliveries and steps name only the message. */
  readonly #sends = new Map<MessageId, number>()
  /** The number of the event that began each operation that is here: what it returned names only the operation. */
  readonly #invokes = new Map<number, number>()

  clear(): void {
    this.#pages.clear()
    this.#loose.clear()
    this.#sends.clear()
    this.#invokes.clear()
  }

  /** The send of a message, when it is here. */
  sendOf(message: MessageId): SendEvent | undefined {
    const seq = this.#sends.get(message)
    const event = seq === undefined ? undefined : this.get(seq)
    return event?.kind === 'send' ? event : undefined
  }

  /** What was asked, when that is here. */
  opOf(operation: number): Json | undefined {
    const seq = this.#invokes.get(operation)
    const event = seq === undefined ? undefined : this.get(seq)
    return event?.kind === 'invoke' ? event.op : undefined
  }

  put(events: readonly RunEvent[]): void {
    for (const event of events) {
      const index = event.seq - 1
      const number = Math.floor(index / PAGE)
      let page = this.#pages.get(number)
      if (!page) {
        page = new Array<RunEvent | undefined>(PAGE)
        this.#pages.set(number, page)
        if (this.#pages.size > PAGES_MAX) this.#forget(number)
      }
      page[index % PAGE] = event
      this.#remember(event)
    }
  }

  /** Events that lie far apart: a page for each would hold hundreds that nobody asked for. */
  putLoose(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.#loose.delete(event.seq)
      this.#loose.set(event.seq, event)
      this.#remember(event)
    }
    for (const [seq, event] of this.#loose) {
      if (this.#loose.size <= LOOSE_MAX) return
      this.#loose.delete(seq)
      this.#forgetEvent(event)
    }
  }

  get(seq: number): RunEvent | undefined {
    return this.#pages.get(Math.floor((seq - 1) / PAGE))?.[(seq - 1) % PAGE] ?? this.#loose.get(seq)
  }

  /** True when every event of the page up to the event `last` is here. */
  has(number: number, last: number): boolean {
    const page = this.#pages.get(number)
    if (!page) return false
    this.#pages.delete(number) // to the end: pages in use are forgotten last
    this.#pages.set(number, page)
    const count = Math.min(PAGE, last - number * PAGE)
    for (let i = 0; i < count; i++) if (page[i] === undefined) return false
    return true
  }

  #remember(event: RunEvent): void {
    if (event.kind === 'send') this.#sends.set(event.message, event.seq)
    else if (event.kind === 'invoke') this.#invokes.set(event.operation, event.seq)
  }

  /** Unless it is here otherwise, too. */
  #forgetEvent(event: RunEvent): void {
    if (this.get(event.seq) !== undefined) return
    if (event.kind === 'send') this.#sends.delete(event.message)
    else if (event.kind === 'invoke') this.#invokes.delete(event.operation)
  }

  #forget(keep: number): void {
    for (const [number, page] of this.#pages) {
      if (number === keep) continue
      this.#pages.delete(number)
      for (const event of page) if (event) this.#forgetEvent(event)
      return
    }
  }
}
