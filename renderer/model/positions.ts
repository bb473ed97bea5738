/** Where in a run something is: numbers and times of events in order, packed, however many they are. */
export class Positions {
  #seqs = new Uint32Array(256)
  #times = new Float64Array(256)
  count = 0

  /** Behind those that are here. */
  add(seqs: readonly number[], timesUs: readonly number[]): void {
    if (this.count + seqs.length > this.#seqs.length) {
      const room = Math.max(2 * this.#seqs.length, this.count + seqs.length)
      const grownSeqs = new Uint32Array(room)
      const grownTimes = new Float64Array(room)
      grownSeqs.set(this.#seqs)
      grownTimes.set(this.#times)
      this.#seqs = grownSeqs
      this.#times = grownTimes
    }
    // Time of the run never goes back, though a single event may be told late.
    let latest = this.count === 0 ? 0 : (this.#times[this.count - 1] as number)
    for (const [i, seq] of seqs.entries()) {
      latest = Math.max(latest, timesUs[i] as number)
      this.#seqs[this.count] = seq
      this.#times[this.count++] = latest
    }
  }

  /** In order. A view: it holds until more are added. */
  get seqs(): Uint32Array {
    return this.#seqs.subarray(0, this.count)
  }
  /** Of each the time, in microseconds; never going back. */
  get timesUs(): Float64Array {
    return this.#times.subarray(0, this.count)
  }

  seqAt(index: number): number | undefined {
    return index >= 0 && index < this.count ? this.#seqs[index] : undefined
  }

  /** The index of the last one at or before an event; -1 before the first. */
  indexAt(seq: number): number {
    return below(this.#seqs, this.count, seq) - 1
  }

  /** How many are at or before a time. */
  upTo(atUs: number): number {
    return below(this.#times, this.count, atUs)
  }
}

/** How many of the first `count` values, which are in order, are at most `limit`. */
function below(values: Uint32Array | Float64Array, count: number, limit: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
