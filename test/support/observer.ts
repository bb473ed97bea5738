/** Sees every step of a cluster in a test, and has the judges of its protocol look at it, as everywhere. */
import type { Invariant, JudgedStep } from '../../protocols/core/invariant.ts'
import type { AnyMessage, ProtocolDefinition } from '../../protocols/core/machine.ts'
import { Bench } from '../../protocols/host/bench.ts'

export class Observer<S, M extends AnyMessage> {
  /** In the order in which they were found. */
  readonly violations: { readonly invariant: string; readonly text: string }[] = []
  onStep: (step: JudgedStep<S, M>) => void = () => {}
  readonly #bench: Bench

  constructor(definition: ProtocolDefinition<S, M, unknown>) {
    this.#bench = new Bench(definition.invariants as readonly Invariant<unknown, unknown>[])
  }

  /** Throws when a judge fails itself. */
  see(step: JudgedStep<S, M>): void {
    this.onStep(step)
    this.#bench.judge(step as JudgedStep<unknown, unknown>, ({ name }, text) => this.violations.push({ invariant: name, text }))
    const broken = this.#bench.seats.find((seat) => seat.broken)
    if (broken) throw new Error(`the judge of ${broken.name} failed`)
  }
}
