/** What the observer knows of numbers over all replicas: see invariants.ts. It forgets what lies far behind, where nothing changes any more. */
import type { NodeId } from '../core/ids.ts'

/** Numbers that are remembered at least. */
const KEPT = 4096

export interface Entered<V> {
  readonly value: V
  /** Who said so first, of those who still do. */
  readonly node: NodeId
}

interface Row<V> extends Entered<V> {
  readonly nodes: readonly NodeId[]
}

/** The first value at each place of each number. */
export class NumberTable<V> {
  readonly #rows = new Map<number, Map<string, Row<V>>>()

  /** Enters a value, or gives what was entered before at this place. */
  enter(n: number, place: string, value: V, node: NodeId): Entered<V> | undefined {
    let row = this.#rows.get(n)
    if (!row) {
      row = new Map()
      this.#rows.set(n, row)
      if (this.#rows.size > 2 * KEPT) this.#forget()
    }
    const known = row.get(place)
    if (!known) row.set(place, { value, node, nodes: [node] })
    else if (!known.nodes.includes(node)) row.set(place, { ...known, nodes: [...known.nodes, node] })
    return known
  }

  /** A crash took back what this node said of these numbers; what others said of them stands. */
  takeBack(node: NodeId, numbers: Iterable<number>): void {
    for (const n of numbers) {
      const row = this.#rows.get(n)
      for (const [place, { value, nodes }] of row ?? []) {
        const left = nodes.filter((other) => other !== node)
        if (left[0] === undefined) row?.delete(place)
        else row?.set(place, { value, node: left[0], nodes: left })
      }
    }
  }

  row(n: number): ReadonlyMap<string, Entered<V>> {
    return this.#rows.get(n) ?? new Map()
  }

  /** Ascending. */
  numbersAbove(n: number): number[] {
    return [...this.#rows.keys()].filter((each) => each > n).sort((a, b) => a - b)
  }

  #forget(): void {
    const old = [...this.#rows.keys()].sort((a, b) => a - b).slice(0, KEPT)
    for (const n of old) this.#rows.delete(n)
  }
}
