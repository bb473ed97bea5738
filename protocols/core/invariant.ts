/**
 * What must always be true of a whole cluster, judged by an observer who sees every node. A judge is fed every step of
 * a run in log order and keeps what it needs to judge incrementally, so that the cost of a step does not grow with the
 * length of the run. `invariant` guards what must be true inside one piece of code: a failure is a bug, said loudly.
 */
import type { Effect } from './effect.ts'
import type { NodeId } from './ids.ts'
import type { Input, StartInput } from './input.ts'

export interface JudgedStep<S, M> {
  readonly node: NodeId
  /** Counts the node's starts from 1. */
  readonly life: number
  readonly input: Input<M> | StartInput
  /** Undefined on a start. */
  readonly before: S | undefined
  readonly after: S
  readonly effects: readonly Effect<M>[]
}

export interface Judge<S, M> {
  /** A sentence that says how the invariant was broken by this step, or undefined. */
  judge(step: JudgedStep<S, M>, states: ReadonlyMap<NodeId, S>): string | undefined
}

export interface Invariant<S, M> {
  /** As in the paper: "Election Safety". */
  readonly name: string
  /** What it says, in one sentence. */
  readonly statement: string
  readonly source: string
  judge(): Judge<S, M>
}

/** Throws when what must be true is not: a bug in Synod or a protocol, never bad input. */
export function invariant(condition: unknown, text: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${text}`)
}
