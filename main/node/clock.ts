import { anchor } from '../../protocols/core/anchor.ts'

/**
 * A process's two clocks. Real time (`atUs`) is the machine's one monotonic clock, counted from the run's beginning, so
 * that the stamps of all processes can be compared. Run time (`nowMs`) is what the protocol lives by: it goes slower
 * when the run is slowed, and never jumps.
 */
export class RunClock {
  /** What to add to performance.now() for microseconds since the run began: reading it costs half of process.hrtime(). */
  #offsetUs: number
  #scale: number
  #sinceUs: number
  #sinceMs: number

  constructor(options: { readonly epochUs: number; readonly timeScale: number }) {
    this.#offsetUs = offsetFrom(options.epochUs)
    this.#scale = options.timeScale
    this.#sinceUs = this.atUs()
    this.#sinceMs = Math.max(0, this.#sinceUs / 1e3 / options.timeScale)
  }

  /** Time stood still and goes on now, from where it was: `nowMs` of run time at `atUs` of a run that began at another moment. */
  begin({ epochUs, atUs, nowMs }: { readonly epochUs: number; readonly atUs: number; readonly nowMs: number }): void {
    this.#offsetUs = offsetFrom(epochUs)
    this.#sinceUs = atUs
    this.#sinceMs = nowMs
  }

  /** Real microseconds since the run began. */
  atUs(): number {
    return performance.now() * 1e3 + this.#offsetUs
  }

  /** Run milliseconds at the real time `atUs`. */
  nowMs(atUs: number): number {
    return this.#sinceMs + (atUs - this.#sinceUs) / 1e3 / this.#scale
  }

  /** Real milliseconds per millisecond of run time. */
  get scale(): number {
    return this.#scale
  }

  setScale(scale: number): void {
    const atUs = this.atUs()
    this.#sinceMs = this.nowMs(atUs)
    this.#sinceUs = atUs
    this.#scale = scale
  }
}

const offsetFrom = (epochUs: number): number =>
  anchor(
    () => performance.now() * 1e3,
    () => Number(process.hrtime.bigint()) / 1e3 - epochUs,
  )
