/**
 * After a read the proxy stays awake for a moment. A thread that sleeps is woken late, by some ten microseconds and more where its
 * processor went to sleep as well, and with few operations under way each passes here four times with nothing else to be done
 * meanwhile. Under a heavy load others want the processor, and where little comes the watch would be in vain: then it sleeps at once.
 */

/** Longer gains nothing more. */
const WATCH_MS = 0.12
/** What came in so long says how it is. */
const PERIOD_MS = 10
/** Some four operations at once; with sixteen, staying awake costs a tenth of what goes through on two processors. */
const BYTES_MAX = 40_000
/** One in half a millisecond. */
const READS_MIN = 20

/** By the machine's clock: the run's is set when a run goes on where another was. */
export class Vigil {
  #isWatching = false
  #untilMs = 0
  #pays = false
  #sinceMs = 0
  #bytes = 0
  #reads = 0
  readonly #watch = () => {
    this.#isWatching = performance.now() < this.#untilMs
    if (this.#isWatching) setImmediate(this.#watch)
  }

  get isWatching(): boolean {
    return this.#isWatching
  }

  /** So much was read. */
  read(bytes: number): void {
    const nowMs = performance.now()
    this.#reads += 1
    this.#bytes += bytes
    const periodMs = nowMs - this.#sinceMs
    if (periodMs >= PERIOD_MS) {
      this.#pays = periodMs < 2 * PERIOD_MS && this.#reads >= READS_MIN && this.#bytes <= BYTES_MAX
      this.#sinceMs = nowMs
      this.#reads = 0
      this.#bytes = 0
    }
    if (!this.#pays) return
    this.#untilMs = nowMs + WATCH_MS
    if (this.#isWatching) return
    this.#isWatching = true
    setImmediate(this.#watch)
  }
}
