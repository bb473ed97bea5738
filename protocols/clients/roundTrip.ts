/**
 * How long it takes to be answered here, as a client has seen it: smoothed mean and deviation of what it measured, RFC 6298 §2. Without it a
 * busy cluster is asked everything twice, and becomes busier. An answer to what was repeated counts from the first asking on: too long rather than too short.
 */
export class RoundTrip {
  #meanMs: number | undefined
  #deviationMs = 0

  measured(ms: number): void {
    if (this.#meanMs === undefined) {
      this.#meanMs = ms
      this.#deviationMs = ms / 2
      return
    }
    this.#deviationMs += (Math.abs(ms - this.#meanMs) - this.#deviationMs) / 4
    this.#meanMs += (ms - this.#meanMs) / 8
  }

  /** So long an answer hardly ever takes; 0 while nothing was measured. */
  get hardlyEverMs(): number {
    return (this.#meanMs ?? 0) + 4 * this.#deviationMs
  }
}
