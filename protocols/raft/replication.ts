/**
 * Log replication (§5.3): what a leader and a follower do with entries and with the answers. How many messages are under
 * way is pipeline.ts's business. Every heartbeat asks about the end of what was sent, so a lost message shows as a refusal
 * one heartbeat later, and the leader goes back to probing from there: nothing lost can stall a follower.
 */
import type { NodeId } from '../core/ids.ts'
import { advanceCommit, apply } from './commit.ts'
import { followLog, isAlone } from './configuration.ts'
import { hearRound } from './followerReads.ts'
import { beginLeaseRound, renewLease } from './lease.ts'
import { appended, type Entry, firstIndexOfTerm, lastIndex, lastIndexOfTerm, replaceFrom, termAt } from './log.ts'
import type { AppendEntries, AppendEntriesReply } from './messages.ts'
import { replicate, replicateAppended, sendHeartbeat } from './pipeline.ts'
import { confirmReads } from './reads.ts'
import { heedLeader, note, type Progress, send, setHeartbeatTimer, setProgress, type Turn } from './state.ts'
import { becomeFollower } from './terms.ts'
import { proceedWithTransfer } from './transfer.ts'

/** Takes an entry into the leader's log; the client that asked, if any, hears when it is applied. Fig. 2 "Leaders". */
export function appendAsLeader(turn: Turn, entry: Entry, requestId?: number): void {
  const { state } = turn
  const index = lastIndex(state.log) + 1
  state.log = appended(state.log, entry)
  if (index < turn.writtenFrom) turn.writtenFrom = index
  if (entry.kind === 'config') followLog(turn, index, [entry])
  if (requestId !== undefined) state.waiting = state.waiting.set(index, requestId)
  replicateAppended(turn)
  if (isAlone(state)) advanceCommit(turn)
}

export function onHeartbeatTimer(turn: Turn): void {
  setHeartbeatTimer(turn)
  beginLeaseRound(turn)
  for (const peer of turn.state.peers) sendHeartbeat(turn, peer)
  proceedWithTransfer(turn)
}

/** Fig. 2 "AppendEntries RPC: Receiver implementation". */
export function onAppendEntries(turn: Turn, from: NodeId, m: AppendEntries): void {
  const { state } = turn
  // 1: an old leader learns of the newer term. It may lead that one too by now, and must not take the round of an earlier
  // office for one of this.
  if (m.term < state.currentTerm) return refuse(turn, from, { ...m, readCtx: 0 })
  if (state.role === 'leader') return refuseSecondLeader(turn, from, m)
  if (state.role !== 'follower') becomeFollower(turn, m.term)
  if (state.leaderId !== m.leaderId) note(turn, 'followLeader', { term: m.term, leader: m.leaderId })
  state.leaderId = m.leaderId
  heedLeader(turn)

  const matchIndex = m.prevLogIndex + m.entries.length
  const { baseIndex } = state.log
  if (m.prevLogIndex < baseIndex) {
    // What is in its snapshot is committed, and so the same as the leader's (§7).
    store(turn, baseIndex, m.entries.slice(baseIndex - m.prevLogIndex))
  } else {
    const term = termAt(state.log, m.prevLogIndex)
    if (term !== m.prevLogTerm) return refuseConflict(turn, from, m, term) // 2
    store(turn, m.prevLogIndex, m.entries) // 3, 4
  }
  // 5: never beyond the last entry that this message proved to match; a tail behind it may be another leader's.
  const commitIndex = Math.min(m.leaderCommit, matchIndex)
  if (commitIndex > state.commitIndex) {
    state.commitIndex = commitIndex
    apply(turn)
  }
  hearRound(turn, m)
  send(turn, from, {
    kind: 'AppendEntriesReply',
    term: state.currentTerm,
    success: true,
    prevLogIndex: m.prevLogIndex,
    matchIndex,
    readCtx: m.readCtx,
  })
}

/** Entries that are there already are left alone, so that a late, shorter message erases nothing; from the first one that differs on, the log is the leader's. */
function store(turn: Turn, prevLogIndex: number, entries: readonly Entry[]): void {
  const { state } = turn
  const last = lastIndex(state.log)
  let i = 0
  if (prevLogIndex < last) while (i < entries.length && termAt(state.log, prevLogIndex + 1 + i) === entries[i]?.term) i++
  if (i === entries.length) return
  const from = prevLogIndex + 1 + i
  if (from <= last) {
    note(turn, 'replaceConflict', { term: state.currentTerm, from, deleted: last - from + 1 })
    // Only a lost disk somewhere makes this happen; the run goes on so that the harm can be watched.
    if (from <= state.commitIndex) note(turn, 'overwriteCommitted', { from, commitIndex: state.commitIndex })
  }
  const added = i === 0 ? entries : entries.slice(i)
  state.log = replaceFrom(state.log, from, added)
  followLog(turn, from, added)
  if (from < turn.writtenFrom) turn.writtenFrom = from
}

