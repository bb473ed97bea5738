/**
 * What a protocol is to the rest of Synod: a pure state machine. It is given one input at a time and answers with its
 * next state and the effects it asks for. It never opens a socket, reads a clock, throws dice or writes a disk.
 *
 * `step` returns the next state and leaves the old one valid; what did not change is shared, so that a thousand states
 * cost little more than one (logs and tables live in persistent collections: `List` and `Map` of `immutable`).
 */
import type { ZodType } from 'zod'
import type { Effect } from './effect.ts'
import type { NodeId } from './ids.ts'
import type { Control, Input, StartInput } from './input.ts'
import type { Invariant } from './invariant.ts'
import type { Json } from './json.ts'
import type { LieSpec } from './lie.ts'
import type { AnyMessage, Observation, Role } from './observation.ts'
import type { Panel } from './panel.ts'
import type { AnyService } from './service.ts'
import type { Tuning } from './tuning.ts'

export type { AnyMessage, Observation, Role } from './observation.ts'

export interface Step<S, M> {
  readonly state: S
  /** In the order in which they happen. A `send` or `reply` leaves the node only after every `persist` of its step is durable. */
  readonly effects: readonly Effect<M>[]
}

export interface Machine<S, M> {
  /** A node comes up, for the first time or from what its disk still holds. */
  start(input: StartInput): Step<S, M>
  step(state: S, input: Input<M>): Step<S, M>
}

/** What a fact means, for its label and its tooltip. */
export interface FactSpec {
  readonly name: string
  readonly label: string
  /** One sentence, with its source: "The latest term this server has seen. Raft §5.1". */
  readonly help: string
}

export type NoteData = { readonly [key: string]: Json }

/** A change of state that is worth a name: what a `note` of a step says has happened. */
export interface NoteSpec {
  readonly name: string
  /** One sentence, with its source. */
  readonly help: string
  /**
   * It says no to what it was told, or does not go on with it. `data.why` says why; `data.control` what it was told, `data.about` whom that is about where
   * it is not the node itself, and `data.later` that it can be asked again in a while.
   */
  readonly saysNo?: 'refuses' | 'gives up'
  /** The note as it is told behind its node's name, where its name and its data would make no sentence. */
  says?(data: NoteData): string
}

/** Something that a node can be told to do from outside: by clicking it, by a scenario, from the command line. */
export interface ControlSpec {
  readonly name: string
  /** As it stands in the node's menu: "Hand over leadership". */
  readonly label: string
  /** One sentence, with its source. */
  readonly help: string
  /** What must be said besides, in the order of the form; `node`: another node of the run. */
  readonly fields: readonly {
    readonly name: string
    readonly label: string
    readonly is: 'node' | 'nodes' | 'number' | 'text'
    readonly help: string
  }[]
  /** The whole control: `z.strictObject({ name: z.literal('transferLeadership'), to: nodeSchema })`. */
  readonly schema: ZodType<Control>
}

/** How a message type is drawn: hue by family, line by whether it asks or answers, faint when it is routine. */
export interface MessageSpec {
  readonly kind: string
  readonly family: 'election' | 'replication' | 'snapshot' | 'client' | 'membership' | 'read' | 'other'
  readonly style: 'request' | 'reply'
  readonly help: string
  /** True when this very message is routine (a heartbeat) and should be drawn faint. */
  faint?(body: AnyMessage): boolean
  /** A few words on what this message says: "term 3, entries 4–6". */
  summary?(body: AnyMessage): string
}

/** What of a state is wanted, so that nobody encodes a log of a hundred thousand entries to see its end. */
export interface Glimpse<S = unknown> {
  /** Fields of the encoded state; all of them when absent. */
  readonly fields?: ReadonlySet<string>
  /**
   * What this state shares with it may be left out: fields, and items of a table of which all are wanted. Whoever compares the two asks for each
   * unlike the other.
   */
  readonly unlike?: S
  /** Of `size` items in the field `field`: from which to which (from 0, `to` not included). A list grows at its end, a table anywhere. */
  part(field: string, size: number, sort: 'list' | 'table'): readonly [from: number, to: number]
}

/** How clients talk to the nodes of a protocol. */
export interface ClientManners {
  /** A client opens a session before its first command, so that a repeated one takes effect once. Without, commands carry session 0. */
  readonly sessions: boolean
  /**
   * Whom it asks: whoever is said to lead; or `any`: a node of its own, the k-th client the k-th, and the next one when that gives no answer;
   * `leader-then-all`: signed, whoever is said to lead, and everybody when that gives no answer. Every node answers by itself.
   */
  readonly asks: 'leader' | 'any' | 'leader-then-all'
  /** `leader-then-all`: so many equal answers of different nodes make a result, on so many nodes with these options. */
  accepts?(nodes: number, options: unknown): number
  /** `leader`: with these options any node answers reads, and clients ask one after the other; changes go to whoever leads. */
  readsAnywhere?(options: unknown): boolean
}

