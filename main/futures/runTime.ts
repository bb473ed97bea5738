/** Run time of what a recording of real processes dates in real time: a run that is slowed down stretches it. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunEvent } from '../../protocols/core/event.ts'

export class RunTime {
  readonly #stretches: { readonly fromUs: number; readonly runUs: number; readonly scale: number }[]
  readonly #steadyTo: number

  /** `steadyTo`: up to this event everything is dated in run time, whatever it says of slowing down. */
  constructor(config: RunConfig, steadyTo = 0) {
    this.#steadyTo = steadyTo
    this.#stretches = [{ fromUs: 0, runUs: 0, scale: config.timeScale }]
  }

  /** Events in order. */
  take({ kind, seq, atUs, ...event }: RunEvent): void {
    const { action } = event as { action?: { readonly do: string; readonly scale?: number } }
    if (seq <= this.#steadyTo || kind !== 'action' || action?.do !== 'timeScale') return
    this.#stretches.push({ fromUs: atUs, runUs: this.#exactly(atUs), scale: action.scale as number })
  }

  /** In whole microseconds. */
  at(us: number): number {
    return Math.max(0, Math.round(this.#exactly(us)))
  }

  #exactly(us: number): number {
    const { fromUs, runUs, scale } = this.#stretches.findLast(({ fromUs }) => fromUs <= us) ?? (this.#stretches[0] as never)
    return runUs + (us - fromUs) / scale
  }
}
