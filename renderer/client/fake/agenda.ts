/** What will happen, soonest first; what is due at the same time happens in the order in which it was added. A binary heap. */
interface Item {
  readonly atUs: number
  readonly order: number
  readonly act: () => void
}

export class Agenda {
  readonly #heap: Item[] = []
  #order = 0

  add(atUs: number, act: () => void): void {
    const heap = this.#heap
    heap.push({ atUs, order: this.#order++, act })
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!this.#before(i, parent)) return
      this.#swap(i, parent)
      i = parent
    }
  }

  /** The next that is due by `untilUs`, taken out. */
  take(untilUs: number): Item | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (!first || first.atUs > untilUs) return undefined
    const last = heap.pop() as Item
    if (heap.length > 0) {
      heap[0] = last
      for (let i = 0; ; ) {
        let least = i
        for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && this.#before(child, least)) least = child
        if (least === i) break
        this.#swap(i, least)
        i = least
      }
    }
    return first
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a] as Item, this.#heap[b] as Item]
    return one.atUs < other.atUs || (one.atUs === other.atUs && one.order < other.order)
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap
    const kept = heap[a] as Item
    heap[a] = heap[b] as Item
    heap[b] = kept
  }
}
