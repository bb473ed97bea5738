/** What the observer knows of all entries that ever stood in any log: see invariants.ts. */
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { Entry } from './log.ts'

export interface Seen {
  readonly entry: Entry
  readonly previousTerm: number
  /** Whose log it was first seen in. */
  readonly node: NodeId
}

/** Entries by index and term. Nearly every index has one term only, so the first seen stands in an array. */
export class EntryTable {
  readonly #first: Seen[] = []
  readonly #others = new Map<string, Seen>()

  /** Enters an entry, or gives what was seen before at this index and term. */
  enter(node: NodeId, index: number, entry: Entry, previousTerm: number): Seen | undefined {
    const first = this.#first[index]
    if (first === undefined) {
      this.#first[index] = { entry, previousTerm, node }
      return undefined
    }
    if (first.entry.term === entry.term) return first
    const key = `${index}/${entry.term}`
    const other = this.#others.get(key)
    if (other === undefined) this.#others.set(key, { entry, previousTerm, node })
    return other
  }
}

export function sameEntry(a: Entry, b: Entry): boolean {
  if (a === b) return true
  if (a.term !== b.term || a.kind !== b.kind) return false
  if (a.kind === 'config') return sameJson(a as never, b as never)
  if (a.kind !== 'command' || b.kind !== 'command') return true
  return a.session === b.session && a.seq === b.seq && a.firstUnacked === b.firstUnacked && sameJson(a.op, b.op)
}

/** Equal as JSON values; the order of an object's keys does not count. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  const left = Object.entries(a)
  if (Array.isArray(a) !== Array.isArray(b) || left.length !== Object.keys(b).length) return false
  return left.every(([key, value]) => Object.hasOwn(b, key) && sameJson(value, (b as { readonly [key: string]: Json })[key] as Json))
}
