/**
 * What a crash took back: of what a replica wrote, that which was not on its disk yet. Nobody had heard of it, since what a step says leaves after what it
 * wrote; so the observer forgets it as the replica does. What was never written, or is on the disk and is not read back, is no such thing.
 */
import type { NodeId } from '../core/ids.ts'
import type { JudgedStep } from '../core/invariant.ts'
import type { Json } from '../core/json.ts'
import type { PbftMessage } from './messages.ts'
import type { PbftState } from './state.ts'

export type Kept = 'prepared' | 'committed'

type Step = JudgedStep<PbftState, PbftMessage>

export class TakenBack {
  readonly #field: Kept
  /** Numbers above the last stable checkpoint with a record that holds the field. */
  readonly #written = new Map<NodeId, Set<number>>()

  constructor(field: Kept) {
    this.#field = field
  }

  /** Numbers of which this step's node has lost what it wrote; none but when a life begins. */
  see({ node, input, after, effects }: Step): ReadonlySet<number> {
    if (input.kind === 'start') {
      const before = this.#written.get(node) ?? NONE
      const there = this.#numbersIn(input.recovered)
      this.#written.set(node, there)
      return new Set([...before].filter((n) => n > after.stable.n && !there.has(n)))
    }
    for (const effect of effects)
      if (effect.kind === 'persist')
        this.#written.set(node, this.#numbersIn([effect.record], effect.replaces ? undefined : this.#written.get(node)))
    return NONE
  }

  /** Added to what was `found` before. */
  #numbersIn(records: readonly Json[], found = new Set<number>()): Set<number> {
    for (const record of records as readonly { readonly slots?: { readonly [n: string]: { readonly [field in Kept]?: unknown } } }[])
      for (const [n, slot] of Object.entries(record.slots ?? {})) if (slot[this.#field] !== undefined) found.add(Number(n))
    return found
  }
}

const NONE: ReadonlySet<number> = new Set()
