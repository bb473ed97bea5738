/** Records what was rejected at the ports, but not endlessly: a flood of rubbish must not fill the disk. */
import type { RejectEvent, Unnumbered } from '../../protocols/core/event.ts'

const AT_ONCE = 50
const PER_SECOND = 5

export class Rejections {
  readonly #record: (event: Unnumbered<RejectEvent>) => void
  #allowed = AT_ONCE
  #lastUs = 0
  #left = 0

  constructor(record: (event: Unnumbered<RejectEvent>) => void) {
    this.#record = record
  }

  add(where: string, why: string, atUs: number): void {
    this.#allowed = Math.min(AT_ONCE, this.#allowed + ((atUs - this.#lastUs) / 1e6) * PER_SECOND)
    this.#lastUs = atUs
    if (this.#allowed < 1) {
      this.#left += 1
      return
    }
    this.#allowed -= 1
    const more = this.#left === 0 ? '' : ` (${this.#left} rejections before this one are not recorded: there were too many)`
    this.#left = 0
    this.#record({ kind: 'reject', atUs, where, why: why + more })
  }
}
