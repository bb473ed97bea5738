/** Which places of a tree of plain data changed: paths with dots between keys, the deepest that say it all. */
import type { Json } from '../../protocols/core/json.ts'

/** More changed places than a person can look at: the rest is left out. */
const PATHS_MAX = 200

export function changedPaths(before: Json | undefined, after: Json): string[] {
  const paths: string[] = []
  if (before !== undefined) compare(before, after, '', paths)
  return paths
}

function compare(before: Json | undefined, after: Json | undefined, path: string, paths: string[]): void {
  if (before === after || paths.length >= PATHS_MAX) return
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    paths.push(path)
    return
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(before[key], after[key], path === '' ? key : `${path}.${key}`, paths)
  }
}

const isTree = (value: Json | undefined): value is { readonly [key: string]: Json } => typeof value === 'object' && value !== null
