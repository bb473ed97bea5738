/** What differs between two trees of plain data, in an order and a size that a person can read. */
import type { Json } from './json.ts'

/** One difference. A stretch of items of a list that were all added, or all removed, is one. */
export interface Difference {
  readonly path: string
  readonly is: 'added' | 'removed' | 'changed'
  /** Values as JSON; long ones are cut. */
  readonly before?: Json
  readonly after?: Json
  /** Of a stretch: the last path, and how many they are. The values are those of its first item. */
  readonly to?: string
  readonly count?: number
}

/** From so many neighbours on, items that were all added, or all removed, are told as one stretch. */
const STRETCH = 4
const DIFFERENCES_MAX = 1000
const VALUE_CHARS_MAX = 2000

export interface Differences {
  readonly differences: readonly Difference[]
  readonly more: number
  readonly same: { readonly [field: string]: number }
}

/** `Undefined` stands for a tree that is not there. */
export function differencesOf(before: Json | undefined, after: Json | undefined): Differences {
  const differences: Difference[] = []
  const same: { [field: string]: number } = {}
  let more = 0

  const tell = (difference: Difference) => {
    if (differences.length < DIFFERENCES_MAX) differences.push(difference)
    else more += difference.count ?? 1
  }

  function compare(a: Json | undefined, b: Json | undefined, path: string, field: string): void {
    if (a === undefined && b === undefined) return
    if (a === undefined) return tell({ path, is: 'added', after: clipped(b as Json) })
    if (b === undefined) return tell({ path, is: 'removed', before: clipped(a) })
    if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) {
      if (equal(a, b)) same[field] = (same[field] ?? 0) + 1
      else tell({ path, is: 'changed', before: clipped(a), after: clipped(b) })
      return
    }
    for (const { keys, is } of inOrder(a, b)) {
      if (is !== 'both' && keys.length >= STRETCH) {
        const side = (is === 'added' ? b : a) as { readonly [key: string]: Json }
        const first = clipped(side[keys[0] as string] as Json)
        const [from, to] = [join(path, keys[0] as string), join(path, keys.at(-1) as string)]
        tell({ path: from, to, count: keys.length, is, ...(is === 'added' ? { after: first } : { before: first }) })
        continue
      }
      for (const key of keys) {
        const [left, right] = [childOf(a, key), childOf(b, key)]
        const inner = join(path, key)
        const top = field === '' ? key : field
        if (left !== undefined && right !== undefined && equal(left, right)) same[top] = (same[top] ?? 0) + 1
        else compare(left, right, inner, top)
      }
    }
  }

  compare(before, after, '', '')
  return { differences, more, same }
}

interface Keys {
  readonly is: 'added' | 'removed' | 'both'
  readonly keys: string[]
}

/** Keys of both sides: those of the first in its order, then those that the second has besides; neighbours of one sort together. */
function inOrder(a: Json, b: Json): Keys[] {
  const groups: Keys[] = []
  const put = (is: Keys['is'], key: string) => {
    const last = groups.at(-1)
    if (last?.is === is) last.keys.push(key)
    else groups.push({ is, keys: [key] })
  }
  for (const [key] of entriesOf(a)) put(childOf(b, key) === undefined ? 'removed' : 'both', key)
  for (const [key] of entriesOf(b)) if (childOf(a, key) === undefined) put('added', key)
  return groups
}

export function equal(a: Json, b: Json): boolean {
  if (a === b) return true
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) {
    const other = childOf(b, key)
    if (other === undefined || !equal(childOf(a, key) as Json, other)) return false
  }
  return true
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
const isBranch = (value: Json): value is Exclude<Json, string | number | boolean | null> => value !== null && typeof value === 'object'
const childOf = (tree: Json, key: string): Json | undefined =>
  Object.hasOwn(tree as object, key) ? (tree as { readonly [key: string]: Json })[key] : undefined

function clipped(value: Json): Json {
  if (!isBranch(value)) return typeof value === 'string' && value.length > VALUE_CHARS_MAX ? `${value.slice(0, VALUE_CHARS_MAX)}…` : value
  const entries = entriesOf(value)
  if (entries.length > 50) return `${entries.length} items`
  const text = JSON.stringify(value)
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : value
}

export const entriesOf = (value: Json): [string, Json][] =>
  value !== null && typeof value === 'object' ? (Object.entries(value) as [string, Json][]) : []

export function valueAt(tree: Json | undefined, path: string): Json | undefined {
  let value = tree
  for (const key of path === '' ? [] : path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as { readonly [key: string]: Json })[key]
  }
  return value
}
