/**
 * The one union that is recorded, replayed and drawn. A run is a list of these in one order (`seq`, from 1), which
 * respects causality: a step stands before the sends that it made, a send before its deliveries, a delivery before the
 * step that it started. Everything shown is derived from this list.
 *
 * `atUs` is real time in microseconds since the run began, from the machine's one monotonic clock. Stamps (`lamport`,
 * `clock`) are given by the runtime outside the protocol; a clock has one entry per endpoint, in index order.
 */

import type { Load } from './config.ts'
import type { ArmedFault, NodeAction } from './fault.ts'
import type { EndpointId, FaultId, MessageId, NodeId } from './ids.ts'
import type { ClientOutcome, ClientRequest, Control } from './input.ts'
import type { Json } from './json.ts'
import type { Observation } from './machine.ts'

/** Version of this schema and of its encoding in run files. */
export const EVENT_SCHEMA_VERSION = 2

interface Recorded {
  readonly seq: number
  readonly atUs: number
}

export interface Stamp {
  /** The endpoint's life (counts its starts from 1) and its step within it (from 1). */
  readonly life: number
  readonly step: number
  readonly lamport: number
  readonly clock: readonly number[]
}

/** A node took one step. Its input is named, not repeated: the body of a message stands at its `send`. */
export interface StepEvent extends Recorded, Stamp {
  readonly kind: 'step'
  readonly node: NodeId
  /** The node's own clock, run milliseconds, as given to the protocol. */
  readonly nowMs: number
  readonly input:
    | { readonly kind: 'start'; readonly recovered: number }
    | { readonly kind: 'message'; readonly message: MessageId }
    | { readonly kind: 'timer'; readonly name: string }
    /** The ClientRequest message that carried it. */
    | { readonly kind: 'request'; readonly message: MessageId }
    /** What it persisted up to this mark is durable. */
    | { readonly kind: 'durable'; readonly mark: number }
    /** It was told so from outside. */
    | { readonly kind: 'control'; readonly control: Control }
  /** Messages that it sent, replies to clients included: running numbers `first` .. `first + count - 1` of this life. */
  readonly sends: { readonly first: number; readonly count: number }
  readonly timers: readonly { readonly name: string /** Run milliseconds as drawn; undefined when cancelled. */; readonly ms?: number }[]
  /** Records persisted. */
  readonly persisted: number
  readonly notes: readonly { readonly note: string; readonly data: { readonly [key: string]: Json } }[]
  /** What the node shows from here on; absent when unchanged. */
  readonly observation?: Observation
}

/** The full state of a node right after a step, so that replay can start here; `hash` proves that it followed. */
export interface CheckpointEvent extends Recorded {
  readonly kind: 'checkpoint'
  readonly node: NodeId
  readonly life: number
  readonly step: number
  /** FNV-1a 64 of the canonical text, hexadecimal. */
  readonly hash: string
  readonly state: Json
}

/** A message left its sender and was read by the proxy. Stamps are those of the send. */
export interface SendEvent extends Recorded, Stamp {
  readonly kind: 'send'
  readonly message: MessageId
  readonly from: EndpointId
  readonly to: EndpointId
  readonly type: string
  readonly body: Json
}

/** A copy of a message was handed to its receiver. `copy` is 0 but for duplicates. */
export interface DeliverEvent extends Recorded {
  readonly kind: 'deliver'
  readonly message: MessageId
  readonly copy: number
}

/** A copy of a message will never arrive. */
export interface DropEvent extends Recorded {
  readonly kind: 'drop'
  readonly message: MessageId
  readonly copy: number
  readonly why: { readonly fault: FaultId } | 'receiver-down' | 'overflow'
}

/** A message waits at a gate. Its deliver or drop follows. */
export interface HoldEvent extends Recorded {
  readonly kind: 'hold'
  readonly message: MessageId
  readonly fault: FaultId
}

export type NodeChange =
  /** `pid`: 0 where the node is simulated. */
  | { readonly is: 'up'; readonly pid: number; readonly life: number }
  /** The process ended. `asked`: a person or a scenario did it. `removed`: for good, its seat is empty. */
  | { readonly is: 'down'; readonly asked: boolean; readonly reason: string; readonly removed?: true }
  | { readonly is: 'paused' }
  | { readonly is: 'resumed' }
  | { readonly is: 'wiped' }

export interface NodeEvent extends Recorded {
  readonly kind: 'node'
  readonly node: NodeId
  readonly change: NodeChange
}

