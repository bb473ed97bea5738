/**
 * When the pass over a recording works. Whoever asks for a state is likely to ask for another soon, as somebody does who drags the
 * playhead: so it works right after an answer, in short slices, then keeps still until the next one, or until nobody has asked for a while.
 */

/** Slices short enough for a question in between; shorter still while somebody asks. */
const SLICE_MS = 8
const SHORT_SLICE_MS = 4
/** After an answer it works so long; and when nobody has asked for so long, all the time. */
const WORK_MS = 60
const ALONE_MS = 150

export class PreparingPace {
  #answeredMs = Number.NEGATIVE_INFINITY

  answered(nowMs: number): void {
    this.#answeredMs = nowMs
  }

  /** How long a slice may take now; or how long to keep still first. */
  turn(nowMs: number): { readonly workMs: number } | { readonly restMs: number } {
    const sinceMs = nowMs - this.#answeredMs
    if (sinceMs >= ALONE_MS) return { workMs: SLICE_MS }
    return sinceMs < WORK_MS ? { workMs: SHORT_SLICE_MS } : { restMs: ALONE_MS - sinceMs }
  }
}
