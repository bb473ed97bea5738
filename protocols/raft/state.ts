/**
 * A server's state (Fig. 2 "State"), its options, and the turn in which one step changes it. Plain data and persistent
 * collections: every state stays valid and shares what did not change with the one before.
 */
import { List, Map as PersistentMap } from 'immutable'
import { z } from 'zod'
import type { Effect } from '../core/effect.ts'
import type { NodeId } from '../core/ids.ts'
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { AnyService } from '../core/service.ts'
import { emptyLog, type Log } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftNote } from './notes.ts'

export const optionsSchema = z
  .strictObject({
    electionMsMin: z.number().min(1).max(600_000).default(150),
    electionMsMax: z.number().min(1).max(600_000).default(300),
    heartbeatMs: z.number().min(1).max(600_000).default(50),
    maxInflight: z.int().min(1).max(1024).default(4),
    maxEntries: z.int().min(1).max(10_000).default(512),
    maxSessions: z.int().min(1).max(1_000_000).default(2048),
    writeInParallel: z.boolean().default(false),
  })
  .refine((options) => options.electionMsMin <= options.electionMsMax, {
    path: ['electionMsMax'],
    message: 'The longest election timeout is shorter than the shortest: raise electionMsMax or lower electionMsMin.',
  })
export type RaftOptions = z.infer<typeof optionsSchema>

export type RaftRole = 'follower' | 'candidate' | 'leader'

/** What a leader knows of one follower. */
export interface Progress {
  /** Index of the next entry to send. While pipelining it runs ahead of what is acknowledged. */
  readonly nextIndex: number
  /** The highest index known to be in the follower's log. Never falls. */
  readonly matchIndex: number
  /** `probe`: where the logs agree is not known, one message at a time. `pipeline`: several may be under way. */
  readonly mode: 'probe' | 'pipeline'
  /** The last index of each message with entries that is under way, ascending. */
  readonly inflight: readonly number[]
  /** The latest read round that the follower has acknowledged. */
  readonly readCtx: number
}

/** A client's query that waits for proof that this server still leads. */
export interface Read {
  readonly id: number
  readonly op: Json
}

export interface Reads {
  /** Rounds begun in this term of office; carried by every AppendEntries. */
  readonly round: number
  /** Answered when the round under way is acknowledged by a majority. */
  readonly asked: List<Read>
  /** Arrived since it began: they need a round that begins after them. */
  readonly next: List<Read>
}

/** What a leader knows of its own disk when it writes in parallel. */
export interface Writing {
  /** The last mark set in this life. */
  readonly mark: number
  /** Marks whose records are not known to be durable, ascending, each with the last log index that it stands for. */
  readonly pending: readonly { readonly mark: number; readonly index: number }[]
  /** The highest index that its own disk holds: the leader's matchIndex for itself. */
  readonly matchIndex: number
}

/** What the state machine remembers of a client, so that a repeated command takes effect once (dissertation §6.3). */
export interface Session {
  /** Index of the last entry that used it: the one unused for longest goes first. */
  readonly usedIndex: number
  /** Results below this were seen by the client and are forgotten. */
  readonly firstUnacked: number
  /** Results of executed commands, ascending by seq. */
  readonly results: readonly { readonly seq: number; readonly result: Json }[]
}

/** The service's state as the service keeps it, or as JSON until the first step after a decoding needs it. */
export type Hosted = HostedState | { readonly json: Json }

export interface HostedState {
  readonly service: AnyService
  readonly state: unknown
}

export interface RaftState {
  readonly id: NodeId
  /** All servers, in index order. */
  readonly nodes: readonly NodeId[]
  readonly options: RaftOptions

  // Persistent on all servers: written to the disk before any message of the same step leaves.
  readonly currentTerm: number
  readonly votedFor: NodeId | undefined
  readonly log: Log

  // Volatile on all servers.
  readonly role: RaftRole
  readonly leaderId: NodeId | undefined
  readonly commitIndex: number
  readonly lastApplied: number

  // Volatile on candidates.
  readonly votes: readonly NodeId[]

  // Volatile on leaders.
  readonly progress: { readonly [peer: NodeId]: Progress }
  /** Client requests whose entry is not applied yet: log index -> request id. */
  readonly waiting: PersistentMap<number, number>
  readonly reads: Reads
  readonly writing: Writing

  // The replicated state machine: what applying the log up to lastApplied gives.
  readonly sessions: PersistentMap<number, Session>
  readonly hosted: Hosted
}

export const noProgress: RaftState['progress'] = {}
export const noWaiting: RaftState['waiting'] = PersistentMap()
export const noWriting: Writing = { mark: 0, pending: [], matchIndex: 0 }
export const noReads: Reads = { round: 0, asked: List(), next: List() }

/** A server that has just come up with an empty disk. */
export function initialState(options: {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly options: RaftOptions
  readonly service: AnyService
}): RaftState {
  return {
    id: options.id,
    nodes: options.nodes,
    options: options.options,
    currentTerm: 0,
    votedFor: undefined,
    log: emptyLog,
    role: 'follower',
    leaderId: undefined,
    commitIndex: 0,
    lastApplied: 0,
    votes: [],
    progress: noProgress,
    waiting: noWaiting,
    reads: noReads,
    writing: noWriting,
    sessions: PersistentMap(),
    hosted: { service: options.service, state: options.service.init() },
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * One step under way: a shallow copy of the state, whose fields the rules replace (never what they hold), and the effects
 * so far. Nobody but the step holds it, so that rules can follow one another without a new state for each.
 */
export interface Turn {
  readonly state: Mutable<RaftState>
  readonly effects: Effect<RaftMessage>[]
  readonly service: AnyService
  /** The lowest log index that this step wrote; Infinity when it wrote none. */
  writtenFrom: number
}

export const beginTurn = (state: RaftState, service: AnyService): Turn => ({
  state: { ...state },
  effects: [],
  service,
  writtenFrom: Number.POSITIVE_INFINITY,
})

export function send(turn: Turn, to: NodeId, message: RaftMessage): void {
  turn.effects.push({ kind: 'send', to, message })
}

/** Does not wait for the disk. */
export function sendEarly(turn: Turn, to: NodeId, message: RaftMessage): void {
  turn.effects.push({ kind: 'send', to, message, early: true })
}

export function reply(turn: Turn, id: number, outcome: ClientOutcome): void {
  turn.effects.push({ kind: 'reply', id, outcome })
}

export function note(turn: Turn, name: RaftNote, data: { readonly [key: string]: Json }): void {
  turn.effects.push({ kind: 'note', note: name, data })
}

export function setElectionTimer(turn: Turn): void {
  const { electionMsMin, electionMsMax } = turn.state.options
  turn.effects.push({ kind: 'setTimer', name: 'election', msMin: electionMsMin, msMax: electionMsMax })
}

export function setHeartbeatTimer(turn: Turn): void {
  const { heartbeatMs } = turn.state.options
  turn.effects.push({ kind: 'setTimer', name: 'heartbeat', msMin: heartbeatMs, msMax: heartbeatMs })
}

/** Every server but this one. */
export function forEachPeer(state: RaftState, visit: (peer: NodeId) => void): void {
  for (const node of state.nodes) if (node !== state.id) visit(node)
}
