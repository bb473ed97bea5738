/**
 * Anti-entropy (§4.7): now and then a node compares the Merkle trees of what it keeps with somebody who keeps it, too, and both take what they
 * lack. Neither remembers the exchange: each message says all that its answer needs.
 */
import type { NodeId } from '../core/ids.ts'
import { setStatus } from './gossip.ts'
import { DEPTH, leavesOf, rootOf, treeOf } from './merkle.ts'
import type { KeySync, TreeLeaves, TreeNodes, TreeRoots, TreeSame } from './messages.ts'
import { type DynamoState, keep, keeps, layout, note, placeAt, send, setTimer, stored, type Turn } from './state.ts'

/** Partitions that this node keeps, and who keeps them besides. */
export function shared(state: DynamoState): { readonly partition: number; readonly peers: readonly NodeId[] }[] {
  return layout(state).flatMap((place, partition) => {
    if (!keeps(state, place)) return []
    return [{ partition, peers: [...new Set([...place.homes, ...place.next])].filter((node) => node !== state.id) }]
  })
}

const isEqual = (state: DynamoState, partition: number, peer: NodeId): boolean => state.equal[partition]?.includes(peer) ?? false

/** How many comparisons are outstanding: none when everybody was found equal since the last change here. */
export const outstanding = (state: DynamoState): number =>
  shared(state).reduce((count, { partition, peers }) => count + peers.filter((peer) => !isEqual(state, partition, peer)).length, 0)

/** Rule A2: with somebody at random with whom something is outstanding; when nothing is, with anybody. */
export function onAntiEntropy(turn: Turn): void {
  const { state, coin } = turn
  setTimer(turn, 'antiEntropy', state.options.antiEntropyMs)
  joinAtLast(turn) // who was waited for may have left
  const all = shared(state)
  const outstandingWith = (peer: NodeId) => all.filter(({ partition, peers }) => peers.includes(peer) && !isEqual(state, partition, peer))
  const peers = state.nodes.filter((node) => all.some((each) => each.peers.includes(node)))
  const behind = peers.filter((peer) => outstandingWith(peer).length > 0)
  const choice = behind.length > 0 ? behind : peers
  const peer = choice[coin % Math.max(1, choice.length)]
  if (peer === undefined) return
  const some = behind.length > 0 ? outstandingWith(peer) : all.filter((each) => each.peers.includes(peer))
  send(turn, peer, { kind: 'TreeRoots', roots: some.map(({ partition }) => ({ partition, hash: rootOf(state.store.get(partition)) })) })
}

export function onTreeRoots(turn: Turn, from: NodeId, { roots }: TreeRoots): void {
  const { state } = turn
  const same = roots.filter(({ partition, hash }) => rootOf(state.store.get(partition)) === hash)
  for (const { partition } of same) foundEqual(turn, partition, from)
  if (same.length > 0) send(turn, from, { kind: 'TreeSame', roots: same })
  for (const { partition } of roots) {
    if (same.some((each) => each.partition === partition)) continue
    note(turn, 'differ', { partition, with: from })
    const [, below = []] = treeOf(state.store.get(partition))
    send(turn, from, { kind: 'TreeNodes', partition, level: 1, nodes: below.map((hash, index) => ({ index, hash })) })
  }
}

export function onTreeSame(turn: Turn, from: NodeId, { roots }: TreeSame): void {
  for (const { partition, hash } of roots) if (rootOf(turn.state.store.get(partition)) === hash) foundEqual(turn, partition, from)
}

/** Down to where it differs. */
export function onTreeNodes(turn: Turn, from: NodeId, { partition, level, nodes }: TreeNodes): void {
  const { state } = turn
  const kept = state.store.get(partition)
  const tree = treeOf(kept)
  const differ = nodes.filter(({ index, hash }) => tree[level]?.[index] !== hash).map(({ index }) => index)
  if (differ.length === 0) return
  if (level < DEPTH) {
    const below = differ.flatMap((index) => [2 * index, 2 * index + 1])
    const hashes = below.map((index) => ({ index, hash: tree[level + 1]?.[index] ?? '' }))
    return send(turn, from, { kind: 'TreeNodes', partition, level: level + 1, nodes: hashes })
  }
  const keys = leavesOf(kept, differ).map(([key, digest]) => ({ key, digest }))
  send(turn, from, { kind: 'TreeLeaves', partition, buckets: differ, keys })
}

export function onTreeLeaves(turn: Turn, from: NodeId, { partition, buckets, keys }: TreeLeaves): void {
  const { state } = turn
  const theirs = new Map(keys.map(({ key, digest }) => [key, digest]))
  const mine = new Map(leavesOf(state.store.get(partition), buckets))
  const gives = [...mine.keys()].filter((key) => theirs.get(key) !== mine.get(key))
  const wants = [...theirs.keys()].filter((key) => theirs.get(key) !== mine.get(key))
  if (gives.length + wants.length === 0) return
  send(turn, from, { kind: 'KeySync', partition, entries: entriesFor(state, gives), wants })
}

export function onKeySync(turn: Turn, from: NodeId, { partition, entries, wants }: KeySync): void {
  const { state } = turn
  if (keeps(state, placeAt(state, partition))) for (const { key, siblings } of entries) keep(turn, key, siblings)
  const gives = wants.filter((key) => stored(state, key).length > 0)
  if (gives.length > 0) send(turn, from, { kind: 'KeySync', partition, entries: entriesFor(state, gives), wants: [] })
}

const entriesFor = (state: DynamoState, keys: readonly string[]): KeySync['entries'] =>
  keys.map((key) => ({ key, siblings: [...stored(state, key)] }))

function foundEqual(turn: Turn, partition: number, peer: NodeId): void {
  const { state } = turn
  if (isEqual(state, partition, peer)) return
  state.equal = { ...state.equal, [partition]: [...(state.equal[partition] ?? []), peer] }
  joinAtLast(turn)
}

/** Rule M1: whoever joins counts when it has found itself equal to all who are at home where it will be. */
function joinAtLast(turn: Turn): void {
  const { state } = turn
  if (state.members[state.id]?.status !== 'joining') return
  const mine = layout(state).flatMap(({ next, homes }, partition) => (next.includes(state.id) ? [{ partition, homes }] : []))
  if (mine.every(({ partition, homes }) => homes.every((home) => isEqual(state, partition, home)))) setStatus(turn, 'in')
}
