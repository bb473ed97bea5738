/** Watches a simulation for the moments that ambushes wait for. Costs next to nothing while nobody waits. */
import type { NodeId } from '../core/ids.ts'
import type { Caught, Omen } from './misfortune.ts'
import { type Letter, Listener, type StepSeen } from './sink.ts'

/** One who waits. */
export interface Watch {
  /** The moment came, and these were there. */
  readonly caught: Caught | undefined
  stop(): void
}

interface Waiting {
  readonly omen: Omen
  passed: number
  caught: Caught | undefined
  last: number
}

export class Lookout extends Listener {
  readonly #nodes: readonly NodeId[]
  readonly #types: readonly string[]
  readonly #waiting = new Set<Waiting>()

  constructor(nodes: readonly NodeId[], messageTypes: readonly string[]) {
    super()
    this.#nodes = nodes
    this.#types = messageTypes
  }

  watch(omen: Omen): Watch {
    const waiting: Waiting = { omen, passed: 0, caught: undefined, last: -1 }
    this.#waiting.add(waiting)
    return {
      get caught() {
        return waiting.caught
      },
      stop: () => this.#waiting.delete(waiting),
    }
  }

  override stepped({ persisted, endpoint }: StepSeen): void {
    if (this.#waiting.size > 0 && persisted > 0) this.#see('wrote', undefined, endpoint, endpoint)
  }

  override sent({ type, from, to }: Letter): void {
    if (this.#waiting.size > 0) this.#see('said', this.#types[type], from, to)
  }

  override delivered({ type, from, to }: Letter): void {
    if (this.#waiting.size > 0) this.#see('heard', this.#types[type], to, from)
  }

  #see(on: Omen['on'], type: string | undefined, of: number, at: number): void {
    const node = this.#nodes[of]
    if (node === undefined) return // clients cannot be struck
    for (const waiting of this.#waiting) {
      const { omen } = waiting
      if (waiting.caught || omen.on !== on || (omen.type !== undefined && omen.type !== type)) continue
      const isNew = waiting.last !== -1 && waiting.last !== of
      waiting.last = of
      if (omen.isNew && !isNew) continue
      if (++waiting.passed <= omen.skip) continue
      const other = of === at ? undefined : this.#nodes[at]
      waiting.caught = other === undefined ? { node } : { node, other }
    }
  }
}