function refuse(turn: Turn, from: NodeId, m: AppendEntries, conflict?: { conflictTerm?: number; conflictIndex: number }): void {
  send(turn, from, {
    kind: 'AppendEntriesReply',
    term: turn.state.currentTerm,
    success: false,
    prevLogIndex: m.prevLogIndex,
    matchIndex: 0,
    ...conflict,
    readCtx: m.readCtx,
  })
}

/** Says where to go on, so that the leader backs up by a whole term at a time (§5.3, last paragraphs). */
function refuseConflict(turn: Turn, from: NodeId, m: AppendEntries, term: number | undefined): void {
  const { log } = turn.state
  if (term === undefined) return refuse(turn, from, m, { conflictIndex: lastIndex(log) + 1 })
  refuse(turn, from, m, { conflictTerm: term, conflictIndex: firstIndexOfTerm(log, term) })
}

/** Two leaders in one term: a voter must have lost its disk. A leader never overwrites its own log (Leader Append-Only), so it does not give way. */
function refuseSecondLeader(turn: Turn, from: NodeId, m: AppendEntries): void {
  note(turn, 'secondLeader', { term: m.term, leader: m.leaderId })
  refuse(turn, from, m)
}

export function onAppendEntriesReply(turn: Turn, from: NodeId, m: AppendEntriesReply): void {
  const { state } = turn
  if (state.role !== 'leader' || m.term !== state.currentTerm) return
  // Even a refusal shows that the follower was still in this term when the message reached it.
  const before = state.progress[from]
  if (before === undefined) return
  const known = { ...before, readCtx: Math.max(before.readCtx, m.readCtx), isHeard: true }
  if (m.success) onAgreement(turn, from, known, m)
  else onConflict(turn, from, known, m)
  if (known.readCtx === before.readCtx) return
  renewLease(turn)
  confirmReads(turn)
}

/** matchIndex comes from the reply, never from what was sent last, and never falls. Fig. 2 "Leaders". */
function onAgreement(turn: Turn, peer: NodeId, known: Progress, m: AppendEntriesReply): void {
  const matchIndex = Math.max(known.matchIndex, m.matchIndex)
  setProgress(turn.state, peer, {
    nextIndex: Math.max(known.nextIndex, m.matchIndex + 1),
    matchIndex,
    mode: known.mode === 'snapshot' ? 'snapshot' : 'pipeline',
    offset: known.offset,
    inflight: known.mode !== 'pipeline' ? [] : unacknowledged(known.inflight, m.matchIndex),
    readCtx: known.readCtx,
    isHeard: true,
  })
  if (matchIndex > known.matchIndex) advanceCommit(turn)
  replicate(turn, peer)
  if (turn.state.transfer === peer && matchIndex > known.matchIndex) proceedWithTransfer(turn)
}

/** What is under way above `matchIndex`; the same array when nothing was acknowledged. */
function unacknowledged(inflight: readonly number[], matchIndex: number): readonly number[] {
  let acknowledged = 0
  while (acknowledged < inflight.length && (inflight[acknowledged] as number) <= matchIndex) acknowledged++
  return acknowledged === 0 ? inflight : inflight.slice(acknowledged)
}

/**
 * Backs up to where the logs may agree and probes there (§5.3). A refusal counts only if it answers what the leader now
 * believes: while probing, the place it probes; while pipelining, anything above what is known to match.
 */
function onConflict(turn: Turn, peer: NodeId, known: Progress, m: AppendEntriesReply): void {
  const { state } = turn
  const answersProbe = m.prevLogIndex === known.nextIndex - 1
  const answersPipeline = known.mode === 'pipeline' && m.prevLogIndex > known.matchIndex
  if (known.mode === 'snapshot' || m.conflictIndex === undefined || !(answersProbe || answersPipeline))
    return setProgress(state, peer, known)
  const lastOfTerm = m.conflictTerm === undefined ? undefined : lastIndexOfTerm(state.log, m.conflictTerm)
  const hint = lastOfTerm === undefined ? m.conflictIndex : lastOfTerm + 1
  // Refusing what it had acknowledged means that the follower lost its disk (or that an old refusal was repeated, which
  // costs one message): then and only then the leader goes back further. matchIndex stays; a promise once given is counted.
  const lostLog = m.prevLogIndex <= known.matchIndex
  const nextIndex = Math.max(1, Math.min(lostLog ? hint : Math.max(hint, known.matchIndex + 1), m.prevLogIndex))
  note(turn, 'backUp', { peer, refused: m.prevLogIndex, nextIndex, ...(lostLog ? { lostLog } : {}) })
  setProgress(state, peer, { ...known, nextIndex, mode: 'probe', inflight: [] })
  replicate(turn, peer)
}
