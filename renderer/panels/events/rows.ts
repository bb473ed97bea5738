/**
 * Which rows of the log are in sight, and which events they stand for: all of them by number, or those that pass a filter, read in
 * pieces as they are needed.
 */
import type { EventFilter, Response } from '../../../main/contract/commands.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'

export const ROW_PX = 24
/** A browser draws no element taller than some 33 million pixels: longer logs are scrolled in proportion. */
export const SPACE_MAX_PX = 12_000_000

export interface Shape {
  readonly count: number
  /** Height of what is looked through, pixels. */
  readonly viewPx: number
  /** Height of what is scrolled. */
  readonly spacePx: number
  /** Pixels of the log per pixel scrolled: 1 unless the log is longer than a browser can lay out. */
  readonly ratio: number
}

export function shapeOf(count: number, viewPx: number): Shape {
  const logPx = count * ROW_PX
  const spacePx = Math.min(logPx, SPACE_MAX_PX)
  return { count, viewPx, spacePx, ratio: logPx > SPACE_MAX_PX ? (logPx - viewPx) / (SPACE_MAX_PX - viewPx) : 1 }
}

/** Rows to lay out at a scroll position, a few more than are seen, and where the first of them stands in the scrolled space. */
export function rowsAt({ count, viewPx, ratio }: Shape, scrollTop: number, overscan = 6): { first: number; last: number; topPx: number } {
  const offset = scrollTop * ratio
  const first = Math.max(0, Math.floor(offset / ROW_PX) - overscan)
  const last = Math.min(count - 1, Math.ceil((offset + viewPx) / ROW_PX) + overscan)
  return { first, last, topPx: scrollTop + first * ROW_PX - offset }
}

/** Where to scroll so that a row stands in the middle, or undefined when it is wholly in sight already. */
export function scrollTo({ viewPx, ratio, spacePx }: Shape, index: number, scrollTop: number): number | undefined {
  const offset = scrollTop * ratio
  const top = index * ROW_PX
  if (top >= offset && top + ROW_PX <= offset + viewPx) return undefined
  return Math.max(0, Math.min(spacePx - viewPx, (top - (viewPx - ROW_PX) / 2) / ratio))
}

export type Read = (filter: EventFilter, from: number, limit: number, direction: 'forward' | 'backward') => Promise<Response<'run.events'>>

/** Matches per read, and how many events may be looked at before the person is shown what there is. */
const PIECE = 200
const READS_MAX = 40

/** Events that pass a filter, around a place in the run. What is loaded is one unbroken stretch, in order. */
export class Matches {
  readonly filter: EventFilter
  readonly #read: Read
  #events: RunEvent[] = []
  /** Everything between these two has been looked at. */
  #from: number
  #to: number
  #busy = false
  #over = false

  constructor(filter: EventFilter, read: Read, at: number) {
    this.filter = filter
    this.#read = read
    this.#from = at + 1
    this.#to = at
  }

  get events(): readonly RunEvent[] {
    return this.#events
  }
  /** True when the beginning of the run has been reached. */
  get complete(): boolean {
    return this.#from <= 1
  }
  /** The last event that has been looked at. */
  get lookedTo(): number {
    return this.#to
  }
  covers(seq: number): boolean {
    return seq >= this.#from && seq <= this.#to
  }

  /** No more is read after this. */
  stop(): void {
    this.#over = true
  }

  /** Loads earlier matches, a piece. Resolves with how many were put before the others. */
  async earlier(): Promise<number> {
    return await this.#once(async () => {
      const found: RunEvent[] = []
      for (let reads = 0; reads < READS_MAX && found.length < PIECE && this.#from > 1 && !this.#over; reads++) {
        const got = await this.#read(this.filter, this.#from - 1, PIECE, 'backward')
        found.push(...got.events)
        this.#from = got.next === undefined ? 1 : got.next + 1
      }
      this.#events = [...found.reverse(), ...this.#events]
      return found.length
    })
  }

  /** Loads later matches up to `last`. Resolves with how many were put behind the others. */
  async later(last: number): Promise<number> {
    return await this.#once(async () => {
      const found: RunEvent[] = []
      for (let reads = 0; reads < READS_MAX && found.length < PIECE && this.#to < last && !this.#over; reads++) {
        const got = await this.#read(this.filter, this.#to + 1, PIECE, 'forward')
        found.push(...got.events.filter(({ seq }) => seq > this.#to))
        // Without a next place everything up to the end was looked at; the end may since have moved on from `last`.
        this.#to = got.next === undefined ? Math.max(last, got.events.at(-1)?.seq ?? 0) : got.next - 1
      }
      this.#events = [...this.#events, ...found]
      return found.length
    })
  }

  /** One read at a time: two would tear the stretch. */
  async #once(work: () => Promise<number>): Promise<number> {
    if (this.#busy || this.#over) return 0
    this.#busy = true
    try {
      return await work()
    } finally {
      this.#busy = false
    }
  }
}

/** The index of the last event at or before `seq`, or -1. `events` are in order. */
export function indexAt(events: readonly RunEvent[], seq: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (events[middle]!.seq <= seq) low = middle + 1
    else high = middle
  }
  return low - 1
}
