/** When an entry is committed (§5.3, §5.4.2), and what committing sets off. */
import type { ClientOutcome } from '../core/input.ts'
import { heldByQuorum, waitsForDisk } from './configuration.ts'
import { entryAt, lastIndex, termAt } from './log.ts'
import { onTermCommitted } from './reads.ts'
import { executeCommand, openSession, openStateMachine, sealStateMachine } from './sessions.ts'
import { type RaftState, reply, type Turn } from './state.ts'

/**
 * Commits the highest index that a majority holds, if its entry is of the leader's own term. Entries of older terms are
 * never committed by counting: another leader could still overwrite them (§5.4.2, Fig. 8). They commit with one of this term.
 */
export function advanceCommit(turn: Turn): void {
  const { state } = turn
  const agreed = agreedIndex(state)
  if (agreed <= state.commitIndex || termAt(state.log, agreed) !== state.currentTerm) return
  const first = termAt(state.log, state.commitIndex) !== state.currentTerm
  state.commitIndex = agreed
  apply(turn)
  if (first) onTermCommitted(turn)
}

/**
 * The highest index that a majority of the servers is known to hold. The leader counts its whole log, since nothing that
 * it says for it leaves before its disk holds it; or what its disk is known to hold, where that is not so (parallel.ts).
 */
export function agreedIndex(state: RaftState): number {
  const own = waitsForDisk(state) ? state.writing.matchIndex : lastIndex(state.log)
  return heldByQuorum(state, (node) => (node === state.id ? own : (state.progress[node]?.matchIndex ?? 0)))
}

/** Applies committed entries in log order; a leader answers the clients that wait for them. Fig. 2 "All servers". */
export function apply(turn: Turn): void {
  const { state } = turn
  if (state.lastApplied === state.commitIndex) return
  const answers = state.waiting.size > 0
  openStateMachine(turn)
  if (answers) state.waiting = state.waiting.asMutable()
  while (state.lastApplied < state.commitIndex) {
    const index = state.lastApplied + 1
    const outcome = applyEntry(turn, index)
    state.lastApplied = index
    const request = answers ? state.waiting.get(index) : undefined
    if (request === undefined) continue
    state.waiting.delete(index)
    reply(turn, request, outcome)
  }
  if (answers) state.waiting = state.waiting.asImmutable()
  sealStateMachine(turn)
}

const done: ClientOutcome = { kind: 'ok', result: null }

function applyEntry(turn: Turn, index: number): ClientOutcome {
  const entry = entryAt(turn.state.log, index)
  if (entry === undefined) return done // committed entries lost with a disk: see overwriteCommitted in replication.ts
  switch (entry.kind) {
    case 'noop':
    case 'config':
      return done
    case 'register':
      return openSession(turn, index)
    case 'command':
      return executeCommand(turn, index, entry)
    default:
      return entry satisfies never
  }
}
