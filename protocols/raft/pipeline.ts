/**
 * How entries travel to a follower (dissertation §10.2.2): what gathers while a message is under way leaves as one message
 * with the answer to it, and further ones follow meanwhile only when they are full, a bounded number of them; with the
 * option `batch`, also when all that arrived together is in the log. Few large messages cost everybody less than many small
 * ones. While the leader does not know where the logs agree it probes, one message at a time.
 */
import type { NodeId } from '../core/ids.ts'
import { type Entry, entriesFrom, lastIndex, termAt } from './log.ts'
import type { AppendEntries } from './messages.ts'
import { sendChunk, sendSnapshot } from './sendSnapshot.ts'
import { type Progress, type RaftState, send, sendEarly, setProgress, setTimer, type Turn } from './state.ts'

/** An entry was appended. In a batch it waits until all that arrived with it is there, too. */
export function replicateAppended(turn: Turn): void {
  const { state } = turn
  if (!state.options.batch) return replicateToAll(turn)
  const last = lastIndex(state.log)
  const begins = ({ mode, nextIndex, inflight }: Progress) => (mode === 'pipeline' ? nextIndex === last : inflight.length === 0)
  if (state.peers.some((peer) => begins(state.progress[peer] as Progress))) setTimer(turn, 'batch', 0, 0)
}

export function replicateToAll(turn: Turn): void {
  for (const peer of turn.state.peers) replicate(turn, peer)
}

/** Sends `peer` what it lacks, as far as its pipeline has room. */
export function replicate(turn: Turn, peer: NodeId): void {
  const { state } = turn
  const last = lastIndex(state.log)
  let progress = state.progress[peer] as Progress
  if (progress.mode === 'snapshot') return
  if (progress.nextIndex <= state.log.baseIndex) return sendSnapshot(turn, peer)
  while (progress.nextIndex <= last && mayGo(progress, last - progress.nextIndex + 1, state)) {
    const entries = entriesFrom(state.log, progress.nextIndex, state.options.maxEntries)
    sendAppendEntries(turn, peer, progress.nextIndex, entries)
    const sentTo = progress.nextIndex + entries.length - 1
    const inflight = [...progress.inflight, sentTo]
    // A probe may be refused: only a follower known to agree is taken to have what was sent.
    progress = progress.mode === 'probe' ? { ...progress, inflight } : { ...progress, inflight, nextIndex: sentTo + 1 }
  }
  setProgress(state, peer, progress)
}

/** May a message with some of the `gathered` entries leave now? */
function mayGo({ inflight, mode }: Progress, gathered: number, { options }: RaftState): boolean {
  if (inflight.length === 0) return true
  return mode === 'pipeline' && (options.batch || gathered >= options.maxEntries) && inflight.length < options.maxInflight
}

export function sendHeartbeat(turn: Turn, peer: NodeId): void {
  const { mode, nextIndex } = turn.state.progress[peer] as Progress
  if (mode === 'snapshot') return sendChunk(turn, peer) // again, since it may be lost
  if (nextIndex <= turn.state.log.baseIndex) return sendSnapshot(turn, peer)
  sendAppendEntries(turn, peer, nextIndex, [])
}

function sendAppendEntries(turn: Turn, peer: NodeId, nextIndex: number, entries: readonly Entry[]): void {
  const { state } = turn
  const message: AppendEntries = {
    kind: 'AppendEntries',
    term: state.currentTerm,
    leaderId: state.id,
    prevLogIndex: nextIndex - 1,
    prevLogTerm: termAt(state.log, nextIndex - 1) ?? 0,
    entries: entries as Entry[],
    leaderCommit: state.commitIndex,
    readCtx: state.reads.round,
  }
  if (state.options.writeInParallel) sendEarly(turn, peer, message)
  else send(turn, peer, message)
}
