/**
 * How simulated time keeps step with a person's: so many real milliseconds to each millisecond of run time. Where computing
 * is slower than that, the run falls behind for good instead of rushing after what it missed.
 */

/** Behind by more than so much real time is not made up for. */
const BEHIND_MS_MAX = 100

export class Pace {
  #scale: number
  #sinceMs: number
  #sinceUs: number

  /** `nowMs`: any clock that does not go backwards; `runUs`: the run's time then. */
  constructor(scale: number, nowMs: number, runUs: number) {
    this.#scale = scale
    this.#sinceMs = nowMs
    this.#sinceUs = runUs
  }

  /** The time at which the run should be, whole microseconds. */
  dueUs(nowMs: number): number {
    return Math.floor(this.#sinceUs + ((nowMs - this.#sinceMs) * 1e3) / this.#scale)
  }

  setScale(scale: number, nowMs: number, runUs: number): void {
    this.#scale = scale
    this.#from(nowMs, runUs)
  }

  /** The run has come as far as `runUs`: what it is behind beyond the usual is let go. */
  reached(nowMs: number, runUs: number): void {
    const behindMs = ((this.dueUs(nowMs) - runUs) / 1e3) * this.#scale
    if (behindMs > BEHIND_MS_MAX) this.#from(nowMs - BEHIND_MS_MAX, runUs)
  }

  #from(nowMs: number, runUs: number): void {
    this.#sinceMs = nowMs
    this.#sinceUs = runUs
  }
}
