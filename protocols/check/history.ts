/**
 * What clients asked and heard: the only thing that a judge of histories knows of a system. An operation is an interval from
 * its invocation to its return. Intervals are closed, as in Porcupine: an operation that returns at the very time at which
 * another is invoked overlaps it, since a clock that ticks coarsely cannot tell which came first and a judge may
 * accuse only on what is sure.
 */
import type { Json } from '../core/json.ts'

/** What a client asked for, as a history file or a run tells it; a model says whether it knows such an operation. */
export interface Call {
  readonly client: string
  /** `get`, `write`, `enqueue`, ... */
  readonly operation: string
  /** The object it is about; absent where a history has only one. */
  readonly key?: string
  readonly input?: Json
}

export type Outcome =
  | { readonly is: 'ok'; readonly output: Json }
  /** It surely did not take effect. */
  | { readonly is: 'refused' }
  /** Nobody heard: it may take effect at any time after its invocation, or never. */
  | { readonly is: 'unknown' }

/** `I`: the input as the model reads it. */
export interface Operation<I> {
  /** Names the operation in verdicts: its line in a file, its number in a run. Unique in a history. */
  readonly id: number
  readonly client: string
  readonly input: I
  readonly outcome: Outcome
  /** Times in one unit of the history's own choice. */
  readonly invoke: number
  /** When the client heard, or gave up; absent when neither is known. What gave up may still take effect later. */
  readonly return?: number
}

export interface MalformedHistory {
  /** The operation at which it shows. */
  readonly id: number
  readonly problem: string
}

/**
 * The first thing that makes `operations` no history at all, or undefined: an operation that returns before it was invoked,
 * one that has an outcome but no return, a client with two operations open at once. `name` says how the message calls another one.
 */
export function malformed(
  operations: readonly Operation<unknown>[],
  name = (id: number) => `its operation ${id}`,
): MalformedHistory | undefined {
  for (const { id, outcome, invoke, return: end } of operations) {
    if (!Number.isFinite(invoke) || (end !== undefined && !Number.isFinite(end))) return { id, problem: 'its times are not numbers' }
    if (end !== undefined && end < invoke) return { id, problem: `it returns at ${end}, before it was invoked at ${invoke}` }
    if (end === undefined && outcome.is !== 'unknown') return { id, problem: `its outcome is ${outcome.is}, but it has no return time` }
  }
  const last = new Map<string, Operation<unknown>>()
  for (const operation of [...operations].sort((a, b) => a.invoke - b.invoke || end(a) - end(b) || a.id - b.id)) {
    const before = last.get(operation.client)
    if (before && end(before) > operation.invoke)
      return {
        id: operation.id,
        problem: `client ${operation.client} invokes it at ${operation.invoke} while ${name(before.id)} is still open`,
      }
    last.set(operation.client, operation)
  }
  return undefined
}

const end = (operation: Operation<unknown>): number => operation.return ?? Number.POSITIVE_INFINITY
