/** Where two trees of plain data differ. */
import type { Json } from '../../protocols/core/json.ts'

const PATHS_MAX = 500

/** Paths, dots between keys, of the values in `after` that `before` does not have or has otherwise, and of those that went; at most 500. */
export function changedPaths(before: Json, after: Json): string[] {
  const paths: string[] = []
  compare(before, after, '', paths)
  return paths
}

function compare(before: Json | undefined, after: Json | undefined, path: string, paths: string[]): void {
  if (before === after || paths.length >= PATHS_MAX) return
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    paths.push(path)
    return
  }
  const olds = before as { readonly [key: string]: Json }
  const news = after as { readonly [key: string]: Json }
  for (const key of Object.keys(news))
    compare(Object.hasOwn(olds, key) ? olds[key] : undefined, news[key], path === '' ? key : `${path}.${key}`, paths)
  for (const key of Object.keys(olds)) {
    if (!Object.hasOwn(news, key) && paths.length < PATHS_MAX) paths.push(path === '' ? key : `${path}.${key}`)
  }
}

const isTree = (value: Json | undefined): value is readonly Json[] | { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null
