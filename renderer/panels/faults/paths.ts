/** Which fields the bodies of recent messages have, so that a rule's path need not be guessed. */
import type { Json } from '../../../protocols/core/json.ts'

export interface PathHint {
  readonly path: string
  /** A value that was seen there. */
  readonly example: string
}

const PATHS_MAX = 60

/** Paths to plain values in `bodies`, shallow ones first, each with the last value seen. Of an array its first element stands for all. */
export function pathHints(bodies: readonly Json[]): PathHint[] {
  const found = new Map<string, string>()
  for (const body of bodies) walk(body, '', 0, found)
  return [...found]
    .map(([path, example]) => ({ path, example }))
    .sort((a, b) => depth(a.path) - depth(b.path) || a.path.localeCompare(b.path))
    .slice(0, PATHS_MAX)
}

function walk(value: Json, path: string, level: number, found: Map<string, string>): void {
  if (level > 5 || found.size > 400) return
  if (value === null || typeof value !== 'object') {
    if (path !== '' && path !== 'kind') found.set(path, JSON.stringify(value))
    return
  }
  const entries = Array.isArray(value)
    ? value.slice(0, 1).map((item, index): [string, Json] => [String(index), item])
    : Object.entries(value)
  for (const [key, part] of entries) walk(part, path === '' ? key : `${path}.${key}`, level + 1, found)
}

const depth = (path: string): number => path.split('.').length
