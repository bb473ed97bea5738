/**
 * A server's state (Fig. 2 "State"), its options, and the turn in which one step changes it. Plain data and persistent
 * collections: every state stays valid and shares what did not change with the one before.
 */
import { List, Map as PersistentMap } from 'immutable'
import type { Effect } from '../core/effect.ts'
import type { Hosted } from '../core/hosted.ts'
import type { NodeId } from '../core/ids.ts'
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { AnyService } from '../core/service.ts'
import { type Configuration, emptyLog, type Log } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftNote } from './notes.ts'
import type { RaftOptions } from './options.ts'

/** `preCandidate`: asks whether it would be elected, and does not stand yet. */
export type RaftRole = 'follower' | 'preCandidate' | 'candidate' | 'leader'

/** What a leader knows of one follower. */
export interface Progress {
  /** Index of the next entry to send. While pipelining it runs ahead of what is acknowledged. */
  readonly nextIndex: number
  /** The highest index known to be in the follower's log. Never falls. */
  readonly matchIndex: number
  /**
   * `probe`: where the logs agree is not known, one message at a time. `pipeline`: several may be under way. `snapshot`: what it lacks was
   * discarded, and a snapshot is on its way.
   */
  readonly mode: 'probe' | 'pipeline' | 'snapshot'
  /** How much of the snapshot it has, as far as it said. */
  readonly offset: number
  /** The last index of each message with entries that is under way, ascending. */
  readonly inflight: readonly number[]
  /** The latest read round that the follower has acknowledged. */
  readonly readCtx: number
  /** It said something since the leader last looked whether it hears a majority. */
  readonly isHeard: boolean
}

/** A client's query that waits for proof that this server still leads. */
export interface Read {
  readonly id: number
  readonly op: Json
}

/** A query of a client, or a follower's question on behalf of all of its own. */
export type LeaderRead = Read | { readonly from: NodeId; readonly life: number; readonly number: number }

export interface Reads {
  /** Rounds begun in this term of office; carried by every AppendEntries. */
  readonly round: number
  /** Answered when round `askedIn`, or a later one, is acknowledged by a majority. */
  readonly asked: List<LeaderRead>
  readonly askedIn: number
  /** Arrived since it began: they need a round that begins after them. */
  readonly next: List<LeaderRead>
}

/** Queries at a follower (followerReads.ts). */
export interface Asking {
  /** Drawn when this life began: answers to what was asked in an earlier one are told apart by it. */
  readonly life: number
  /** Of the last question to the leader. */
  readonly number: number
  /** They wait for its answer. */
  readonly asked: List<Read>
  /** Arrived since it was asked. */
  readonly next: List<Read>
  /** They wait until so much is applied. */
  readonly granted: List<{ readonly index: number; readonly reads: List<Read> }>
  /** The leader's round when it was last heard: what tells of a later one may be about the question. */
  readonly round: number
}

/** For how long a leader may answer reads alone (lease.ts). Times are those of its own clock. */
export interface Lease {
  /** Its timer has not run out, and it was not given up. */
  readonly isHeld: boolean
  readonly fromMs: number
  readonly untilMs: number
  /** The round that will renew it, and when it was sent; 0 when there is none. */
  readonly round: number
  readonly sentMs: number
  /** For the rest of this office. */
  readonly isGivenUp: boolean
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

/** A change whose new voters are catching up; its entry is appended when they have. */
export interface Change {
  readonly isJoint: boolean
  readonly voters: readonly NodeId[]
  readonly learners: readonly NodeId[]
  readonly catchingUp: readonly CatchUp[]
}

export interface CatchUp {
  readonly node: NodeId
  /** From 1. */
  readonly round: number
  /** What the leader had when the round began. */
  readonly goal: number
  readonly beganMs: number
  readonly isDone: boolean
}

/** The state machine as of an entry, which stands for the log up to it (§7). */
export interface Snapshot {
  readonly lastIncludedIndex: number
  readonly lastIncludedTerm: number
  /** The latest up to that entry. */
  readonly lastConfig: Configuration
  /** The client sessions by their number, and the service. */
  readonly state: { readonly sessions: { readonly [index: string]: Session }; readonly service: Json }
}

/** What a follower has of a snapshot that is still coming, from this leader in this term. */
export interface Installing {
  readonly from: NodeId
  readonly term: number
  readonly lastIncludedIndex: number
  readonly data: string
}

export interface RaftState {
  readonly id: NodeId
  /** All nodes of the run, in index order, members or not. */
  readonly nodes: readonly NodeId[]
  readonly options: RaftOptions

  // Persistent on all servers: written to the disk before any message of the same step leaves.
  readonly currentTerm: number
  readonly votedFor: NodeId | undefined
  readonly log: Log
  /** The last one, which its disk has; the log begins at it or before. */
  readonly snapshot: Snapshot | undefined

