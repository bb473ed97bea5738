/** How a snapshot travels to a follower that lacks what was discarded: in chunks, one at a time, the next when the last is acknowledged (§7, Fig. 13). */
import type { NodeId } from '../core/ids.ts'
import { note, type Progress, type Snapshot, send, setProgress, type Turn } from './state.ts'

/**
 * Begins, with the snapshot that others are being sent already, unless the log begins behind it by now: then whoever installs it would
 * need another one, and all begin anew with the last.
 */
export function sendSnapshot(turn: Turn, peer: NodeId): void {
  const { state } = turn
  const known = state.progress[peer] as Progress
  if (state.sending === undefined || state.sending.lastIncludedIndex < state.log.baseIndex) {
    state.sending = state.snapshot as Snapshot
    for (const [other, progress] of Object.entries(state.progress) as [NodeId, Progress][])
      if (progress.mode === 'snapshot') setProgress(state, other, { ...progress, offset: 0 })
  }
  setProgress(state, peer, { ...known, mode: 'snapshot', offset: 0, inflight: [] })
  note(turn, 'sendSnapshot', { peer, lastIncludedIndex: state.sending.lastIncludedIndex, nextIndex: known.nextIndex })
  sendChunk(turn, peer)
}

/** The chunk at which the follower is. */
export function sendChunk(turn: Turn, peer: NodeId): void {
  const { state } = turn
  const snapshot = state.sending as Snapshot
  const { offset } = state.progress[peer] as Progress
  const text = textOf(snapshot)
  const data = text.slice(offset, offset + state.options.snapshotChunk)
  send(turn, peer, {
    kind: 'InstallSnapshot',
    term: state.currentTerm,
    leaderId: state.id,
    lastIncludedIndex: snapshot.lastIncludedIndex,
    lastIncludedTerm: snapshot.lastIncludedTerm,
    lastConfig: snapshot.lastConfig,
    offset,
    data,
    done: offset + data.length === text.length,
  })
}

/** Written out once for each snapshot, however many chunks and followers there are. */
const texts = new WeakMap<Snapshot, string>()
function textOf(snapshot: Snapshot): string {
  const text = texts.get(snapshot) ?? JSON.stringify(snapshot.state)
  texts.set(snapshot, text)
  return text
}
