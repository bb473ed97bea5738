/** Events by number in pages of a fixed size; the pages that were used longest ago are forgotten. */
import type { RunEvent } from '../../protocols/core/event.ts'

/** Events in a page: page 0 holds 1..PAGE. */
export const PAGE = 500
const PAGES_MAX = 120

export class EventPages {
  readonly #pages = new Map<number, (RunEvent | undefined)[]>()

  clear(): void {
    this.#pages.clear()
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
    }
  }

  get(seq: number): RunEvent | undefined {
    return this.#pages.get(Math.floor((seq - 1) / PAGE))?.[(seq - 1) % PAGE]
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

  #forget(keep: number): void {
    for (const number of this.#pages.keys()) {
      if (number === keep) continue
      this.#pages.delete(number)
      return
    }
  }
}
