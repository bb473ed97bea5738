/**
 * Plain data as the rows of a tree: what is open, what passes the filter, what the last step changed. Long lists show their end, where
 * things happen, and fold what comes before; their items stand in one line each.
 */
import type { Json } from '../../../protocols/core/json.ts'
import { brief } from '../../../protocols/words/speech.ts'

export interface TreeRow {
  /** Keys joined by dots; of a fold, the list's path followed by `…`. */
  readonly path: string
  readonly depth: number
  readonly key: string
  readonly is: 'value' | 'open' | 'closed' | 'fold'
  /** The value, or a preview of what is inside, or how many are folded. */
  readonly text: string
  /** `self`: the last step set it. `inside`: something in it. */
  readonly changed: 'self' | 'inside' | 'no'
  readonly value: Json
  /** Of a fold: what is left out is not here, and has to be asked for. */
  readonly away?: boolean
}

export interface TreeView {
  /** What a person opened or closed, by path. */
  readonly toggled: ReadonlyMap<string, boolean>
  /** Lists whose beginning was unfolded. */
  readonly unfolded: ReadonlySet<string>
  readonly changed: readonly string[]
  readonly filter: string
  /** Lists that are not whole, by path. */
  readonly cut?: ReadonlyMap<string, { readonly size: number; readonly from: number }>
  /** An operation of the service as a person would type it. */
  readonly op: (op: Json) => string
}

/** Items shown at the end of a folded list. */
export const TAIL = 8
const FOLD_FROM = 12
const MATCHES_MAX = 2000

export function treeRows(state: Json, view: TreeView): TreeRow[] {
  const rows: TreeRow[] = []
  const filter = view.filter.trim().toLowerCase()
  const changes = new Set(view.changed)
  const roads = new Set(view.changed.flatMap(ancestors))

  function walk(value: Json, path: string, key: string, depth: number, inList: boolean, within: boolean): void {
    if (rows.length >= MATCHES_MAX * 4) return
    const set = within || changes.has(path)
    const changed = set ? 'self' : roads.has(path) ? 'inside' : 'no'
    const cut = view.cut?.get(path)
    if (!isBranch(value) && !cut) {
      rows.push({ path, depth, key, is: 'value', text: leafText(value), changed, value })
      return
    }
    const open = view.toggled.get(path) ?? (filter !== '' || opensByItself(depth, changed, inList))
    rows.push({
      path,
      depth,
      key,
      is: open ? 'open' : 'closed',
      text: cut ? String(cut.size) : previewText(value as Branch, inList, view.op),
      changed,
      value,
    })
    if (open) children(value, path, depth + 1, set)
  }

  function children(value: Json, path: string, depth: number, within: boolean): void {
    const entries = entriesOf(value)
    const list = isList(value)
    const shown = filter === '' ? entries : entries.filter(([key, part]) => passes(key, part, filter, view.op))
    const fold = list && filter === '' && shown.length > FOLD_FROM && !view.unfolded.has(path)
    const hidden = fold ? shown.length - TAIL : 0
    const away = view.cut?.get(path)?.from ?? 0
    if (away > 0)
      rows.push({ ...foldOf(path, depth, hidden + away), ...(entries.length === 0 ? { text: `${away} items` } : {}), away: true })
    else if (fold) rows.push(foldOf(path, depth, hidden))
    for (const [key, part] of hidden > 0 ? shown.slice(hidden) : shown)
      walk(part, path === '' ? key : `${path}.${key}`, key, depth, list, within)
  }

  if (isBranch(state)) children(state, '', 0, false)
  else rows.push({ path: '', depth: 0, key: '', is: 'value', text: leafText(state), changed: 'no', value: state })
  return rows
}

const foldOf = (path: string, depth: number, count: number): TreeRow => ({
  ...{ path: `${path}…`, depth, key: '', is: 'fold', text: `${count} earlier`, changed: 'no', value: null },
})

/** The first level lies open only where something changed; items of lists stay in their line. */
function opensByItself(depth: number, changed: TreeRow['changed'], inList: boolean): boolean {
  return !inList && depth < 3 && changed === 'inside'
}

type Branch = readonly Json[] | { readonly [key: string]: Json }
const isBranch = (value: Json): value is Branch => value !== null && typeof value === 'object' && entriesOf(value).length > 0

function entriesOf(value: Json): [string, Json][] {
  if (Array.isArray(value)) return value.map((part, index): [string, Json] => [String(index), part as Json])
  return value !== null && typeof value === 'object' ? Object.entries(value) : []
}

/** Arrays, and objects keyed by numbers: a log by index, a table by session. */
export function isList(value: Json): boolean {
  if (Array.isArray(value)) return true
  if (value === null || typeof value !== 'object') return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key))
}

function leafText(value: Json): string {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? '[]' : '{}'
  return value === null ? 'none' : String(value)
}

function previewText(value: Branch, inList: boolean, op: TreeView['op']): string {
  if (inList) return compact(value, op)
  const count = entriesOf(value).length
  if (isList(value))
    return Array.isArray(value) && count <= 6 && value.every((part) => !isBranch(part)) ? value.map(leafText).join(', ') : String(count)
  return count <= 4 ? compact(value, op) : `${count} fields`
}

/** An item in one line: "term 3 · put x 1", "term 4 · noop". */
export function compact(value: Json, op: TreeView['op']): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return brief(value, 60)
  const { term, kind, op: operation, ...rest } = value as { readonly [key: string]: Json }
  const parts: string[] = []
  if (term !== undefined) parts.push(`term ${leafText(term)}`)
  if (operation !== undefined) parts.push(typeof operation === 'string' ? operation : op(operation))
  else {
    if (typeof kind === 'string') parts.push(kind)
    const others = brief(rest, 60)
    if (others !== '') parts.push(others)
  }
  return parts.join(' · ')
}

function passes(key: string, value: Json, filter: string, op: TreeView['op']): boolean {
  if (key.toLowerCase().includes(filter)) return true
  if (!isBranch(value)) return leafText(value).toLowerCase().includes(filter)
  if (compact(value, op).toLowerCase().includes(filter)) return true
  return entriesOf(value).some(([inner, part]) => passes(inner, part, filter, op))
}

/** `a.b.c` → `a`, `a.b`. */
function ancestors(path: string): string[] {
  const keys = path.split('.')
  return keys.slice(0, -1).map((_, index) => keys.slice(0, index + 1).join('.'))
}

/** What is copied for a row: text as it is, everything else as JSON. */
export const copyText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
