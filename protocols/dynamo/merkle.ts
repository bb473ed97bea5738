/**
 * Merkle trees (§4.7), one for each partition: a leaf is the hash of a bucket's keys with the digests of their siblings, in key order, and whatever is
 * above is the hash of what is below it. Two nodes that differ in one key compare one path from the root to a leaf.
 * A tree is made anew when it is asked for and its partition has changed.
 */
import type { Map as PersistentMap } from 'immutable'
import { hashText } from '../core/hash.ts'
import { positionOf } from './ring.ts'
import { digestOf, type Siblings } from './versions.ts'

export type Partition = PersistentMap<string, Siblings>

/** Levels below the root: 2^DEPTH buckets. */
export const DEPTH = 4
const BUCKETS = 2 ** DEPTH

/** By level from the root, which is level 0: the hashes from left to right. Empty text for what holds nothing. */
export type Tree = readonly (readonly string[])[]

/** Not the digits that chose the partition. */
export const bucketOf = (key: string): number => positionOf(key) % BUCKETS

const trees = new WeakMap<Partition, Tree>()

export function treeOf(partition: Partition | undefined): Tree {
  if (partition === undefined) return empty
  const known = trees.get(partition)
  if (known) return known
  const tree = build(partition)
  trees.set(partition, tree)
  return tree
}

export const rootOf = (partition: Partition | undefined): string => treeOf(partition)[0]?.[0] ?? ''

/** Keys of some buckets, in order, with the digests of their siblings. */
export function leavesOf(partition: Partition | undefined, buckets: readonly number[]): (readonly [key: string, digest: string])[] {
  if (partition === undefined) return []
  const wanted = [...partition.keys()].filter((key) => buckets.includes(bucketOf(key))).sort()
  return wanted.map((key) => [key, digestOf(partition.get(key) ?? [])])
}

function build(partition: Partition): Tree {
  const buckets: string[][] = Array.from({ length: BUCKETS }, () => [])
  for (const key of [...partition.keys()].sort())
    buckets[bucketOf(key)]?.push([JSON.stringify(key), digestOf(partition.get(key) ?? [])].join('='))
  const levels: string[][] = [buckets.map((lines) => (lines.length === 0 ? '' : hashText(lines.join('\n'))))]
  for (let level = levels[0] as string[]; level.length > 1; level = levels[0] as string[]) levels.unshift(above(level))
  return levels
}

function above(level: readonly string[]): string[] {
  const parents: string[] = []
  for (let at = 0; at < level.length; at += 2) {
    const pair = `${level[at]}${level[at + 1]}`
    parents.push(pair === '' ? '' : hashText(`${level[at]}/${level[at + 1]}`))
  }
  return parents
}

const empty: Tree = Array.from({ length: DEPTH + 1 }, (_, level) => Array.from({ length: 2 ** level }, () => ''))
