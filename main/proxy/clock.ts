/** The proxy's two clocks: real microseconds since the run began, and the run's own milliseconds, which a time scale stretches. */
import { anchor } from '../../protocols/core/anchor.ts'

export class Clock {
  #originUs: number
  #scale: number
  /** The run's clock at the last change of scale, and when that was. */
  #runMs = 0
  #sinceUs: number

  constructor(epochUs: number, timeScale: number) {
    // performance.now is the cheaper reading of the same monotonic clock; what lies between the two readings does not change.
    this.#originUs = originOf(epochUs)
    this.#scale = timeScale
    this.#sinceUs = this.nowUs()
  }

  /** Time stood still and goes on now, from where it was. */
  begin({ epochUs, atUs, nowMs }: { readonly epochUs: number; readonly atUs: number; readonly nowMs: number }): void {
    this.#originUs = originOf(epochUs)
    this.#sinceUs = atUs
    this.#runMs = nowMs
  }

  nowUs(): number {
    return Math.floor(performance.now() * 1e3 + this.#originUs)
  }

  /** The run's clock at a real time. Never goes back. */
  runMs(atUs: number): number {
    return this.#runMs + (atUs - this.#sinceUs) / 1e3 / this.#scale
  }

  /** Real milliseconds from `atUs` until the run's clock shows `runMs`; negative when that is past. */
  realMsUntil(runMs: number, atUs: number): number {
    return (runMs - this.runMs(atUs)) * this.#scale
  }

  /** Real milliseconds for one of run time. */
  setScale(scale: number): void {
    const atUs = this.nowUs()
    this.#runMs = this.runMs(atUs)
    this.#sinceUs = atUs
    this.#scale = scale
  }
}

const originOf = (epochUs: number): number =>
  anchor(
    () => performance.now() * 1e3,
    () => Number(process.hrtime.bigint()) / 1e3 - epochUs,
  )
