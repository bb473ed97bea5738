/**
 * What a protocol can ask for. The runtime carries effects out in the listed order, and makes every `persist` of a step
 * durable before any `send` or `reply` of that step leaves the node: a protocol cannot get that order wrong, unless it
 * calls a message `early`.
 */
import type { NodeId } from './ids.ts'
import type { ClientOutcome } from './input.ts'
import type { Json } from './json.ts'

export type Effect<M> =
  /**
   * Never to oneself: a node's own copy is handled in the same step. `early`: it promises nothing of what this node is still
   * writing, so it need not wait for the disk (Raft dissertation §10.2.1). It leaves in the order of its link all the same.
   */
  | { readonly kind: 'send'; readonly to: NodeId; readonly message: M; readonly early?: true }
  /**
   * The driver draws from the range by the run's seed. Replaces an earlier setting of the same name. One for no time at all (0 to 0) runs
   * out when all inputs that arrived together are taken in: what waits for it can be said of all of them at once.
   */
  | { readonly kind: 'setTimer'; readonly name: string; readonly msMin: number; readonly msMax: number }
  | { readonly kind: 'cancelTimer'; readonly name: string }
  /**
   * Appended to the node's disk; given back in order as `recovered`. `replaces`: stands for all that was persisted before it.
   * `mark`, a whole number: the node is told when this record is durable. Marks of a life rise.
   */
  | { readonly kind: 'persist'; readonly record: Json; readonly replaces?: true; readonly mark?: number }
  | { readonly kind: 'reply'; readonly id: number; readonly outcome: ClientOutcome }
  /** Something worth a line in the event log, in the protocol's words: `becomeLeader`, `{ term: 3, votes: [...] }`. */
  | { readonly kind: 'note'; readonly note: string; readonly data: { readonly [key: string]: Json } }
