/**
 * The ring (§4.2, §4.3, §6.2): where keys and virtual nodes stand on it, and who keeps what. Each node has several tokens on the ring; whoever
 * walks clockwise from a key meets its nodes in the order of preference. A second token of a node that was met already is skipped.
 *
 * The ring is cut into equal partitions, and a key is kept by those whom a walk from the end of its partition meets first (§6.2, strategy 2):
 * so what is compared and moved keeps its bounds when members come and go.
 */
import { hashText } from '../core/hash.ts'
import type { NodeId } from '../core/ids.ts'

/** Positions on the ring of a run: 0 to this, without it. */
export const RING = 2 ** 32

/** A virtual node. */
export interface Token {
  readonly at: number
  readonly node: NodeId
}

/** Where a text stands on the ring. Texts that differ in one letter lie far apart: the hash's digits are mixed once more. */
export function positionOf(text: string): number {
  const hash = hashText(text)
  let h = (Number.parseInt(hash.slice(0, 8), 16) ^ Number.parseInt(hash.slice(8), 16)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The tokens of some nodes, so many each, in ring order. */
export function tokensOf(nodes: readonly NodeId[], each: number): Token[] {
  const tokens = nodes.flatMap((node) => Array.from({ length: each }, (_, index) => ({ at: positionOf(`${node}/${index}`), node })))
  return inRingOrder(tokens)
}

export const inRingOrder = (tokens: readonly Token[]): Token[] =>
  [...tokens].sort((a, b) => a.at - b.at || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0))

/** All nodes in the order in which a walk clockwise from `from` meets them, each once. A token at `from` itself is met first. */
export function walk(tokens: readonly Token[], from: number): NodeId[] {
  const first = tokens.findIndex(({ at }) => at >= from)
  const start = first === -1 ? 0 : first
  const met = new Set<NodeId>()
  for (let step = 0; step < tokens.length; step++) met.add((tokens[(start + step) % tokens.length] as Token).node)
  return [...met]
}

/** The partition of a key, of so many equal ones. */
export const partitionOf = (key: string, partitions: number): number => Math.floor((positionOf(key) / RING) * partitions)

/** Where a partition ends: the walk for its keys begins there. */
export const endOf = (partition: number, partitions: number): number => Math.floor(((partition + 1) / partitions) * RING) % RING
