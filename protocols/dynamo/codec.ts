/** A state as JSON and back. Tables are lists in the order of their keys. */
import { Map as PersistentMap } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { partitionOf } from './ring.ts'
import type { DynamoState } from './state.ts'
import { entriesOf } from './storage.ts'
import type { Siblings } from './versions.ts'

type Encoded = Omit<DynamoState, 'store' | 'hints'> & {
  readonly store: readonly (readonly [key: string, siblings: Siblings])[]
  readonly hints: readonly (readonly [target: NodeId, key: string, siblings: Siblings])[]
}

export function encode(state: DynamoState): Json {
  const { store, hints, ...rest } = state
  return { ...rest, store: entriesOf(store).map(([, key, siblings]) => [key, siblings]), hints: entriesOf(hints) } as unknown as Json
}

export function decode(json: Json): DynamoState {
  const { store, hints, ...rest } = json as unknown as Encoded
  const { partitions } = rest.options
  return { ...rest, store: grouped(store.map(([key, siblings]) => [partitionOf(key, partitions), key, siblings])), hints: grouped(hints) }
}

function grouped<K>(entries: readonly (readonly [K, string, Siblings])[]): PersistentMap<K, PersistentMap<string, Siblings>> {
  let table = PersistentMap<K, PersistentMap<string, Siblings>>()
  for (const [name, key, siblings] of entries)
    table = table.set(name, (table.get(name) ?? PersistentMap<string, Siblings>()).set(key, siblings))
  return table
}
