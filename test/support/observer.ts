/** Sees every step of a cluster in a test, and has every invariant of its protocol judge it. */
import type { NodeId } from '../../protocols/core/ids.ts'
import type { JudgedStep } from '../../protocols/core/invariant.ts'
import type { AnyMessage, ProtocolDefinition } from '../../protocols/core/machine.ts'

export class Observer<S, M extends AnyMessage> {
  /** In the order in which they were found. */
  readonly violations: { readonly invariant: string; readonly text: string }[] = []
  /** The last of each node, as everywhere: one that is down may come back with what its disk has of it. */
  readonly #states = new Map<NodeId, S>()
  onStep: (step: JudgedStep<S, M>) => void = () => {}
  readonly #judges: { name: string; judge(step: JudgedStep<S, M>, states: ReadonlyMap<NodeId, S>): string | undefined }[]

  constructor(definition: ProtocolDefinition<S, M, unknown>) {
    this.#judges = definition.invariants.map((invariant) => {
      const judge = invariant.judge()
      return { name: invariant.name, judge: (step, states) => judge.judge(step, states) }
    })
  }

  see(step: JudgedStep<S, M>): void {
    this.#states.set(step.node, step.after)
    this.onStep(step)
    for (const { name, judge } of this.#judges) {
      const text = judge(step, this.#states)
      if (text !== undefined) this.violations.push({ invariant: name, text })
    }
  }
}
