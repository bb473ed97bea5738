/** What is on its way and not yet due, of all links: one heap and one timer, however many messages wait. */
import type { Clock } from './clock.ts'
import type { Parcel } from './parcel.ts'

/** Where a parcel arrives. */
export interface Receiver {
  /** Hands the parcel over, at `atUs`; more may follow before `settle`. */
  arrive(parcel: Parcel, atUs: number): void
  /** No more for now: what was handed over goes out. */
  settle(): void
}

interface Waiting {
  readonly parcel: Parcel
  readonly receiver: Receiver
  /** Among equal times the earlier one goes first, which keeps a link first-in first-out. */
  readonly order: number
}

export class Schedule {
  readonly #clock: Clock
  #heap: Waiting[] = []
  #order = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerDueMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#heap.length
  }

  add(parcel: Parcel, receiver: Receiver): void {
    push(this.#heap, { parcel, receiver, order: this.#order++ })
    if (parcel.dueMs < this.#timerDueMs) this.reset()
  }

  /** Lets everything that is due arrive. */
  run(atUs: number): void {
    const nowMs = this.#clock.runMs(atUs)
    if (!this.#heap[0] || this.#heap[0].parcel.dueMs > nowMs) return
    const touched = new Set<Receiver>()
    for (let head = this.#heap[0]; head && head.parcel.dueMs <= nowMs; head = this.#heap[0]) {
      pop(this.#heap)
      head.receiver.arrive(head.parcel, atUs)
      touched.add(head.receiver)
    }
    for (const receiver of touched) receiver.settle()
    this.reset()
  }

  /** Lets everything that is on its way to `receiver` arrive now, in the order in which it was due. */
  hasten(receiver: Receiver, atUs: number): void {
    const mine = this.#heap.filter((waiting) => waiting.receiver === receiver).sort((a, b) => (isBefore(a, b) ? -1 : 1))
    if (mine.length === 0) return
    const others = this.#heap.filter((waiting) => waiting.receiver !== receiver)
    this.#heap = []
    for (const waiting of others) push(this.#heap, waiting)
    for (const { parcel } of mine) receiver.arrive(parcel, atUs)
    receiver.settle()
    this.reset()
  }

  /** Sets the timer anew: the head or the time scale changed. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#timerDueMs = this.#heap[0]?.parcel.dueMs ?? Number.POSITIVE_INFINITY
    if (!this.#heap[0]) return
    const waitMs = this.#clock.realMsUntil(this.#timerDueMs, this.#clock.nowUs())
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(0, Math.ceil(waitMs)), 2 ** 31 - 1))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#heap = []
  }

  #ring(): void {
    this.#timer = undefined
    this.#timerDueMs = Number.POSITIVE_INFINITY
    this.run(this.#clock.nowUs())
    if (!this.#timer) this.reset()
  }
}

const isBefore = (a: Waiting, b: Waiting): boolean =>
  a.parcel.dueMs < b.parcel.dueMs || (a.parcel.dueMs === b.parcel.dueMs && a.order < b.order)

function push(heap: Waiting[], waiting: Waiting): void {
  let at = heap.length
  heap.push(waiting)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(waiting, heap[parent] as Waiting)) break
    heap[at] = heap[parent] as Waiting
    at = parent
  }
  heap[at] = waiting
}

function pop(heap: Waiting[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Waiting, heap[child] as Waiting)) child += 1
    if (!isBefore(heap[child] as Waiting, last)) break
    heap[at] = heap[child] as Waiting
    at = child
  }
  heap[at] = last
}
