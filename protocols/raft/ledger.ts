/** What the observer knows of all entries that ever stood in any log: see invariants.ts. */
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { type Entry, type Log, termAt } from './log.ts'
import type { RaftState } from './state.ts'

export interface Seen {
  readonly entry: Entry
  readonly previousTerm: number
  /** Whose log it was first seen in. */
  readonly node: NodeId
}

/**
 * Something for each index of a log, as long as a server may still come with an entry there. A crash may take back a server's last snapshot, and
 * with it what it discarded then: so what is forgotten is what all logs had discarded already when one discarded something before.
 */
export class ByIndex<T> {
  /** At place 0 stands what belongs to index `#from`. */
  readonly #items: (T | undefined)[] = []
  #from = 0
  #discarded = 0

  /** Undefined where there is nothing yet, or nothing any more. */
  get(index: number): T | undefined {
    return this.#items[index - this.#from]
  }

  set(index: number, item: T): void {
    if (index >= this.#from) this.#items[index - this.#from] = item
  }

  hasForgotten(index: number): boolean {
    return index < this.#from
  }

  /** Nothing stands behind `last` any more. */
  cutAfter(last: number): void {
    this.#items.length = Math.min(this.#items.length, Math.max(0, last + 1 - this.#from))
  }

  /** After a step, so that this weighs what the logs weigh, however long the run. `states`: of all servers. */
  forget(before: RaftState | undefined, after: RaftState, states: ReadonlyMap<NodeId, RaftState>): void {
    if (before === undefined || before.log.baseIndex === after.log.baseIndex) return
    const byAll = Math.min(...[...states.values()].map(({ log }) => log.baseIndex))
    const from = Math.min(this.#discarded, byAll)
    this.#discarded = byAll
    if (from <= this.#from) return
    this.#items.splice(0, from - this.#from)
    this.#from = from
  }
}

/** Entries by index and term. Nearly every index has one term only, so the first seen stands by its index. */
export class EntryTable {
  readonly first = new ByIndex<Seen>()
  readonly #others = new Map<string, Seen>()

  /** Enters an entry, or gives what was seen before at this index and term. */
  enter(node: NodeId, index: number, entry: Entry, previousTerm: number): Seen | undefined {
    const first = this.first.get(index)
    if (first === undefined) {
      this.first.set(index, { entry, previousTerm, node })
      return undefined
    }
    if (first.entry.term === entry.term) return first
    const key = `${index}/${entry.term}`
    const other = this.#others.get(key)
    if (other === undefined) this.#others.set(key, { entry, previousTerm, node })
    return other
  }
}

/**
 * A server alone commits an entry in the step that writes it, before the disk has it; nobody hears of it until then. So
 * what a crash took from such a server was promised to nobody, and a start may take it back.
 */
export const oneAlone = (before: RaftState | undefined, after: RaftState): boolean => before === undefined && after.nodes.length === 1

/** Of what a log discarded it had what was committed: that is judged of its snapshot. */
export const lacks = (log: Log, index: number, term: number): boolean => index >= log.baseIndex && termAt(log, index) !== term

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
