/**
 * A replicated service: a deterministic state machine under a protocol. Any service runs on any log protocol.
 * State is persistent (see machine.ts): `apply` returns the next one and leaves the old one valid.
 */
import type { ZodType } from 'zod'
import type { Json } from './json.ts'

/** What a client knows when it sends an operation. */
export interface Asked {
  /** Numbered within the run. */
  readonly operation: number
  readonly client: string
  /** Run time by the client's own clock: whole milliseconds. */
  readonly nowMs: number
}

export interface ServiceInvariant<S> {
  readonly name: string
  /** What it says, in one sentence. */
  readonly statement: string
  readonly source: string
  /** A sentence that says how it was broken by what one step applied, or undefined. */
  judge(before: S, after: S): string | undefined
}

export interface ServiceScenario {
  readonly name: string
  readonly title: string
  readonly teaches: string
  /** In the lab's scenario language. `run`: what its `run` must say of protocol, service and nodes: `protocol: raft, service: lock, nodes: 5`. */
  text(run: string): string
}

export interface Service<S, Op extends Json> {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly operation: ZodType<Op>
  init(): S
  apply(state: S, op: Op): { readonly state: S; readonly result: Json }
  /** For speed alone: `open` gives a copy that `apply` may change in place, leaving the given state valid; `seal` makes it persistent again. */
  readonly inPlace?: { open(state: S): S; seal(state: S): S }
  /** True when `op` changes nothing and may be answered by a linearizable read. */
  isRead(op: Op): boolean
  /** The language of the client bar: `put x 1`. Returns the operation, or a sentence that says what is wrong and what would be right. */
  parse(text: string): { readonly op: Op } | { readonly error: string }
  /** The operation in the language that `parse` reads. */
  format(op: Op): string
  /** A result in a few words: `1`, `(none)`, `swapped`. */
  formatResult(op: Op, result: Json): string
  /** The same where nobody knows what was asked. Left out by services whose results are plain enough; undefined for what is none of its results. */
  formatAnswer?(result: Json): string | undefined
  /** Lines for the client bar's help: `put KEY VALUE`, what it does. */
  readonly grammar: readonly { form: string; help: string }[]
  /** An operation for a background load, drawn from `coins` (unsigned 32-bit integers). `serial` is unique within the run. */
  draw(
    load: { readMix: number; writeMix: number; casMix: number; keys: number; valueBytes: number },
    coins: () => number,
    serial: number,
  ): Op
  /**
   * What a client itself remembers from one operation to the next, where it has to send something of that back. JSON, null at first.
   * `recall`: the operation as it is sent and recorded; one that says all already stays as it is.
   */
  readonly memory?: {
    recall(memory: Json, op: Op, asked: Asked): Op
    learn(memory: Json, op: Op, result: Json): Json
  }
  /** What must be true of its state at every node, whatever protocol carries it. */
  readonly invariants?: readonly ServiceInvariant<S>[]
  /** Beginnings that show what it is for, on whatever log protocol carries it. */
  readonly scenarios?: readonly ServiceScenario[]
  encode(state: S): Json
  decode(json: Json): S
  /** How many fields `encode` would give, where that is known without it. For speed alone. */
  size?(state: S): number
  /** Of `state` what `other` does not have or has otherwise, as a state. For speed alone. */
  unlike?(state: S, other: S): S
}

// biome-ignore lint/suspicious/noExplicitAny: protocols carry services of every state and operation type
export type AnyService = Service<any, any>
