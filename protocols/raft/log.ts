/**
 * The replicated log: entries from index 1, in a persistent vector that states share. Index 0 stands for "nothing before
 * the log" and has term 0. Terms never fall along a log, so the bounds of a term are found by bisection.
 */
import { List } from 'immutable'
import type { Json } from '../core/json.ts'

export type Entry =
  /** Starts a leader's term, so that what older terms left can commit (§8). */
  | { readonly term: number; readonly kind: 'noop' }
  /** Opens a client session; the entry's index is the session's number (dissertation §6.3). */
  | { readonly term: number; readonly kind: 'register' }
  | CommandEntry

export interface CommandEntry {
  readonly term: number
  readonly kind: 'command'
  readonly session: number
  readonly seq: number
  readonly firstUnacked: number
  readonly op: Json
}

export type Log = List<Entry>

export const emptyLog: Log = List<Entry>()

export const lastIndex = (log: Log): number => log.size

/** The entry at `index` (from 1); undefined at 0 and beyond the end. */
export const entryAt = (log: Log, index: number): Entry | undefined => (index < 1 ? undefined : log.get(index - 1))

/** The term of the entry at `index`: 0 at index 0, undefined beyond the end. */
export const termAt = (log: Log, index: number): number | undefined => (index === 0 ? 0 : entryAt(log, index)?.term)

export const lastTerm = (log: Log): number => termAt(log, log.size) ?? 0

/** At most `countMax` entries from `index` on. */
export function entriesFrom(log: Log, index: number, countMax: number): readonly Entry[] {
  const count = Math.max(0, Math.min(countMax, log.size - index + 1))
  const entries = new Array<Entry>(count)
  for (let i = 0; i < count; i++) entries[i] = log.get(index - 1 + i) as Entry
  return entries
}

/** The log with everything from `index` on replaced by `entries`. */
export function replaceFrom(log: Log, index: number, entries: readonly Entry[]): Log {
  const kept = index > log.size ? log : log.setSize(index - 1)
  if (entries.length === 1) return kept.push(entries[0] as Entry)
  return kept.withMutations((list) => {
    for (const entry of entries) list.push(entry)
  })
}

/** The first index whose term is at least `term`; one past the end when there is none. */
function lowerBound(log: Log, term: number): number {
  let low = 1
  let high = log.size + 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((log.get(middle - 1) as Entry).term < term) low = middle + 1
    else high = middle
  }
  return low
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
