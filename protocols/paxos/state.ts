/**
 * A node's state, and the turn in which one step changes it. All of it is plain data that fits a few lines, so a
 * state is its own encoding; what did not change is shared with the state before.
 */
import type { Effect } from '../core/effect.ts'
import type { NodeId } from '../core/ids.ts'
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { Ballot, Vote } from './ballot.ts'
import type { PaxosMessage } from './messages.ts'
import type { PaxosNote } from './notes.ts'
import type { PaxosOptions } from './options.ts'
import { type Roles, rolesOf } from './roles.ts'

/**
 * A proposer's ballot. `prepare`: it collects promises; `accept`: it asks for votes for `value`; `outbid`: it has given the ballot
 * up, and waits before it begins another.
 */
export interface Attempt {
  readonly ballot: Ballot
  readonly phase: 'prepare' | 'accept' | 'outbid'
  /** What it asks to accept; null before a phase-1 quorum has promised. */
  readonly value: string | null
  readonly promises: readonly { readonly acceptor: NodeId; readonly accepted: Vote | null }[]
  /** Acceptors that voted in this ballot. */
  readonly votes: readonly NodeId[]
}

/** What a node says to itself waits for its own disk, as what it says to others does. */
export interface Own {
  readonly mark: number
  readonly message: PaxosMessage
}

export interface PaxosState {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly options: PaxosOptions
  readonly roles: Roles

  // Persistent: written to the disk before any message of the same step leaves.
  /** Acceptor: it answers no ballot lower than this. */
  readonly promised: Ballot | null
  /** Acceptor: its vote in the highest ballot in which it has voted. */
  readonly accepted: Vote | null
  /** Proposer: the highest number that it has taken for a ballot. */
  readonly used: number
  /** Learner: the value that was chosen. */
  readonly chosen: string | null

  // Volatile.
  /** The highest number of a ballot that it has heard of. */
  readonly seen: number
  /** Proposer: what the first client that waits wants, until something was chosen. */
  readonly proposal: string | null
  readonly attempt: Attempt | null
  /** Ballots in a row that it had to give up. */
  readonly outbids: number
  /** Requests of clients that wait for a value to be chosen. */
  readonly waiting: readonly number[]
  /** Learner: the votes that it has heard of. */
  readonly heard: readonly (Vote & { readonly acceptor: NodeId })[]
  /** The last mark set in this life, and the last one that is known to be on the disk. */
  readonly mark: number
  readonly synced: number
  readonly own: readonly Own[]
}

/** A node that has just come up with an empty disk. */
export function initialState(id: NodeId, nodes: readonly NodeId[], options: PaxosOptions): PaxosState {
  return {
    ...{ id, nodes, options, roles: rolesOf(options, nodes) },
    ...{ promised: null, accepted: null, used: 0, chosen: null },
    ...{ seen: 0, proposal: null, attempt: null, outbids: 0, waiting: [], heard: [], mark: 0, synced: 0, own: [] },
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** One step under way: a shallow copy of the state, whose fields the rules replace (never what they hold), and the effects so far. */
export interface Turn {
  readonly state: Mutable<PaxosState>
  readonly effects: Effect<PaxosMessage>[]
  /** What it says to itself. */
  readonly toSelf: PaxosMessage[]
}

export const beginTurn = (state: PaxosState): Turn => ({ state: { ...state }, effects: [], toSelf: [] })

export function send(turn: Turn, to: NodeId, message: PaxosMessage): void {
  if (to === turn.state.id) turn.toSelf.push(message)
  else turn.effects.push({ kind: 'send', to, message })
}

export function reply(turn: Turn, id: number, outcome: ClientOutcome): void {
  turn.effects.push({ kind: 'reply', id, outcome })
}

export function note(turn: Turn, name: PaxosNote, data: { readonly [key: string]: Json }): void {
  turn.effects.push({ kind: 'note', note: name, data })
}

export function setTimer(turn: Turn, name: 'retransmit' | 'retry' | 'ask', msMin: number, msMax = msMin): void {
  turn.effects.push({ kind: 'setTimer', name, msMin, msMax })
}

export function cancelTimer(turn: Turn, name: 'retransmit' | 'retry' | 'ask'): void {
  turn.effects.push({ kind: 'cancelTimer', name })
}
