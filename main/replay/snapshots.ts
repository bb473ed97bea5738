/**
 * How every node stood after events spread over a whole recording, so that any event is reached by running a few hundred
 * others again. Made by one pass from the first event on, in slices between the answers (`pace.ts`); states share what did not change,
 * so thousands of them cost little more than the last. Beyond a bound every other one goes and the rest stand wider apart.
 */
import { getHeapStatistics } from 'node:v8'
import type { Execution } from './execution.ts'
import type { EventSource } from './source.ts'
import { type Standing, Walk } from './walk.ts'

export interface Snapshot {
  readonly seq: number
  readonly nodes: readonly Standing[]
  /** It stands behind the first step of a life, which cannot be run again cheaply. */
  readonly keep: boolean
}

export interface SnapshotLimits {
  readonly every: number
  readonly most: number
  readonly heapBytesMax: number
}

const LIMITS: SnapshotLimits = { every: 256, most: 4000, heapBytesMax: 1.2 * 1024 ** 3 }
const LOOK_AT_HEAP_EVERY = 256

export class Snapshots {
  /** Checkpoints that the pass came to, by their events. */
  readonly proven = new Set<number>()
  readonly #walk: Walk
  readonly #limits: SnapshotLimits
  #every: number
  #list: Snapshot[] = []
  #made = 0
  #full = false

  constructor(source: EventSource, execution: Execution, limits: Partial<SnapshotLimits> = {}) {
    this.#walk = new Walk(source, execution, { proven: this.proven })
    this.#limits = { ...LIMITS, ...limits }
    this.#every = this.#limits.every
  }

  /** The last event that the pass has come to. */
  get reached(): number {
    return this.#walk.seq
  }

  /** Memory is short: it goes no further. */
  get isFull(): boolean {
    return this.#full
  }

  get list(): readonly Snapshot[] {
    return this.#list
  }

  /** The last one at or before an event that the pass has come to; undefined before the first. */
  nearest(seq: number): Snapshot | undefined {
    let low = 0
    let high = this.#list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#list[middle] as Snapshot).seq <= seq) low = middle + 1
      else high = middle
    }
    return this.#list[low - 1]
  }

  /** Goes on to event `to` or until `untilMs` of performance.now. */
  advance(to: number, untilMs = Number.POSITIVE_INFINITY): void {
    while (!this.#full && this.#walk.seq < to) {
      const before = this.#walk.seq
      const next = Math.min(to, (this.#list.at(-1)?.seq ?? 0) + this.#every)
      let isStart = false
      this.#walk.advance(Math.max(next, before + 1), untilMs, (_, { step, stepSeq }, { seq }) => {
        isStart = step === 1 && stepSeq === seq
        return isStart
      })
      const { seq } = this.#walk
      if (seq === before) return
      if (isStart || seq >= (this.#list.at(-1)?.seq ?? 0) + this.#every) this.#keep(seq, isStart)
      if (performance.now() >= untilMs) return
    }
  }

  #keep(seq: number, keep: boolean): void {
    this.#list.push({ seq, nodes: [...this.#walk.nodes], keep })
    this.#made++
    if (this.#list.length > this.#limits.most) this.#thin()
    if (this.#made % LOOK_AT_HEAP_EVERY === 0 && getHeapStatistics().used_heap_size > this.#limits.heapBytesMax) {
      const most = this.#list.length
      this.#thin()
      // States that share nothing: there is no room for more of them.
      if (most < 16 || getHeapStatistics().used_heap_size > 1.3 * this.#limits.heapBytesMax) this.#full = true
    }
  }

  #thin(): void {
    this.#every *= 2
    this.#list = this.#list.filter(({ keep }, index) => keep || index % 2 === 1)
  }
}
