/** What the clients of a simulation asked and heard, and when it became certain that no order of the operations explains it. */
import { judge } from '../../protocols/check/linearizability.ts'
import { findModel } from '../../protocols/check/models/index.ts'
import type { InvokeEvent, ReturnEvent } from '../../protocols/core/event.ts'
import type { Sink, Word } from '../../protocols/sim/sink.ts'
import { TapKind } from '../../protocols/wire/tap.ts'
import { RunHistory } from '../check/index.ts'

export const LINEARIZABILITY = 'Linearizability'

/** Steps of the model that a verdict may take. Not a time, so that a seed has the same verdict everywhere. */
const STEPS = 2_000_000
/** So many operations can be judged anew whenever one returns. */
const FEW = 100

export class Heard implements Sink {
  readonly #model: ReturnType<typeof findModel>
  readonly #history = new RunHistory()
  /** When each operation returned. */
  readonly #returnsUs = new Map<number, number>()
  #operations = 0
  #isJudged = true
  #violatedAtUs: number | undefined

  constructor(service: string) {
    this.#model = findModel(service)
  }

  spoke({ kind, atUs, text }: Word): void {
    const word = { ...(JSON.parse(text) as object), atUs, seq: 0 }
    if (kind === TapKind.invoke) {
      this.#operations += 1
      this.#history.add([{ ...word, kind: 'invoke' } as InvokeEvent])
      return
    }
    const end = { ...word, kind: 'return' } as ReturnEvent
    this.#returnsUs.set(end.operation, atUs)
    this.#history.add([end])
    this.#isJudged = false
  }

  /** So few that it can be asked after everything that happens. */
  get areFew(): boolean {
    return this.#operations <= FEW
  }

  /** Undefined as long as it can be explained, or could not be judged. */
  get violatedAtUs(): number | undefined {
    if (this.#isJudged) return this.#violatedAtUs
    this.#isJudged = true
    const told = this.#model && this.#history.told(this.#model)
    if (!told || 'problem' in told) return undefined
    const { violations } = judge(told.model, told.operations, { now: () => 0, steps: STEPS, explained: 0 })
    const certain = violations.map(({ at }) => this.#returnsUs.get(at) ?? Number.POSITIVE_INFINITY)
    if (certain.length > 0) this.#violatedAtUs = Math.min(...certain)
    return this.#violatedAtUs
  }

  stepped(): void {}
  sent(): void {}
  delivered(): void {}
  dropped(): void {}
  held(): void {}
  happened(): void {}
}
