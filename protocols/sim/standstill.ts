/** Finds out that simulated time does not go on, which no deadline would: a node whose timer of 0 ms sets itself again steps for ever in one moment. */
import type { NodeId } from '../core/ids.ts'

/** So much in one moment is no burst any more. */
const AT_ONCE_MAX = 100_000

/** Nodes take step after step, and time does not go on. */
export class StandstillError extends Error {
  override readonly name = 'StandstillError'

  constructor(atUs: number, node: NodeId) {
    super(
      `time stands still at ${(atUs / 1e3).toFixed(3)} ms: ${node} takes step after step, ${AT_ONCE_MAX} things happen in this moment. Does a timer of 0 ms set itself again?`,
    )
  }
}

export class Standstill {
  readonly #nodes: readonly { readonly id: NodeId; readonly step: number }[]
  #atUs = -1
  #count = 0
  /** Of each node, halfway to the end. */
  #steps: readonly number[] = []

  constructor(nodes: readonly { readonly id: NodeId; readonly step: number }[]) {
    this.#nodes = nodes
  }

  /** Told of everything that happens. Throws a StandstillError, which names who has stepped most. */
  happened(atUs: number): void {
    if (atUs !== this.#atUs) {
      this.#atUs = atUs
      this.#count = 0
      return
    }
    this.#count += 1
    if (this.#count === AT_ONCE_MAX / 2) this.#steps = this.#nodes.map(({ step }) => step)
    if (this.#count < AT_ONCE_MAX) return
    this.#count = 0
    const taken = this.#nodes.map(({ step }, node) => step - (this.#steps[node] as number))
    throw new StandstillError(atUs, (this.#nodes[taken.indexOf(Math.max(...taken))] as { readonly id: NodeId }).id)
  }
}
