/**
 * A node's clock. It drifts against simulated time and may show another time than it should (skew). Timers run on the
 * clock without its skew, as on a machine's monotonic clock: setting the time of day does not make a timer run out.
 */

import type { ClockSetting } from '../core/fault.ts'

export type { ClockSetting }

export const TRUE_CLOCK: ClockSetting = { skewMs: 0, driftPpm: 0 }

/** How it was set, and what had passed by it then. */
export interface ClockData {
  readonly setting: ClockSetting
  readonly sinceUs: number
  readonly sinceMs: number
}

export class NodeClock {
  #setting = TRUE_CLOCK
  #rate = 1
  #sinceUs = 0
  #sinceMs = 0

  /** It shows the time, and goes as it should. */
  get isTrue(): boolean {
    return this.#setting.skewMs === 0 && this.#setting.driftPpm === 0
  }

  get data(): ClockData {
    return { setting: this.#setting, sinceUs: this.#sinceUs, sinceMs: this.#sinceMs }
  }

  /** Goes on where another one was. */
  continue({ setting, sinceUs, sinceMs }: ClockData): void {
    this.#setting = setting
    this.#rate = 1 + setting.driftPpm / 1e6
    this.#sinceUs = sinceUs
    this.#sinceMs = sinceMs
  }

  /** What it shows too much. */
  get skewMs(): number {
    return this.#setting.skewMs
  }

  /** Milliseconds that have passed by this clock, whatever it shows. */
  localMs(atUs: number): number {
    return this.#sinceMs + ((atUs - this.#sinceUs) / 1e3) * this.#rate
  }

  /** What it shows. */
  nowMs(atUs: number): number {
    return this.localMs(atUs) + this.#setting.skewMs
  }

  /** The first microsecond at which `localMs` has come. */
  whenUs(localMs: number): number {
    let atUs = Math.ceil(this.#sinceUs + ((localMs - this.#sinceMs) * 1e3) / this.#rate)
    while (this.localMs(atUs) < localMs) atUs += 1
    return atUs
  }

  set(setting: ClockSetting, atUs: number): void {
    this.#sinceMs = this.localMs(atUs)
    this.#sinceUs = atUs
    this.#rate = 1 + setting.driftPpm / 1e6
    this.#setting = setting
  }
}
