/**
 * What a server reads back from its disk. One record per step that changed anything persistent:
 *
 *     { term, vote }                        the term and the vote in it, null for none
 *     { from, entries }                     the log from index `from` on is now exactly `entries`
 *     { snapshot, baseIndex, baseTerm }     the state machine as of an entry, and where the log begins; with all the
 *                                           rest in the same record, which stands for all records before it
 *
 * or several in one. A crash keeps a prefix of the records, which is a state that the server was in.
 */
import type { NodeId } from '../core/ids.ts'
import { invariant } from '../core/invariant.ts'
import type { Json } from '../core/json.ts'
import { configurationsIn } from './configuration.ts'
import { type Configuration, type Entry, emptyLog, entriesFrom, type Log, lastIndex, logOf, replaceFrom } from './log.ts'
import { stateOf } from './snapshot.ts'
import type { RaftState, Snapshot, Turn } from './state.ts'

interface PersistedRecord {
  readonly term?: number
  readonly vote?: NodeId | null
  readonly from?: number
  readonly entries?: readonly Entry[]
  readonly snapshot?: Snapshot
  readonly baseIndex?: number
  readonly baseTerm?: number
}

/** What of a step must be durable before anything that it says; undefined when nothing must. */
export function recordOf(before: RaftState, { state, writtenFrom, hasSnapshot }: Turn): Json | undefined {
  const voted = hasSnapshot || state.currentTerm !== before.currentTerm || state.votedFor !== before.votedFor
  const from = hasSnapshot ? state.log.baseIndex + 1 : writtenFrom
  const wrote = hasSnapshot || from <= lastIndex(state.log)
  if (!(voted || wrote)) return undefined
  const record: { -readonly [field in keyof PersistedRecord]: PersistedRecord[field] } = {}
  if (voted) {
    record.term = state.currentTerm
    record.vote = state.votedFor ?? null
  }
  if (hasSnapshot) {
    record.snapshot = state.snapshot as Snapshot
    record.baseIndex = state.log.baseIndex
    record.baseTerm = state.log.baseTerm
  }
  if (wrote) {
    record.from = from
    record.entries = entriesFrom(state.log, from, Number.POSITIVE_INFINITY)
  }
  return record as Json
}

type Recovered = Pick<RaftState, 'currentTerm' | 'votedFor' | 'log' | 'configurations'> & Partial<ReturnType<typeof stateOf>>

/** Term, vote, log, configurations and snapshot as the last of `records` left them; the run began with configuration `first`. */
export function recover(records: readonly Json[], first: Configuration): Recovered {
  let currentTerm = 0
  let votedFor: NodeId | undefined
  let kept: Snapshot | undefined
  let log: Log = emptyLog
  for (const { term, vote, from, entries, snapshot, baseIndex, baseTerm } of records as readonly PersistedRecord[]) {
    if (term !== undefined) {
      currentTerm = term
      votedFor = vote ?? undefined
    }
    if (snapshot !== undefined) {
      kept = snapshot
      log = logOf([], baseIndex, baseTerm)
    }
    if (from === undefined || entries === undefined) continue
    invariant(from <= lastIndex(log) + 1, `the disk has entries from ${from} on, but the log before them ends at ${lastIndex(log)}`)
    log = replaceFrom(log, from, entries)
  }
  const configurations = configurationsIn(kept?.lastConfig ?? first, log)
  return { currentTerm, votedFor, log, configurations, ...(kept === undefined ? {} : stateOf(kept)) }
}