/** How nodes come into the group and go while a run goes on, for a lab that adds processes and ends them. */
export interface Membership {
  /** What is told so that this node, which runs, becomes a member. */
  join(node: NodeId): Control
  /** What is told so that it is one no more. */
  leave(node: NodeId): Control
  /** Who is told: whoever leads, or the node itself. */
  readonly told: 'leader' | 'itself'
  /**
   * Whether this node is a member by what the nodes that run show; undefined while that is changing, or nobody knows. After a leave its process
   * is ended once it says false. Where it is absent, at once.
   */
  isMember?(node: NodeId, shown: ReadonlyMap<NodeId, Observation>): boolean | undefined
  /** What a change that is under way waits for, by what the nodes that run show, as half a sentence. Nobody is told of another one meanwhile. */
  waitsFor?(shown: ReadonlyMap<NodeId, Observation>): string | undefined
}

export interface ProtocolDefinition<S = unknown, M extends AnyMessage = AnyMessage, O = unknown> {
  /** Lower case, also the folder's name: `raft`. */
  readonly name: string
  readonly title: string
  /** One paragraph for a person who chooses a protocol. */
  readonly summary: string
  readonly source: string
  /** Grows whenever a recorded run would replay differently. */
  readonly version: number
  /** What the protocol calls its leadership number: "term". */
  readonly epochName: string
  readonly clusterSize: { readonly min: number; readonly max: number; readonly usual: number }
  /** What the rings round a node say of it, as the end of a sentence that begins with them: two with a crown where it shows `leader`, a broken one for a `candidate`. None where nobody leads. */
  readonly rings?: { readonly leader: string; readonly candidate: string }
  /** What it calls who shows a role, where that has another name here: PBFT's leader is the primary. */
  readonly roles?: { readonly [role in Role]?: string }
  /** What it calls who shows this, where one role has several names: Raft's pre-candidate shows itself as a candidate. Undefined: as the role is called. */
  called?(shown: Observation): string | undefined
  /** How many of so many nodes may fail at once, and whether they may lie, too. A minority that may only crash, when absent. */
  readonly bears?: { faulty(nodes: number): number; readonly lies: boolean }
  /** Settings of a run, with defaults for every field: `options.parse({})` is valid. */
  readonly options: ZodType<O>
  /** Why a cluster of these nodes, of which these are there at the beginning, cannot run with these options, or undefined: what the schema cannot know. Asked before anything starts. */
  refuse?(options: O, nodes: readonly NodeId[], members: readonly NodeId[]): string | undefined
  /** A label, unit and one sentence for each option, for forms. */
  readonly optionSpecs: readonly { name: string; label: string; unit?: string; help: string }[]
  /** Options that are set by sliders, before a run and during it, with what they mean beside them. */
  readonly tuning?: Tuning<O>
  readonly messages: readonly MessageSpec[]
  /** Validates a message that came off a wire. */
  readonly message: ZodType<M>
  readonly timers: readonly { name: string; help: string }[]
  /** What its nodes can be told from outside; none when absent. */
  readonly controls?: readonly ControlSpec[]
  /** How nodes are added and removed during a run; all are there from the beginning when absent. */
  readonly membership?: Membership
  /** How its nodes can lie, besides what any node can: protocols/lies. */
  readonly lies?: readonly LieSpec<S, M>[]
  /** Every note that a step can make. A sweep says which of them were never seen. */
  readonly notes: readonly NoteSpec[]
  readonly facts: readonly FactSpec[]
  /** Where nobody leads for long: how things stand by what the nodes that run show, in half a sentence. Who leads, when absent. */
  headline?(shown: ReadonlyMap<NodeId, Observation>): string
  /** Service names this protocol can carry; `['*']` for any replicated state machine. */
  readonly services: readonly string[]
  /**
   * What clients may rely on: that some order of their operations explains all answers, within their times, or only that all copies become
   * equal in the end. Of the latter a history is still judged, and it is said what it was; it is no failure. `linearizable` when absent.
   */
  readonly promises?: 'linearizable' | 'eventual'
  /** With sessions, and asking whoever leads, when absent. */
  readonly clients?: ClientManners
  machine(service: AnyService): Machine<S, M>
  observe(state: S): Observation
  /** The state of the service in it, for the service's own invariants; undefined while it is only known as JSON. Of protocols that carry any service. */
  carried?(state: S): unknown
  /** What it shows of itself beyond these facts, in one of the shapes of panel.ts. */
  readonly panel?: Panel<S, M>
  /** State as plain JSON and back: `decode(encode(s))` behaves as `s`. Canonical: equal states encode to equal text. */
  encode(state: S): Json
  decode(json: Json): S
  /**
   * For speed alone: the wanted part of what `encode` gives, in time that does not grow with what is not wanted. Items keep
   * the keys that they have in the whole. Where it is absent, states are encoded whole and cut afterwards.
   */
  glimpse?(state: S, wanted: Glimpse<S>): Json
  readonly invariants: readonly Invariant<S, M>[]
  readonly scenarios: readonly { name: string; title: string; teaches: string; text: string }[]
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds protocols of every state and message type
export type AnyProtocol = ProtocolDefinition<any, any, any>
