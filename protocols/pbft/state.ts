/**
 * A replica's state (§4.1), its options, and the turn in which one step changes it. Plain data and persistent collections:
 * every state stays valid and shares what did not change with the one before.
 */
import { OrderedMap, Map as PersistentMap } from 'immutable'
import { z } from 'zod'
import type { Effect } from '../core/effect.ts'
import type { Hosted, HostedState } from '../core/hosted.ts'
import type { NodeId } from '../core/ids.ts'
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { AnyService } from '../core/service.ts'
import type {
  Batch,
  Checkpoint,
  Commit,
  NewView,
  PbftMessage,
  PrePrepare,
  Prepare,
  Prepared,
  SignedRequest,
  ViewChange,
} from './messages.ts'
import type { PbftNote } from './notes.ts'

export const optionsSchema = z
  .strictObject({
    /** 0: as many as the nodes can bear. */
    f: z.int().min(0).max(100).default(0),
    checkpointEvery: z.int().min(1).max(100_000).default(100),
    window: z.int().min(1).max(1_000_000).default(200),
    maxBatch: z.int().min(1).max(10_000).default(64),
    maxInFlight: z.int().min(1).max(10_000).default(8),
    viewChangeMs: z.number().min(1).max(600_000).default(500),
    viewChangeMsMax: z.number().min(1).max(600_000).default(4000),
    statusMs: z.number().min(1).max(600_000).default(150),
    chunkChars: z.int().min(16).max(1_000_000).default(65_536),
  })
  .refine((options) => options.checkpointEvery <= options.window, {
    path: ['window'],
    message:
      'The window is smaller than the distance between checkpoints: no number would ever reach the next one. Raise window or lower checkpointEvery.',
  })
  .refine((options) => options.viewChangeMs <= options.viewChangeMsMax, {
    path: ['viewChangeMsMax'],
    message: 'The longest patience is shorter than the first: raise viewChangeMsMax or lower viewChangeMs.',
  })
export type PbftOptions = z.infer<typeof optionsSchema>

/** What a replica has of one sequence number. */
export interface Slot {
  /** Accepted in the present view, without its batch. */
  readonly prePrepare?: PrePrepare
  /** One a replica, of the latest view that it spoke in: those of views to come are kept until these begin. */
  readonly prepares: { readonly [replica: NodeId]: Prepare }
  readonly commits: { readonly [replica: NodeId]: Commit }
  /** The prepared certificate of the highest view: it goes into P until a checkpoint makes the number stable (§4.4). */
  readonly prepared?: Prepared
  /** 2f + 1 Commits of one view. */
  readonly committed?: readonly Commit[]
}

/** The last reply sent to a client (§4.1): it is part of the replicated state. */
export interface LastReply {
  readonly timestamp: number
  readonly result: Json
}
export type Replies = PersistentMap<string, LastReply>

/** The replica's own state after executing a number with `n mod K = 0` (§4.3). */
export interface OwnCheckpoint {
  readonly d: string
  readonly hosted: Hosted
  readonly replies: Replies
}

/** The last checkpoint with a proof: 2f + 1 Checkpoints; none for number 0. */
export interface Stable {
  readonly n: number
  readonly d: string
  readonly proof: readonly Checkpoint[]
}

/** A state on its way here. */
export interface Transfer extends Stable {
  readonly from: NodeId
  /** The pieces so far, in order. */
  readonly pieces: readonly string[]
  /** Pieces there were at the last look: no more since then, and another replica is asked. */
  readonly seen: number
}

/** What the one timer is for: a request to be executed (V1), or a new view to begin (V7). */
export type Waiting = 'nothing' | 'execution' | 'newView'

export interface PbftState {
  readonly id: NodeId
  /** All replicas; the primary of view v stands at v mod n. */
  readonly nodes: readonly NodeId[]
  readonly options: PbftOptions

  // Written to the disk before any message of the same step leaves: a replica that forgot what it said would be faulty.
  readonly view: number
  /** Whether the view has begun here: false while it is changing. */
  readonly active: boolean
  readonly slots: PersistentMap<number, Slot>
  /** Requests by digest. */
  readonly batches: PersistentMap<string, Batch>
  readonly stable: Stable
  /** What began the present view; absent in view 0 and while it is changing. */
  readonly newView: NewView | undefined