/** What a person or a scenario did to the run. */
export interface ActionEvent extends Recorded {
  readonly kind: 'action'
  readonly action:
    | { readonly do: 'arm'; readonly fault: ArmedFault }
    | { readonly do: 'lift'; readonly fault: FaultId }
    | { readonly do: 'release'; readonly fault: FaultId; readonly message: MessageId }
    | { readonly do: 'node'; readonly node: NodeId; readonly what: NodeAction }
    | { readonly do: 'control'; readonly node: NodeId; readonly control: Control }
    | { readonly do: 'timeScale'; readonly scale: number }
    | { readonly do: 'load'; readonly load: Load | null }
    /** Simulated nodes only: the clock shows so much too much, and goes so much too fast. */
    | { readonly do: 'clock'; readonly node: NodeId; readonly skewMs: number; readonly driftPpm: number }
    /** Simulated nodes only: so long takes a sync, run milliseconds; null: what it usually takes. */
    | { readonly do: 'disk'; readonly node: NodeId; readonly syncMs: { readonly min: number; readonly max: number } | null }
    | { readonly do: 'end' }
}

/** A logical client invoked an operation. Registering a session is not an operation and is not recorded here. */
export interface InvokeEvent extends Recorded, Stamp {
  readonly kind: 'invoke'
  /** Unique within the run. */
  readonly operation: number
  /** A logical client: `you` for the client bar, `c1`, `c2`, ... for the load. */
  readonly client: string
  readonly op: Json
}

/** The operation returned: with a result, refused (surely not executed), or given up on (unknown whether it happened). */
export interface ReturnEvent extends Recorded, Stamp {
  readonly kind: 'return'
  readonly operation: number
  readonly client: string
  readonly outcome:
    | { readonly is: 'ok'; readonly result: Json }
    | { readonly is: 'refused'; readonly why: string }
    | { readonly is: 'unknown'; readonly why: string }
}

/** Something arrived that is not what it should be: a bad frame, an unknown sender, a body that does not fit its schema. */
export interface RejectEvent extends Recorded {
  readonly kind: 'reject'
  readonly where: string
  readonly why: string
}

/** A line that a node's process wrote. */
export interface OutputEvent extends Recorded {
  readonly kind: 'output'
  readonly node: NodeId
  readonly stream: 'out' | 'err'
  readonly line: string
}

/**
 * Something that happened at a host of a run that Synod did not record, as its log tells it. `life` is 1, `step` counts
 * the host's events. Where the log had no vector clocks, `lamport` is 0 and `clock` empty: nobody knows what came first at two hosts.
 */
export interface LocalEvent extends Recorded, Stamp {
  readonly kind: 'local'
  readonly host: EndpointId
  readonly text: string
  /** Events of other hosts, by seq, that it directly followed from: as the clocks tell it, a message came from there. */
  readonly after: readonly number[]
  /** What else the log said of it. */
  readonly data?: { readonly [key: string]: Json }
}

export type RunEvent =
  | StepEvent
  | CheckpointEvent
  | SendEvent
  | DeliverEvent
  | DropEvent
  | HoldEvent
  | NodeEvent
  | ActionEvent
  | InvokeEvent
  | ReturnEvent
  | RejectEvent
  | OutputEvent
  | LocalEvent

export type EventKind = RunEvent['kind']

const kinds = {
  ...{ step: true, send: true, deliver: true, drop: true, hold: true, node: true, action: true },
  ...{ invoke: true, return: true, checkpoint: true, reject: true, output: true, local: true },
} as const satisfies { [kind in EventKind]: true }
/** Every kind, in the order in which people are shown them. */
export const EVENT_KINDS = Object.keys(kinds) as readonly EventKind[]

/** An event before the recorder gave it its place: what the parts of the engine report. */
export type Unnumbered<E extends RunEvent = RunEvent> = E extends RunEvent ? Omit<E, 'seq'> : never

/** Bodies of the two messages that every protocol shares: what clients say and hear. `id` names the asking. */
export interface ClientRequestBody {
  readonly kind: 'ClientRequest'
  readonly id: number
  readonly request: ClientRequest
}
export interface ClientReplyBody {
  readonly kind: 'ClientReply'
  readonly id: number
  readonly outcome: ClientOutcome
}
export const CLIENT_MESSAGE_TYPES = ['ClientRequest', 'ClientReply'] as const

/** The message types of a run by the index that stands in frames: the protocol's, then those of clients. */
export const messageTypesOf = (protocol: { readonly messages: readonly { readonly kind: string }[] }): readonly string[] => [
  ...protocol.messages.map(({ kind }) => kind),
  ...CLIENT_MESSAGE_TYPES,
]
