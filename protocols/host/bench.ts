/** The judges of a protocol's invariants, side by side: each is given every step in order, counts what it finds, and judges no more when it fails itself. */
import type { NodeId } from '../core/ids.ts'
import type { Invariant, Judge, JudgedStep } from '../core/invariant.ts'
import { isLiar } from '../lies/liar.ts'

interface Seat {
  readonly name: string
  readonly statement: string
  readonly source: string
  readonly judge: Judge<unknown, unknown>
  violations: number
  broken: boolean
}

export class Bench {
  readonly #seats: Seat[]
  readonly #states = new Map<NodeId, unknown>()

  constructor(invariants: readonly Invariant<unknown, unknown>[]) {
    this.#seats = invariants.map((invariant) => ({
      ...{ name: invariant.name, statement: invariant.statement, source: invariant.source },
      ...{ judge: invariant.judge(), violations: 0, broken: false },
    }))
  }

  get seats(): readonly Readonly<Omit<Seat, 'judge'>>[] {
    return this.#seats
  }

  /** What is known of a node without a step: what its checkpoint says. */
  know(node: NodeId, state: unknown): void {
    if (isLiar(state)) return
    this.#states.set(node, state)
  }

  /** Where a node is is not known any more: nothing is concluded from where it was. */
  forget(node: NodeId): void {
    this.#states.delete(node)
  }

  /** `found` is called for every violation, with the seat that found it and how many it has found by now. */
  judge(step: JudgedStep<unknown, unknown>, found: (seat: Readonly<Omit<Seat, 'judge'>>, text: string) => void): void {
    if (isLiar(step.after)) return void this.#states.delete(step.node) // nothing is demanded of who lies
    this.#states.set(step.node, step.after)
    for (const seat of this.#seats) {
      if (seat.broken) continue
      try {
        const text = seat.judge.judge(step, this.#states)
        if (text === undefined) continue
        seat.violations += 1
        found(seat, text)
      } catch {
        seat.broken = true
      }
    }
  }
}
