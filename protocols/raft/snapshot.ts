/**
 * Log compaction (§7; dissertation §5): every server writes snapshots of its state machine by itself and discards the beginning of its
 * log. A follower that lacks what the leader discarded is sent the leader's snapshot.
 */
import type { Map as PersistentMap } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { advanceCommit } from './commit.ts'
import { configurationsIn, setConfigurations } from './configuration.ts'
import { type Configuration, discardedTo, lastIndex, termAt } from './log.ts'
import type { InstallSnapshot, InstallSnapshotReply } from './messages.ts'
import { replicate } from './pipeline.ts'
import { sendChunk } from './sendSnapshot.ts'
import { hostedState, sessionsOf } from './sessions.ts'
import { heedLeader, note, type Progress, type Session, type Snapshot, send, setProgress, type Turn } from './state.ts'
import { becomeFollower } from './terms.ts'

/**
 * Before a step does anything else, so that what it discards was applied in an earlier one: what an observer sees of a step is never gone
 * already.
 */
export function snapshotIfDue(turn: Turn): void {
  const { state } = turn
  const { lastApplied, log, options } = state
  if (lastApplied - (state.snapshot?.lastIncludedIndex ?? 0) < options.snapshotEvery) return
  const lastIncludedTerm = termAt(log, lastApplied)
  if (lastIncludedTerm === undefined) return // lost with a disk: see overwriteCommitted in replication.ts
  const { service, state: hosted } = hostedState(turn)
  const sessions: { readonly [index: string]: Session } = Object.fromEntries(state.sessions.entries())
  const lastConfig = state.configurations.findLast(({ index }) => index <= lastApplied) as Configuration
  state.snapshot = { lastIncludedIndex: lastApplied, lastIncludedTerm, lastConfig, state: { sessions, service: service.encode(hosted) } }
  const baseIndex = Math.max(log.baseIndex, lastApplied - options.keepEntries)
  state.log = discardedTo(log, baseIndex, termAt(log, baseIndex) as number)
  state.configurations = state.configurations.filter(({ index }) => index >= lastConfig.index)
  turn.hasSnapshot = true
  note(turn, 'takeSnapshot', { lastIncludedIndex: lastApplied, discarded: baseIndex - log.baseIndex })
}

/** Fig. 13 "InstallSnapshot RPC: Receiver implementation". */
export function onInstallSnapshot(turn: Turn, from: NodeId, m: InstallSnapshot): void {
  const { state } = turn
  const answer = (offset: number, done: boolean) =>
    send(turn, from, { kind: 'InstallSnapshotReply', term: state.currentTerm, lastIncludedIndex: m.lastIncludedIndex, offset, done })
  if (m.term < state.currentTerm) return answer(0, false) // 1
  if (state.role === 'leader') return note(turn, 'secondLeader', { term: m.term, leader: m.leaderId })
  if (state.role !== 'follower') becomeFollower(turn, m.term)
  if (state.leaderId !== m.leaderId) note(turn, 'followLeader', { term: m.term, leader: m.leaderId })
  state.leaderId = m.leaderId
  heedLeader(turn)

  // A late snapshot moves nothing back: what it holds is here.
  if (m.lastIncludedIndex <= state.commitIndex) return answer(0, true)
  const held = heldOf(turn, m)
  if (m.offset !== held.length) return answer(held.length, false)
  const data = held + m.data
  if (!m.done) {
    state.installing = { from: m.leaderId, term: m.term, lastIncludedIndex: m.lastIncludedIndex, data } // 2-4
    return answer(data.length, false)
  }
  install(turn, {
    lastIncludedIndex: m.lastIncludedIndex,
    lastIncludedTerm: m.lastIncludedTerm,
    lastConfig: m.lastConfig,
    state: JSON.parse(data),
  })
  answer(data.length, true)
}

/** What is there of this very snapshot. Another leader may write the same state out otherwise: its chunks do not fit. */
function heldOf({ state: { installing } }: Turn, m: InstallSnapshot): string {
  const isSame = installing?.from === m.leaderId && installing.term === m.term && installing.lastIncludedIndex === m.lastIncludedIndex
  return isSame ? installing.data : ''
}

/** Fig. 13, 5-8: the snapshot stands for the log up to it; entries behind it stay when the log has its last one. */
function install(turn: Turn, snapshot: Snapshot): void {
  const { state } = turn
  const { lastIncludedIndex, lastIncludedTerm } = snapshot
  const log = discardedTo(state.log, lastIncludedIndex, lastIncludedTerm)
  note(turn, 'installSnapshot', { lastIncludedIndex, kept: lastIndex(log) - lastIncludedIndex })
  state.log = log
  state.installing = undefined
  Object.assign(state, stateOf(snapshot))
  setConfigurations(turn, configurationsIn(snapshot.lastConfig, log))
  turn.hasSnapshot = true
}

/** A server's state machine as a snapshot has it, applied up to it. */
export function stateOf(snapshot: Snapshot): {
  readonly snapshot: Snapshot
  readonly commitIndex: number
  readonly lastApplied: number
  readonly sessions: PersistentMap<number, Session>
  readonly hosted: { readonly json: Json }
} {
  const { lastIncludedIndex, state } = snapshot
  return {
    snapshot,
    commitIndex: lastIncludedIndex,
    lastApplied: lastIncludedIndex,
    sessions: sessionsOf(state.sessions),
    hosted: { json: state.service },
  }
}

/** The next chunk, the one that the follower is at, or the log again. */
export function onInstallSnapshotReply(turn: Turn, from: NodeId, m: InstallSnapshotReply): void {
  const { state } = turn
  const before = state.progress[from]
  if (state.role !== 'leader' || m.term !== state.currentTerm || before === undefined) return
  const known: Progress = { ...before, isHeard: true }
  if (m.done) return onInstalled(turn, from, known, m.lastIncludedIndex)
  const isUnderWay = known.mode === 'snapshot' && m.lastIncludedIndex === state.sending?.lastIncludedIndex
  setProgress(state, from, isUnderWay ? { ...known, offset: m.offset } : known)
  // What it is at already was sent: a heartbeat repeats it.
  if (isUnderWay && m.offset !== before.offset) sendChunk(turn, from)
}

function onInstalled(turn: Turn, peer: NodeId, known: Progress, lastIncludedIndex: number): void {
  const { state } = turn
  const matchIndex = Math.max(known.matchIndex, lastIncludedIndex)
  const isDone = known.mode === 'snapshot'
  setProgress(state, peer, {
    ...known,
    matchIndex,
    nextIndex: isDone ? matchIndex + 1 : Math.max(known.nextIndex, matchIndex + 1),
    ...(isDone ? { mode: 'pipeline', offset: 0, inflight: [] } : {}),
  })
  if (!Object.values(state.progress).some(({ mode }) => mode === 'snapshot')) state.sending = undefined
  if (matchIndex > known.matchIndex) advanceCommit(turn)
  replicate(turn, peer)
}
