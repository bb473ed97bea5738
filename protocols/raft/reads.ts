/**
 * Linearizable reads without a log entry: ReadIndex (§8; dissertation §6.4). A leader answers a query once a majority has
 * acknowledged, in its term, a message sent after the query arrived: then no other leader can have committed anything
 * before the query that this one does not know. One round of acknowledgements serves all queries that came before it. While it
 * holds a lease (lease.ts), the acknowledgements of a heartbeat stand for those of a round.
 */
import { List } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { askForIndex, grantIndex } from './followerReads.ts'
import { holdsLease } from './lease.ts'
import { lastIndex, termAt } from './log.ts'
import type { ReadIndex } from './messages.ts'
import { replicate, sendHeartbeat } from './pipeline.ts'
import { isAcknowledged, nextRound } from './rounds.ts'
import { executeRead } from './sessions.ts'
import { type LeaderRead, type Progress, type RaftState, reply, type Turn } from './state.ts'

/** At the leader; at a follower where that may answer, too. */
export function onQuery(turn: Turn, id: number, op: Json): void {
  if (!turn.service.isRead(op)) {
    return reply(turn, id, {
      kind: 'refused',
      code: 'not-a-read',
      message: 'This operation changes something: send it as a command of a session.',
    })
  }
  if (turn.state.role === 'leader') take(turn, { id, op })
  else askForIndex(turn, { id, op })
}

/** A follower asks for all its queries how far it must have applied. Whoever does not lead any more says nothing: it will hear of the term. */
export function onReadIndex(turn: Turn, from: NodeId, { term, life, number }: ReadIndex): void {
  const { state } = turn
  if (state.role !== 'leader' || term !== state.currentTerm || state.progress[from] === undefined) return
  take(turn, { from, life, number })
}

function take(turn: Turn, read: LeaderRead): void {
  const { state } = turn
  if (mayRead(state) && holdsLease(turn)) return answer(turn, read)
  state.reads = { ...state.reads, next: state.reads.next.push(read) }
  if (state.reads.asked.size === 0) beginRound(turn)
}

/** The first entry of this term is committed: from here on commitIndex is all that was ever committed, and reads may begin. */
export function onTermCommitted(turn: Turn): void {
  if (turn.state.reads.asked.size === 0) beginRound(turn)
}

/** A new leader does not know yet which entries of older terms are committed, until one of its own is (§8). */
const mayRead = (state: RaftState): boolean => termAt(state.log, state.commitIndex) === state.currentTerm

/** Asks every follower whether this server still leads, on behalf of all queries that wait. */
function beginRound(turn: Turn): void {
  const { state } = turn
  if (state.reads.next.size === 0 || !mayRead(state)) return
  const round = nextRound(turn)
  state.reads = { round, asked: state.reads.next, askedIn: round, next: List<LeaderRead>() }
  for (const peer of state.peers) {
    const sentBefore = turn.effects.length
    const { mode, nextIndex } = state.progress[peer] as Progress
    if (mode === 'snapshot') continue // it does not answer rounds
    if (nextIndex <= lastIndex(state.log)) replicate(turn, peer)
    // A full pipeline carries messages of before the round, whose acknowledgements prove nothing for it.
    if (turn.effects.length === sentBefore) sendHeartbeat(turn, peer)
  }
  confirmReads(turn)
}

/** Answers the queries of the round under way when a majority acknowledged it; then begins the next. */
export function confirmReads(turn: Turn): void {
  const { state } = turn
  const { asked, askedIn } = state.reads
  if (asked.size === 0 || !isAcknowledged(state, askedIn)) return
  asked.forEach((read) => {
    answer(turn, read)
  })
  state.reads = { ...state.reads, asked: List<LeaderRead>() }
  beginRound(turn)
}

/** lastApplied equals commitIndex after every step, so the state is at least as new as the round's read index. */
function answer(turn: Turn, read: LeaderRead): void {
  if ('from' in read) grantIndex(turn, read.from, read.life, read.number)
  else reply(turn, read.id, { kind: 'ok', result: executeRead(turn, read.op) })
}
