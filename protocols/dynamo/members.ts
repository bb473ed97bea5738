/**
 * Who is a member (§4.8.1), and how many copies the members keep: tables with versions that gossip spreads. A node changes its own
 * entry alone, so the higher version of an entry is the later one.
 *
 *     out -> joining -> in -> leaving -> out
 *
 * Who joins takes its ranges over before it counts, and who leaves counts until its ranges are taken over: the ring that serves has those that
 * are in or leaving; the ring that comes has those that are in or joining.
 */
import type { NodeId } from '../core/ids.ts'
import { endOf, tokensOf, walk } from './ring.ts'

export type Status = 'in' | 'joining' | 'leaving' | 'out'

export interface Member {
  readonly status: Status
  readonly version: number
}

/** Every node of the run has an entry, in index order. */
export type Members = { readonly [node: string]: Member }

/** How many copies there are, how many answers a read waits for, and how many acknowledgements a write. */
export interface Quorum {
  readonly n: number
  readonly r: number
  readonly w: number
  readonly version: number
}

export const mergeMembers = (a: Members, b: Members): Members => {
  let news = false
  const merged = Object.entries(a).map(([node, member]) => {
    const other = b[node]
    if (!other || other.version <= member.version) return [node, member]
    news = true
    return [node, other]
  })
  return news ? Object.fromEntries(merged) : a
}

/** Of two settings of one version, made at once at two nodes, everybody takes the same. */
export function laterQuorum(a: Quorum, b: Quorum): Quorum {
  const order = b.version - a.version || b.n - a.n || b.r - a.r || b.w - a.w
  return order > 0 ? b : a
}

export const withStatus = (members: Members, ...statuses: readonly Status[]): NodeId[] =>
  Object.keys(members).filter((node) => statuses.includes((members[node] as Member).status)) as NodeId[]

/** Who keeps the keys of one partition. */
export interface Place {
  /** All members in the order of preference; the first N are at home there. */
  readonly order: readonly NodeId[]
  readonly homes: readonly NodeId[]
  /** Who will be at home there when those that join or leave have done so, and is not yet. */
  readonly pending: readonly NodeId[]
  /** Who will be at home there then. */
  readonly next: readonly NodeId[]
}

/** Of all partitions. Made anew when somebody's status or N changes. */
export type Layout = readonly Place[]

const layouts = new WeakMap<Members, Map<string, Layout>>()

/** Remembered: it is asked for at every step, and changes seldom. */
export function layoutOf(
  members: Members,
  n: number,
  { tokens, partitions }: { readonly tokens: number; readonly partitions: number },
): Layout {
  const ofMembers = layouts.get(members) ?? new Map<string, Layout>()
  layouts.set(members, ofMembers)
  const key = `${tokens} ${partitions} ${n}`
  const known = ofMembers.get(key)
  if (known) return known
  const now = tokensOf(withStatus(members, 'in', 'leaving'), tokens)
  const then = tokensOf(withStatus(members, 'in', 'joining'), tokens)
  const layout = Array.from({ length: partitions }, (_, partition): Place => {
    const end = endOf(partition, partitions)
    const order = walk(now, end)
    const homes = order.slice(0, n)
    const next = walk(then, end).slice(0, n)
    return { order, homes, next, pending: next.filter((node) => !homes.includes(node)) }
  })
  ofMembers.set(key, layout)
  return layout
}

/** All of the table that says where keys are kept. */
export const ringText = (members: Members): string =>
  Object.entries(members)
    .map(([node, { status }]) => `${node}=${status}`)
    .join(' ')
