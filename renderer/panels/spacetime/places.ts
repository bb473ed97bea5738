/**
 * How many things lie where on the axis, at any zoom: their places in order, so that a slice is counted by looking for its two ends. A frame
 * over a million of them looks at a few for each of its slices. What is added out of order is put in order when somebody asks, or sooner
 * when it is so much that a frame would feel it.
 */
const LEFT_MAX = 2000

export class Places {
  length = 0
  #list = new Float64Array(64)
  #inOrder = 0

  /** What has no place (NaN) is not counted. */
  add(place: number): void {
    if (Number.isNaN(place)) return
    if (this.length === this.#list.length) {
      const wide = new Float64Array(this.length * 2)
      wide.set(this.#list)
      this.#list = wide
    }
    if (this.#inOrder === this.length && (this.length === 0 || place >= (this.#list[this.length - 1] as number))) this.#inOrder++
    this.#list[this.length++] = place
    const added = this.length - this.#inOrder
    if (added > LEFT_MAX && added * 8 > this.length) this.#putInOrder()
  }

  /** Adds to each of `counts` what lies in its slice of the axis; the slices are `size` long and begin at `from`. */
  countInto(counts: Uint32Array, from: number, size: number): void {
    this.#putInOrder()
    const list = this.#list
    let at = this.#firstFrom(from, 0, this.length)
    let usual = 1
    while (at < this.length) {
      const slice = Math.floor(((list[at] as number) - from) / size)
      if (slice >= counts.length) return
      const next = Math.max(at + 1, this.#near(from + (slice + 1) * size, at, usual))
      usual = next - at
      counts[slice] = (counts[slice] as number) + usual
      at = next
    }
  }

  /** The first at or behind `place`, sought about `usual` behind `start`, which is not behind it. */
  #near(place: number, start: number, usual: number): number {
    const list = this.#list
    let step = Math.max(1, usual >> 3)
    let low = start
    let high = start + usual
    while (high < this.length && (list[high] as number) < place) {
      low = high
      high += step
      step *= 2
    }
    high = Math.min(high, this.length)
    for (let back = high - step; back > low; back -= step) {
      if ((list[back] as number) < place) {
        low = back
        break
      }
      high = back
      step *= 2
    }
    return this.#firstFrom(place, low, high)
  }

  #firstFrom(place: number, from: number, to: number): number {
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#list[middle] as number) < place) low = middle + 1
      else high = middle
    }
    return low
  }

  /** What was added last lies near the end as a rule: no more is moved than has to be. */
  #putInOrder(): void {
    if (this.#inOrder === this.length) return
    const list = this.#list
    const added = list.slice(this.#inOrder, this.length).sort()
    let old = this.#inOrder - 1
    let to = this.length - 1
    for (let i = added.length - 1; i >= 0; to--) {
      if (old >= 0 && (list[old] as number) > (added[i] as number)) list[to] = list[old--] as number
      else list[to] = added[i--] as number
    }
    this.#inOrder = this.length
  }
}
