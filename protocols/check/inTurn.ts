/**
 * The clients of a run are one process: what it heard before it asked anew came first, though its clock may show one microsecond for both.
 * Its words in turn get times that rise, by a nanosecond where the clock stood still; else a judge, to whom intervals that touch overlap, could not tell.
 */
export class InTurn {
  #lastNs = Number.NEGATIVE_INFINITY

  /** Of the next word: microseconds, with three places at most. */
  next(atUs: number): number {
    this.#lastNs = Math.max(this.#lastNs + 1, Math.round(atUs * 1000))
    return this.#lastNs / 1000
  }
}
