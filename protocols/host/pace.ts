/**
 * When a node writes the next checkpoint. Often enough that replay reaches any event quickly; seldom enough that it takes
 * no more than a fiftieth of the node's time and a sixteenth of a byte per step, and never holds the node up for long.
 */
const STEPS_MIN = 1000
const BYTES_PER_STEP = 16
const COST_SHARE = 50
/** What may hold the node up; a checkpoint that took longer is followed by the next ten times later. */
const HELD_US_MAX = 20_000

export interface Taken {
  readonly step: number
  readonly atUs: number
  readonly tookUs: number
  readonly bytes: number
}

const never: Taken = { step: 0, atUs: 0, tookUs: 0, bytes: 0 }

export class CheckpointPace {
  #before = never
  #last = never
  #stretch = 1
  #nextStep = 0
  #nextAtUs = 0

  isDue(step: number, atUs: number): boolean {
    return step >= this.#nextStep && atUs >= this.#nextAtUs && this.#expectedUs(step) <= 2 * HELD_US_MAX
  }

  took(taken: Taken): void {
    this.#before = this.#last
    this.#last = taken
    if (taken.tookUs > HELD_US_MAX) this.#stretch *= 10
    this.#nextStep = taken.step + Math.max(STEPS_MIN, taken.bytes / BYTES_PER_STEP) * this.#stretch
    this.#nextAtUs = taken.atUs + taken.tookUs * COST_SHARE
  }

  /** A state that grew between the last two checkpoints has grown on since. */
  #expectedUs(step: number): number {
    const { tookUs, step: lastStep } = this.#last
    if (this.#before === never) return tookUs
    const perStep = Math.max(0, tookUs - this.#before.tookUs) / Math.max(1, lastStep - this.#before.step)
    return tookUs + perStep * (step - lastStep)
  }
}