  // What executing the committed numbers from the stable checkpoint on gives.
  readonly lastExecuted: number
  readonly hosted: Hosted
  readonly replies: Replies
  readonly checkpoints: PersistentMap<number, OwnCheckpoint>

  // Volatile.
  /** Checkpoints said by others and by itself, above the stable one. */
  readonly claims: PersistentMap<number, { readonly [replica: NodeId]: Checkpoint }>
  /** The latest ViewChange of each replica, for views that have not begun here. */
  readonly viewChanges: { readonly [replica: NodeId]: ViewChange }
  /** Requests that wait to be executed, by client, in order of arrival. */
  readonly pending: OrderedMap<string, SignedRequest>
  /** The primary's: the latest timestamp of each client that it gave a number. */
  readonly proposed: PersistentMap<string, number>
  /** The primary's: the last number that it gave. */
  readonly lastProposed: number
  readonly waiting: Waiting
  /** The request for which it waits to be executed: the one that had waited longest when the timer was set. */
  readonly awaited: SignedRequest | undefined
  /** How long patience lasts now; doubles with every view that brings nothing (§4.5.2). */
  readonly patienceMs: number
  readonly transfer: Transfer | undefined
  /** Where others stood when they last said so. */
  readonly heard: { readonly [replica: NodeId]: { readonly v: number; readonly e: number } }
}

export const emptySlot: Slot = { prepares: {}, commits: {} }

/** A replica that has just come up with an empty disk. */
export function initialState(options: {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly options: PbftOptions
  readonly service: AnyService
}): PbftState {
  return {
    id: options.id,
    nodes: options.nodes,
    options: options.options,
    view: 0,
    active: true,
    slots: PersistentMap(),
    batches: PersistentMap(),
    stable: { n: 0, d: '', proof: [] },
    newView: undefined,
    lastExecuted: 0,
    hosted: { service: options.service, state: options.service.init() },
    replies: PersistentMap(),
    checkpoints: PersistentMap(),
    claims: PersistentMap(),
    viewChanges: {},
    pending: OrderedMap(),
    proposed: PersistentMap(),
    lastProposed: 0,
    waiting: 'nothing',
    awaited: undefined,
    patienceMs: options.options.viewChangeMs,
    transfer: undefined,
    heard: {},
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** One step under way: a shallow copy of the state, whose fields the rules replace, and the effects so far. */
export interface Turn {
  readonly state: Mutable<PbftState>
  readonly effects: Effect<PbftMessage>[]
  readonly service: AnyService
  /** The step's dice. */
  readonly coin: number
  /** Numbers whose slots this step wrote. */
  readonly touched: Set<number>
}

export const beginTurn = (state: PbftState, service: AnyService, coin: number): Turn => ({
  state: { ...state },
  effects: [],
  service,
  coin,
  touched: new Set(),
})

export function send(turn: Turn, to: NodeId, message: PbftMessage): void {
  if (to !== turn.state.id) turn.effects.push({ kind: 'send', to, message })
}

/** To every replica but this one, whose own copy is handled in the same step. */
export function multicast(turn: Turn, message: PbftMessage): void {
  for (const node of turn.state.nodes) send(turn, node, message)
}

export function reply(turn: Turn, id: number, outcome: ClientOutcome): void {
  turn.effects.push({ kind: 'reply', id, outcome })
}

export function note(turn: Turn, name: PbftNote, data: { readonly [key: string]: Json }): void {
  turn.effects.push({ kind: 'note', note: name, data })
}

/** A message is not what it should be, and changes nothing. */
export function refuse(turn: Turn, from: NodeId | string, message: PbftMessage['kind'], why: string): void {
  note(turn, 'refuse', { from, message, why })
}

export const slotAt = (state: PbftState, n: number): Slot => state.slots.get(n) ?? emptySlot

export function changeSlot(turn: Turn, n: number, change: Partial<Slot>): Slot {
  const slot = { ...slotAt(turn.state, n), ...change }
  turn.state.slots = turn.state.slots.set(n, slot)
  turn.touched.add(n)
  return slot
}

/** The service's state, decoded on first use after the replica's state was. */
export function hostedState(turn: Turn): HostedState {
  const { hosted } = turn.state
  if ('service' in hosted) return hosted
  const decoded = { service: turn.service, state: turn.service.decode(hosted.json) }
  turn.state.hosted = decoded
  return decoded
}
