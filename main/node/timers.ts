/**
 * A protocol's timers, by index, on run time. A timer that is set anew ten thousand times a second must cost nothing, so
 * deadlines are plain numbers and one real timer waits for the earliest. What is due is fired after the sockets were read
 * once more: a process that was held up must not take its own delay for the silence of others. What is set for no time at
 * all waits for no clock: it fires when the inputs that arrived together are stepped.
 */
import type { RunClock } from './clock.ts'

/** Real timers are in whole milliseconds and bounded: later deadlines are looked at again when it runs out. */
const WAIT_MS_MAX = 60_000

export class Timers {
  readonly #clock: RunClock
  readonly #fire: (timer: number) => void
  /** Run milliseconds; Infinity when not set. */
  readonly #deadlines: number[]
  #armed: NodeJS.Timeout | undefined
  /** The deadline for which the real timer is armed. */
  #armedFor = Number.POSITIVE_INFINITY
  #isHeld = false
  /** Set for no time at all. */
  #atOnce: number[] = []

  constructor(count: number, clock: RunClock, fire: (timer: number) => void) {
    this.#deadlines = new Array<number>(count).fill(Number.POSITIVE_INFINITY)
    this.#clock = clock
    this.#fire = fire
  }

  /** Replaces an earlier setting. `nowMs` and `ms` are run milliseconds. */
  set(timer: number, nowMs: number, ms: number): void {
    const deadline = nowMs + ms
    this.#deadlines[timer] = deadline
    if (ms === 0) this.#atOnce.push(timer)
    else if (deadline < this.#armedFor) this.#arm(deadline)
  }

  /** Some wait for `fireAtOnce`. */
  get isAtOnce(): boolean {
    return this.#atOnce.length > 0 && !this.#isHeld
  }

  /** Those set for no time at all. What is set so meanwhile waits for the next call. */
  fireAtOnce(): void {
    if (!this.isAtOnce) return
    const timers = this.#atOnce
    this.#atOnce = []
    const nowMs = this.#clock.nowMs(this.#clock.atUs())
    for (const timer of timers) this.#fireIfDue(timer, nowMs)
  }

  cancel(timer: number): void {
    this.#deadlines[timer] = Number.POSITIVE_INFINITY
  }

  /** The clock's scale has changed: what was waited for comes at another time. */
  rescale(): void {
    this.#arm(Math.min(...this.#deadlines))
  }

  /** Nothing fires until `release`; what is due by then does at once. */
  hold(): void {
    this.#isHeld = true
    clearTimeout(this.#armed)
  }

  release(): void {
    this.#isHeld = false
    this.rescale()
  }

  #arm(deadline: number): void {
    clearTimeout(this.#armed)
    this.#armedFor = deadline
    if (this.#isHeld || deadline === Number.POSITIVE_INFINITY) return
    const waitMs = (deadline - this.#clock.nowMs(this.#clock.atUs())) * this.#clock.scale
    this.#armed = setTimeout(() => setImmediate(() => this.#due()), Math.min(Math.max(Math.ceil(waitMs), 0), WAIT_MS_MAX))
  }

  #due(): void {
    if (this.#isHeld) return
    const nowMs = this.#clock.nowMs(this.#clock.atUs())
    for (let timer = 0; timer < this.#deadlines.length; timer++) this.#fireIfDue(timer, nowMs)
    this.#arm(Math.min(...this.#deadlines))
  }

  #fireIfDue(timer: number, nowMs: number): void {
    if ((this.#deadlines[timer] as number) > nowMs) return
    this.#deadlines[timer] = Number.POSITIVE_INFINITY
    this.#fire(timer)
  }
}
