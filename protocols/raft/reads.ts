/**
 * Linearizable reads without a log entry: ReadIndex (§8; dissertation §6.4). A leader answers a query once a majority has
 * acknowledged, in its term, a message sent after the query arrived: then no other leader can have committed anything
 * before the query that this one does not know. One round of acknowledgements serves all queries that came before it.
 */
import { List } from 'immutable'
import type { Json } from '../core/json.ts'
import { isMajority } from '../core/quorum.ts'
import { lastIndex, termAt } from './log.ts'
import { replicate, sendHeartbeat } from './pipeline.ts'
import { hostedState } from './sessions.ts'
import { forEachPeer, type Progress, type RaftState, type Read, reply, type Turn } from './state.ts'

export function onQuery(turn: Turn, id: number, op: Json): void {
  const { state } = turn
  if (!turn.service.isRead(op)) {
    return reply(turn, id, {
      kind: 'refused',
      code: 'not-a-read',
      message: 'This operation changes something: send it as a command of a session.',
    })
  }
  state.reads = { ...state.reads, next: state.reads.next.push({ id, op }) }
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
  state.reads = { round: state.reads.round + 1, asked: state.reads.next, next: List<Read>() }
  forEachPeer(state, (peer) => {
    const sentBefore = turn.effects.length
    if ((state.progress[peer] as Progress).nextIndex <= lastIndex(state.log)) replicate(turn, peer)
    // A full pipeline carries messages of before the round, whose acknowledgements prove nothing for it.
    if (turn.effects.length === sentBefore) sendHeartbeat(turn, peer)
  })
  confirmReads(turn)
}

/** Answers the queries of the round under way when a majority, this server included, acknowledged it; then begins the next. */
export function confirmReads(turn: Turn): void {
  const { state } = turn
  const { round, asked } = state.reads
  if (asked.size === 0) return
  let acknowledged = 1
  forEachPeer(state, (peer) => {
    if ((state.progress[peer] as Progress).readCtx >= round) acknowledged++
  })
  if (!isMajority(acknowledged, state.nodes.length)) return
  // lastApplied equals commitIndex after every step, so the state is at least as new as the round's read index.
  const { service, state: now } = hostedState(turn)
  asked.forEach((read) => {
    reply(turn, read.id, { kind: 'ok', result: service.apply(now, read.op).result })
  })
  state.reads = { ...state.reads, asked: List<Read>() }
  beginRound(turn)
}
