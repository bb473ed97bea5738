/**
 * What a server reads back from its disk. One record per step that changed anything persistent:
 *
 *     { term, vote }     the term and the vote in it, null for none
 *     { from, entries }  the log from index `from` on is now exactly `entries`
 *
 * or both in one. A crash keeps a prefix of the records, which is a state that the server was in.
 */
import type { NodeId } from '../core/ids.ts'
import { invariant } from '../core/invariant.ts'
import type { Json } from '../core/json.ts'
import { type Entry, emptyLog, lastIndex } from './log.ts'
import type { RaftState } from './state.ts'

interface PersistedRecord {
  readonly term?: number
  readonly vote?: NodeId | null
  readonly from?: number
  readonly entries?: readonly Entry[]
}

/** Term, vote and log as the last of `records` left them. */
export function recover(records: readonly Json[]): Pick<RaftState, 'currentTerm' | 'votedFor' | 'log'> {
  let currentTerm = 0
  let votedFor: NodeId | undefined
  const log = emptyLog.withMutations((list) => {
    for (const { term, vote, from, entries } of records as readonly PersistedRecord[]) {
      if (term !== undefined) {
        currentTerm = term
        votedFor = vote ?? undefined
      }
      if (from === undefined || entries === undefined) continue
      invariant(from <= lastIndex(list) + 1, `the disk has entries from ${from} on, but the log before them ends at ${lastIndex(list)}`)
      if (from <= lastIndex(list)) list.setSize(from - 1)
      for (const entry of entries) list.push(entry)
    }
  })
  return { currentTerm, votedFor, log }
}
