/**
 * A state as the screen is given it: whole, but that of a long list only the end is there, where things happen. What is
 * left out is said with its size, and can be asked for.
 */
import { entriesOf, valueAt } from '../../protocols/core/differences.ts'
import { wholePart } from '../../protocols/core/glimpse.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol, Glimpse } from '../../protocols/core/machine.ts'
import type { CutList } from '../contract/state.ts'
import { changedPaths } from './difference.ts'

/** Lists longer than this are cut to this many items at their end. */
export const LONG = 200
export const SHOWN = 64
/** Tables by name have no end where things happen: of long ones nothing is shown until somebody unfolds them. */
const LONG_TABLE = 100

export interface Outline {
  readonly tree: Json
  /** Lists that are not whole. */
  readonly cut: readonly CutList[]
}

export function outlineOf(protocol: AnyProtocol, state: unknown): Outline {
  const cut: CutList[] = []
  const part: Glimpse['part'] = (path, size, sort) => {
    const from = beginOf(size, sort)
    if (from > 0) cut.push({ path, size, from })
    return [from, size]
  }
  if (protocol.glimpse) return { tree: protocol.glimpse(state, { part }) as Json, cut }
  return { tree: cutTree(protocol.encode(state), '', part), cut }
}

/** Paths that differ between a state and the one before it; of long lists, where they are `cut`, in their ends alone. */
export function changedIn(protocol: AnyProtocol, before: unknown, after: unknown, cut: readonly CutList[]): string[] {
  if (before === after) return []
  const begins = new Map(cut.map(({ path, from }) => [path, from]))
  const part: Glimpse['part'] = (path, size, sort) => {
    // A table that changed is looked at whole: what changed may stand anywhere in it.
    if (sort === 'table') return [0, size]
    return [Math.min(size, begins.get(path) ?? 0), size]
  }
  if (!protocol.glimpse) return changedPaths(cutTree(protocol.encode(before), '', part), cutTree(protocol.encode(after), '', part))
  const old = protocol.glimpse(before, { part, unlike: after }) as { [field: string]: Json }
  const now = protocol.glimpse(after, { part, unlike: before }) as { [field: string]: Json }
  for (const { path } of cut) if (Object.hasOwn(old, path)) old[path] = fromFirstOf(old[path] as Json, now[path])
  return changedPaths(old, now)
}

/** What came before the first item that is shown now is not looked at: positions move when a list loses its beginning, its keys do not. */
function fromFirstOf(before: Json, now: Json | undefined): Json {
  const first = Object.keys(now ?? {})[0]
  if (first === undefined || !/^\d+$/.test(first) || Array.isArray(before)) return before
  return Object.fromEntries(entriesOf(before).filter(([key]) => Number(key) >= Number(first)))
}

const beginOf = (size: number, sort: 'list' | 'table'): number =>
  sort === 'list' ? (size > LONG ? size - SHOWN : 0) : size > LONG_TABLE ? size : 0

/** The items from `from` to `to` of the list at `path`, with the keys they have in the whole. Undefined where there is no list. */
export function partOf(protocol: AnyProtocol, state: unknown, path: string, from: number, to: number): Json | undefined {
  const { tree, isCut } = fieldOf(protocol, state, path, (_, size) => [Math.min(from, size), Math.min(to, size)])
  const list = valueAt(tree, path)
  if (list === undefined || list === null || typeof list !== 'object') return undefined
  const entries = entriesOf(list)
  return Object.fromEntries(isCut ? entries : entries.slice(from, to))
}

/** The value at a path; undefined where there is nothing. Costs no more than the field that it is in. */
export function valueIn(protocol: AnyProtocol, state: unknown, path: string): Json | undefined {
  const [, key] = path.split('.')
  // An item of a list that is keyed by position is looked for near it: its key is its number, or one more.
  const at = key !== undefined && /^\d+$/.test(key) ? Number(key) : undefined
  const part: Glimpse['part'] = (_, size) => (at === undefined ? [0, size] : [Math.min(size, Math.max(0, at - 1)), Math.min(size, at + 1)])
  const near = valueAt(fieldOf(protocol, state, path, part).tree, path)
  // A list whose beginning is gone has its items elsewhere.
  return near === undefined && at !== undefined ? valueAt(fieldOf(protocol, state, path, wholePart).tree, path) : near
}

function fieldOf(protocol: AnyProtocol, state: unknown, path: string, part: Glimpse['part']): { tree: Json; isCut: boolean } {
  if (!protocol.glimpse) return { tree: protocol.encode(state), isCut: false }
  const [field = ''] = path.split('.')
  let isCut = false
  const tree = protocol.glimpse(state, {
    fields: new Set([field]),
    part: (name, size, sort) => {
      isCut = name === path
      return isCut || (sort === 'list' && path.startsWith(`${name}.`)) ? part(name, size, sort) : [0, size]
    },
  }) as Json
  return { tree, isCut }
}

function cutTree(value: Json, path: string, part: Glimpse['part']): Json {
  if (value === null || typeof value !== 'object') return value
  const entries = entriesOf(value)
  const isList = Array.isArray(value) || entries.every(([key]) => /^\d+$/.test(key))
  const [from, to] = path === '' ? [0, entries.length] : part(path, entries.length, isList ? 'list' : 'table')
  const shown = to - from < entries.length ? entries.slice(from, to) : entries
  const parts = shown.map(([key, inner]): [string, Json] => [key, cutTree(inner, path === '' ? key : `${path}.${key}`, part)])
  // An array that has lost its beginning keeps its keys as an object does.
  return Array.isArray(value) && from === 0 ? parts.map(([, inner]) => inner) : (Object.fromEntries(parts) as Json)
}
