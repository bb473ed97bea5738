/**
 * What a judge must know of an object: how it behaves when operations come one at a time. A model is a small record of
 * pure functions. Its states are values that are never changed; `undefined` is never a state, so that `step` can answer with it
 * that the operation could not have given this output here.
 */
import { canonical, type Json } from '../core/json.ts'
import type { Call, Operation } from './history.ts'

export interface Model<S, I> {
  readonly name: string
  readonly title: string
  readonly summary: string
  /** What may stand in a history, for people and for the message about an operation that is not known. */
  readonly operations: readonly { readonly form: string; readonly output: string }[]
  /** The operation as the model reads it, or a sentence that says what is wrong. `output` is absent when nobody heard one. */
  read(call: Call, output?: Json): { readonly input: I } | { readonly problem: string }
  init(): S
  /** The next state, or undefined when `output` is impossible in this state. An absent output is one that nobody heard: any. */
  step(state: S, input: I, output: Json | undefined): S | undefined
  /** A primitive that is the same for two states exactly when they are equal: states are compared and hashed by it. */
  identity(state: S): string | number | boolean | null
  /** True when an operation with this output leaves every state as it is. Such operations never have to be tried twice. */
  changesNothing(input: I, output: Json | undefined): boolean
  /** Which object it is about, where a history is about several: they are judged one by one. */
  key(input: I): string | undefined
  /** The part of its object that it touches alone, where objects have independent parts; undefined when it touches all of it. */
  part?(input: I): string | undefined
  /** `put x 1` */
  describe(input: I): string
  describeOutput(input: I, output: Json): string
  describeState(state: S): string
  /** True when stale reads are a sensible weakening: what changes nothing is a read of the whole state. */
  readonly staleReads: boolean
  /** Surely nothing of this acknowledged write is left in what the last read answers, and none of the writes replaced it knowingly. Absent where nobody can say. */
  isLost?(write: Operation<I>, last: Operation<I>, writes: readonly Operation<I>[]): boolean
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds models of every state and input
export type AnyModel = Model<any, any>

/** A value as the identity of a state: primitives stand for themselves, but for texts, which could be taken for lists. */
export const identify = (value: Json): string | number | boolean | null =>
  typeof value === 'object' && value !== null ? `j${canonical(value)}` : typeof value === 'string' ? `s${value}` : value

/** Equality of values; fast for the primitives that nearly all are. */
export const same = (a: Json, b: Json): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && canonical(a) === canonical(b))
