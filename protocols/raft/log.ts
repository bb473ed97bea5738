/**
 * The replicated log: entries from index 1, in a persistent vector that states share. Index 0 stands for "nothing before
 * the log" and has term 0. Terms never fall along a log, so the bounds of a term are found by bisection.
 */
import { List } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'

export type Entry =
  /** Starts a leader's term, so that what older terms left can commit (§8). */
  | { readonly term: number; readonly kind: 'noop' }
  /** Opens a client session; the entry's index is the session's number (dissertation §6.3). */
  | { readonly term: number; readonly kind: 'register' }
  | CommandEntry
  | ConfigEntry

/** Counts as soon as it is in a log (§6). With `old` it is a joint one, C_old,new. */
export interface ConfigEntry {
  readonly term: number
  readonly kind: 'config'
  readonly voters: readonly NodeId[]
  readonly old?: readonly NodeId[]
  readonly learners: readonly NodeId[]
}

/** Who takes part, and whose majorities decide (dissertation §4). */
export interface Configuration {
  /** Of the entry that holds it; 0: the run began with it. */
  readonly index: number
  readonly voters: readonly NodeId[]
  /** Of a joint configuration: the voters before. */
  readonly old?: readonly NodeId[]
  /** They are sent everything and have no vote. */
  readonly learners: readonly NodeId[]
}

export interface CommandEntry {
  readonly term: number
  readonly kind: 'command'
  readonly session: number
  readonly seq: number
  readonly firstUnacked: number
  readonly op: Json
}

export interface Log {
  /** Entries up to here were discarded; 0 when none were. */
  readonly baseIndex: number
  /** Of the entry at `baseIndex`. */
  readonly baseTerm: number
  /** From index `baseIndex + 1` on. */
  readonly entries: List<Entry>
}

export const emptyLog: Log = { baseIndex: 0, baseTerm: 0, entries: List<Entry>() }

/** A log of these entries after what was discarded. */
export const logOf = (entries: Iterable<Entry>, baseIndex = 0, baseTerm = 0): Log => ({ baseIndex, baseTerm, entries: List(entries) })

export const lastIndex = ({ baseIndex, entries }: Log): number => baseIndex + entries.size

/** The entry at `index`; undefined where it was discarded, at 0, and beyond the end. */
export const entryAt = ({ baseIndex, entries }: Log, index: number): Entry | undefined =>
  index <= baseIndex ? undefined : entries.get(index - baseIndex - 1)

/** The term of the entry at `index`: 0 at index 0, undefined beyond the end and where nothing is known of it any more. */
export const termAt = (log: Log, index: number): number | undefined => (index === log.baseIndex ? log.baseTerm : entryAt(log, index)?.term)

export const lastTerm = (log: Log): number => termAt(log, lastIndex(log)) as number

/** At most `countMax` entries from `index` on, which must not have been discarded. */
export function entriesFrom({ baseIndex, entries }: Log, index: number, countMax: number): readonly Entry[] {
  const first = index - baseIndex - 1
  const count = Math.max(0, Math.min(countMax, entries.size - first))
  const some = new Array<Entry>(count)
  for (let i = 0; i < count; i++) some[i] = entries.get(first + i) as Entry
  return some
}

export const appended = ({ baseIndex, baseTerm, entries }: Log, entry: Entry): Log => ({
  baseIndex,
  baseTerm,
  entries: entries.push(entry),
})

/** The log with everything from `index` on replaced by `entries`. */
export function replaceFrom(log: Log, index: number, entries: readonly Entry[]): Log {
  const { baseIndex, baseTerm } = log
  const kept = index > lastIndex(log) ? log.entries : log.entries.setSize(index - baseIndex - 1)
  if (entries.length === 1) return { baseIndex, baseTerm, entries: kept.push(entries[0] as Entry) }
  return {
    ...{ baseIndex, baseTerm },
    entries: kept.withMutations((list) => {
      for (const entry of entries) list.push(entry)
    }),
  }
}

/** The log without what is up to `index`, whose term is `term`. Everything is gone when there is no such entry. §7. */
export function discardedTo(log: Log, index: number, term: number): Log {
  if (termAt(log, index) !== term) return { baseIndex: index, baseTerm: term, entries: emptyLog.entries }
  return { baseIndex: index, baseTerm: term, entries: log.entries.slice(index - log.baseIndex) }
}

/** The first index whose term is at least `term`, of those that were not discarded; one past the end when there is none. */
function lowerBound({ baseIndex, entries }: Log, term: number): number {
  let low = 0
  let high = entries.size
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries.get(middle) as Entry).term < term) low = middle + 1
    else high = middle
  }
  return baseIndex + low + 1
}

/** The first index that holds `term`, which the log must have. */
export const firstIndexOfTerm = (log: Log, term: number): number => lowerBound(log, term)

/** The last index that holds `term`; undefined when the log has no entry of it. */
export function lastIndexOfTerm(log: Log, term: number): number | undefined {
  const index = lowerBound(log, term + 1) - 1
  return index >= 1 && termAt(log, index) === term ? index : undefined
}

/** Is a log that ends with (`otherTerm`, `otherIndex`) at least as up to date as this one? §5.4.1. */
export function isUpToDate(log: Log, otherTerm: number, otherIndex: number): boolean {
  const mine = lastTerm(log)
  return otherTerm > mine || (otherTerm === mine && otherIndex >= lastIndex(log))
}
