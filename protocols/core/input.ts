/**
 * What a protocol can be given. Time and dice come from outside with every input: `nowMs` is the node's own clock in
 * milliseconds of run time (it may be skewed, and stands still while a run is slowed), `coin` an unsigned 32-bit
 * integer drawn from the run's seed for this node, life and step.
 */
import type { NodeId } from './ids.ts'
import type { Json } from './json.ts'

export interface Ambient {
  readonly nowMs: number
  readonly coin: number
}

export interface StartInput extends Ambient {
  readonly kind: 'start'
  readonly id: NodeId
  /** All nodes of the run in index order, this one included, whether or not they are there yet. */
  readonly nodes: readonly NodeId[]
  /** Who is a member when the run begins, in index order: all nodes but those that are added later. A protocol without membership changes has no use for it. */
  readonly members: readonly NodeId[]
  /** The parsed options of the protocol. */
  readonly options: unknown
  /** What this node persisted in earlier lives and its disk still holds, in order. Empty on a first start or after a wipe. */
  readonly recovered: readonly Json[]
}

export interface MessageInput<M> extends Ambient {
  readonly kind: 'message'
  readonly from: NodeId
  readonly message: M
}

/** A timer that was set has run out. Setting it again or cancelling it takes the earlier setting back for certain. */
export interface TimerInput extends Ambient {
  readonly kind: 'timer'
  readonly name: string
}

/** What was persisted with `mark`, and all before it, is durable. Marks that became durable together are told as one, the last. */
export interface DurableInput extends Ambient {
  readonly kind: 'durable'
  readonly mark: number
}

/** A client asks. `id` names the asking within the run; a reply must carry it. */
export interface RequestInput extends Ambient {
  readonly kind: 'request'
  readonly id: number
  readonly request: ClientRequest
}

/** A person or a scenario tells the node something that no message of the protocol says: to give up the lead, to leave the group. */
export interface ControlInput extends Ambient {
  readonly kind: 'control'
  /** Who is told, and all nodes in index order, for whoever looks on without being a protocol. */
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly control: Control
}

/** One of the protocol's `controls` by name, with what it wants to know. */
export interface Control {
  readonly name: string
  readonly [field: string]: Json
}

export type Input<M> = MessageInput<M> | TimerInput | RequestInput | DurableInput | ControlInput

/**
 * What a client may ask. A session makes a retried command take effect once (Raft dissertation §6.3): `seq` numbers the
 * session's commands from 1, `firstUnacked` is the lowest seq whose result the client has not seen yet.
 */
export type ClientRequest =
  | { readonly kind: 'register' }
  | { readonly kind: 'command'; readonly session: number; readonly seq: number; readonly firstUnacked: number; readonly op: Json }
  | { readonly kind: 'query'; readonly op: Json }
  /**
   * By whom, said so that others can check it: signed are the client's name, the number of the asking, which rises from request
   * to request (its timestamp, PBFT §4.1), and the operation. Every node that it reaches may answer.
   */
  | { readonly kind: 'signed'; readonly client: string; readonly op: Json; readonly signature: string }

export type ClientOutcome =
  /** Registered: the session's number. */
  | { readonly kind: 'registered'; readonly session: number }
  /** `leader`: who leads, as far as the node knows, where the client did not have to ask it. */
  | { readonly kind: 'ok'; readonly result: Json; readonly leader?: NodeId }
  /** Surely not executed here: ask `leader`, or anybody else when it is not known. */
  | { readonly kind: 'redirect'; readonly leader?: NodeId }
  /** It may or may not take effect: the client repeats the same seq elsewhere. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** Surely not executed, and repeating it will not help. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
