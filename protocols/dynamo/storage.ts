/**
 * What a node writes to its disk and reads back: each record holds what a step changed. Now and then one stands for all before it, so that a
 * disk does not grow with every write of the same keys. A crash keeps a prefix, which is a state that the node was in.
 */
import { Map as PersistentMap } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { partitionOf } from './ring.ts'
import type { DynamoState, Hints, Store, Turn, Written } from './state.ts'
import type { Siblings } from './versions.ts'

/** After so many records for each key that there is, and no fewer than that many in all. */
const RECORDS_PER_KEY = 2
const RECORDS_MIN = 1000

/** Puts what was written ahead of everything that the step says. */
export function writeFirst(turn: Turn): void {
  const { state, written, effects } = turn
  if (Object.keys(written).length === 0) return
  state.mark += 1
  state.records += 1
  if (state.records > RECORDS_MIN && state.records > RECORDS_PER_KEY * keysOf(state)) {
    state.records = 0
    effects.unshift({ kind: 'persist', record: whole(state) as unknown as Json, replaces: true, mark: state.mark })
  } else effects.unshift({ kind: 'persist', record: written as unknown as Json, mark: state.mark })
}

const keysOf = ({ store, hints }: DynamoState): number =>
  [...store.values(), ...hints.values()].reduce((count, { size }) => count + size, 0)

function whole({ store, hints, actor, used, members, quorum }: DynamoState): Written {
  return {
    store: entriesOf(store).map(([, key, siblings]) => [key, siblings]),
    hints: entriesOf(hints) as [NodeId, string, Siblings][],
    ...{ actor, used, members, quorum },
  }
}

/** In one order, whatever the order in which they came. */
export function entriesOf<K extends string | number>(table: PersistentMap<K, PersistentMap<string, Siblings>>): [K, string, Siblings][] {
  const outer = [...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  return outer.flatMap(([name, inner]) =>
    [...inner.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, siblings]): [K, string, Siblings] => [name, key, siblings]),
  )
}

/** The state as the records left it. */
export function recover(state: DynamoState, records: readonly Json[]): DynamoState {
  let { store, hints } = state
  const rest: Pick<Written, 'actor' | 'used' | 'members' | 'quorum'> = {}
  for (const record of records as readonly unknown[]) {
    const { store: keys = [], hints: kept = [], ...fields } = record as Written
    for (const [key, siblings] of keys) store = changed(store, partitionOf(key, state.options.partitions), key, siblings)
    for (const [target, key, siblings] of kept) hints = changed(hints, target, key, siblings)
    Object.assign(rest, fields)
  }
  return { ...state, ...rest, store, hints, records: records.length }
}

function changed<T extends Store | Hints>(table: T, name: T extends Store ? number : NodeId, key: string, siblings: Siblings | null): T {
  const outer = table as PersistentMap<number | NodeId, PersistentMap<string, Siblings>>
  const inner = outer.get(name) ?? PersistentMap<string, Siblings>()
  const next = siblings === null ? inner.delete(key) : inner.set(key, siblings)
  return (next.size === 0 ? outer.delete(name) : outer.set(name, next)) as T
}
