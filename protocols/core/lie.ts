/**
 * What a lie is: another message in place of the one that an honest node would have sent. Lies live beside a protocol, never in
 * it: its code knows nothing of them, and nothing of who tells them.
 */
import type { NodeId } from './ids.ts'
import type { ClientOutcome } from './input.ts'
import type { AnyMessage } from './observation.ts'

export interface LieContext<S> {
  /** The liar's own state after the step in which it speaks. */
  readonly state: S
  readonly id: NodeId
  readonly to: NodeId
  /** All nodes of the run, in index order. */
  readonly nodes: readonly NodeId[]
  /** An unsigned 32-bit integer, drawn for this message. */
  readonly coin: number
}

/** A way of lying that only makes sense in one protocol. */
export interface LieSpec<S, M extends AnyMessage> {
  readonly name: string
  readonly label: string
  /** One sentence on what it tries, and where its source speaks of it. */
  readonly help: string
  /** What is said instead; undefined: the lie does not apply to such a message, which goes as it is. A liar signs with its own key alone. */
  tell(message: M, context: LieContext<S>): M | readonly M[] | undefined
  /** What a client is told instead. */
  answer?(outcome: ClientOutcome, context: Omit<LieContext<S>, 'to'>): ClientOutcome
}

/** A way of lying, without its code: for menus and forms. */
export type LieWords = Pick<LieSpec<unknown, AnyMessage>, 'name' | 'label' | 'help'>
