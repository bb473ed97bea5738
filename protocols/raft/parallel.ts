/**
 * Writing to the leader's disk in parallel (dissertation §10.2.1): the leader sends entries to its followers before its own
 * disk holds them, and counts itself among those that hold them only when it does. Saves one disk write on the way to a
 * commit; an entry may even commit before the leader holds it, by the others alone.
 */
import { advanceCommit } from './commit.ts'
import { isAlone, waitsForDisk } from './configuration.ts'
import { lastIndex } from './log.ts'
import type { Turn } from './state.ts'

/** At the start of an office. The votes were asked for when everything that was written before was durable. */
export function beginWriting({ state }: Turn): void {
  state.writing = { mark: state.writing.mark, pending: [], matchIndex: lastIndex(state.log) }
}

/** The mark for what this step writes to the log, if the leader needs to hear of it. */
export function markWriting({ state }: Turn): number | undefined {
  if (state.role !== 'leader' || !waitsForDisk(state)) return undefined
  const { mark: last, pending, matchIndex } = state.writing
  const mark = last + 1
  state.writing = { mark, pending: [...pending, { mark, index: lastIndex(state.log) }], matchIndex }
  return mark
}

/** The mark for a candidate's vote for itself, if that is all it takes. */
export function markVote({ state }: Turn): number | undefined {
  if (state.role !== 'candidate' || !isAlone(state) || state.nodes.length === 1) return undefined
  state.writing = { ...state.writing, mark: state.writing.mark + 1 }
  return state.writing.mark
}

/** A mark from before this office finds nothing that waits for it. */
export function onDurable(turn: Turn, mark: number): void {
  const { writing } = turn.state
  const held = writing.pending.findLast((entry) => entry.mark <= mark)
  if (held === undefined) return
  const pending = writing.pending.filter((entry) => entry.mark > mark)
  turn.state.writing = { mark: writing.mark, pending, matchIndex: held.index }
  advanceCommit(turn)
}

/** When an office ends. */
export function endWriting({ state }: Turn): void {
  state.writing = { mark: state.writing.mark, pending: [], matchIndex: 0 }
}
