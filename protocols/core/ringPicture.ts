/**
 * A ring of keys, as a protocol's own panel shows it: where nodes stand on it, who is to keep what lies between, and what each node has of a
 * key. Every node draws the ring that it knows; shown is that of whoever knows most, with what all of them have.
 */
import type { NodeId } from './ids.ts'

/** Places are fractions of the way round, from 0 to 1. */
export interface RingToken {
  readonly at: number
  readonly node: NodeId
}

/** From `from` (not included) to `to` clockwise; over the end where `to` is not above it. */
export interface RingArc {
  readonly from: number
  readonly to: number
  /** Who keeps what lies here, in the order of preference. */
  readonly list: readonly NodeId[]
}

/** What one node has of a key: its versions, side by side. */
export interface RingCopy {
  readonly key: string
  readonly at: number
  readonly values: readonly string[]
  /** Equal copies have the same. */
  readonly identity: string
  /** It keeps it for that node. */
  readonly for?: NodeId
}

/** The ring as one node knows it, and what it has. */
export interface RingOfNode {
  /** Who knows most has the highest. */
  readonly version: number
  readonly tokens: readonly RingToken[]
  readonly arcs: readonly RingArc[]
  readonly copies: readonly RingCopy[]
  /** What the settings that it knows promise and bear, in sentences. */
  readonly says: readonly string[]
}

export interface RingKey {
  readonly key: string
  readonly at: number
  /** Who is to keep it. */
  readonly list: readonly NodeId[]
  readonly copies: readonly (RingCopy & { readonly node: NodeId; readonly past?: true })[]
  /** All who are to keep it have the same. */
  readonly isEqual: boolean
}

export interface RingPicture extends Omit<RingOfNode, 'copies'> {
  /** Whose ring it is; absent when nobody has shown any. */
  readonly by?: NodeId
  /** Nodes that know another ring. */
  readonly others: readonly NodeId[]
  readonly total: number
  readonly from: number
  readonly keys: readonly RingKey[]
}

export interface RingRow {
  readonly node: NodeId
  readonly isUp: boolean
  readonly ring: RingOfNode
}

export function ringOf(
  rows: readonly RingRow[],
  { from: wanted = 0, count }: { readonly from?: number | undefined; readonly count: number },
): RingPicture {
  const best = rows.reduce<RingRow | undefined>((most, row) => (!most || row.ring.version > most.ring.version ? row : most), undefined)
  if (!best) return { version: 0, tokens: [], arcs: [], says: [], others: [], total: 0, from: 0, keys: [] }
  const { version, tokens, arcs, says } = best.ring
  const byKey = new Map<string, RingKey['copies'][number][]>()
  for (const { node, isUp, ring } of rows)
    for (const copy of ring.copies) {
      const copies = byKey.get(copy.key) ?? []
      byKey.set(copy.key, copies)
      copies.push({ ...copy, node, ...(isUp ? {} : { past: true as const }) })
    }
  const names = [...byKey.keys()].sort()
  const from = Math.max(0, Math.min(wanted, names.length - 1))
  const keys = names.slice(from, from + count).map((key) => keyOf(key, byKey.get(key) ?? [], arcs))
  const others = rows.filter(({ ring }) => ring.version !== version).map(({ node }) => node)
  return { by: best.node, version, tokens, arcs, says, others, total: names.length, from, keys }
}

function keyOf(key: string, copies: RingKey['copies'], arcs: readonly RingArc[]): RingKey {
  const at = copies[0]?.at ?? 0
  const list = arcs.find((arc) => holds(arc, at))?.list ?? []
  const own = list.map((node) => copies.find((copy) => copy.node === node && copy.for === undefined)?.identity)
  return { key, at, list, copies, isEqual: own.every((identity) => identity !== undefined && identity === own[0]) }
}

export const holds = ({ from, to }: RingArc, at: number): boolean => (from < to ? at > from && at <= to : at > from || at <= to)