  // Volatile on all servers.
  readonly role: RaftRole
  readonly leaderId: NodeId | undefined
  readonly commitIndex: number
  readonly lastApplied: number
  /** It heard a leader within the shortest election timeout, or may have before it crashed. Always false in plain elections. */
  readonly heardLeader: boolean
  readonly installing: Installing | undefined
  readonly asking: Asking
  /** Those of the log, and the last one before it; the latest counts. */
  readonly configurations: readonly Configuration[]
  /** Who is told things by a leader with this configuration: all members but itself, and who is catching up. */
  readonly peers: readonly NodeId[]

  // Volatile on candidates; on pre-candidates who would vote for it.
  readonly votes: readonly NodeId[]

  // Volatile on leaders.
  readonly progress: { readonly [peer: NodeId]: Progress }
  /** Client requests whose entry is not applied yet: log index -> request id. */
  readonly waiting: PersistentMap<number, number>
  /** The snapshot that followers in mode `snapshot` are sent, though there may be a later one by now. */
  readonly sending: Snapshot | undefined
  readonly reads: Reads
  readonly lease: Lease
  readonly change: Change | undefined
  /** To whom it hands over; it takes no requests meanwhile. */
  readonly transfer: NodeId | undefined
  readonly writing: Writing

  // The replicated state machine: what applying the log up to lastApplied gives.
  readonly sessions: PersistentMap<number, Session>
  readonly hosted: Hosted
}

export const noProgress: RaftState['progress'] = {}
export const noWaiting: RaftState['waiting'] = PersistentMap()
export const noWriting: Writing = { mark: 0, pending: [], matchIndex: 0 }
export const noReads: Reads = { round: 0, asked: List(), askedIn: 0, next: List() }
export const noAsking: Asking = { life: 0, number: 0, asked: List(), next: List(), granted: List(), round: 0 }
export const noLease: Lease = { isHeld: false, fromMs: 0, untilMs: 0, round: 0, sentMs: 0, isGivenUp: false }

/** A server that has just come up with an empty disk. */
export function initialState(options: {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  /** The voters when the run began. */
  readonly members: readonly NodeId[]
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
    snapshot: undefined,
    role: 'follower',
    leaderId: undefined,
    commitIndex: 0,
    lastApplied: 0,
    heardLeader: remembersLeader(options.options),
    installing: undefined,
    asking: noAsking,
    configurations: [{ index: 0, voters: options.members, learners: [] }],
    peers: options.members.filter((node) => node !== options.id),
    votes: [],
    progress: noProgress,
    waiting: noWaiting,
    sending: undefined,
    reads: noReads,
    lease: noLease,
    change: undefined,
    transfer: undefined,
    writing: noWriting,
    sessions: PersistentMap(),
    hosted: { service: options.service, state: options.service.init() },
  }
}

/** Does it matter whether a leader was heard within the shortest election timeout? */
export const remembersLeader = ({ preVote, stickToLeader }: RaftOptions): boolean => preVote || stickToLeader

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * One step under way: a shallow copy of the state, whose fields the rules replace (never what they hold), and the effects
 * so far. Nobody but the step holds it, so that rules can follow one another without a new state for each.
 */
export interface Turn {
  readonly state: Mutable<RaftState>
  readonly effects: Effect<RaftMessage>[]
  readonly service: AnyService
  /** This server's own clock. */
  readonly nowMs: number
  /** The lowest log index that this step wrote; Infinity when it wrote none. */
  writtenFrom: number
  /** It has a new snapshot, which stands for all that its disk had. */
  hasSnapshot: boolean
}

export const beginTurn = (state: RaftState, service: AnyService, nowMs: number): Turn => ({
  state: { ...state },
  effects: [],
  service,
  nowMs,
  writtenFrom: Number.POSITIVE_INFINITY,
  hasSnapshot: false,
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

/** Somebody asked for what cannot be, or not yet: `later`. */
export function refuseControl(turn: Turn, control: string, about: readonly NodeId[], why: string, later = false): void {
  note(turn, 'refuse', { control, about, why, ...(later ? { later } : {}) })
}

export type RaftTimer = 'election' | 'heartbeat' | 'quorum' | 'lease' | 'transfer' | 'batch'

export function setTimer(turn: Turn, name: RaftTimer, msMin: number, msMax: number): void {
  turn.effects.push({ kind: 'setTimer', name, msMin, msMax })
}

export function setElectionTimer(turn: Turn): void {
  const { electionMsMin, electionMsMax } = turn.state.options
  setTimer(turn, 'election', electionMsMin, electionMsMax)
}

/** A leader was heard: its first part, in which that counts, or all of it where it does not matter. */
export function heedLeader(turn: Turn): void {
  const { options } = turn.state
  if (!remembersLeader(options)) return setElectionTimer(turn)
  turn.state.heardLeader = true
  setTimer(turn, 'election', options.electionMsMin, options.electionMsMin)
}

export function setHeartbeatTimer(turn: Turn): void {
  const { heartbeatMs } = turn.state.options
  setTimer(turn, 'heartbeat', heartbeatMs, heartbeatMs)
}

export function setProgress(state: Turn['state'], peer: NodeId, progress: Progress): void {
  if (state.progress[peer] === progress) return
  const all: { [peer: NodeId]: Progress } = { ...state.progress }
  all[peer] = progress
  state.progress = all
}
