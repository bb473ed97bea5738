/** What a table of keys comes to, for whoever only glances at it: remembered for each part, as it is asked for after every step and a step changes one of them. */
import type { Map as PersistentMap } from 'immutable'
import type { Siblings } from './versions.ts'

type Part = PersistentMap<string, Siblings>
type Entry = readonly [key: string, siblings: Siblings]

interface Glance {
  /** How many keys have versions side by side. */
  readonly several: number
  /** The first few, by key. */
  readonly first: readonly Entry[]
}

const SHOWN = 20
const glances = new WeakMap<Part, Glance>()
const inOrder = ([a]: Entry, [b]: Entry): number => (a < b ? -1 : 1)

function glanceOf(part: Part): Glance {
  const known = glances.get(part)
  if (known) return known
  let several = 0
  for (const siblings of part.values()) if (siblings.length > 1) several += 1
  const glance = { several, first: [...part.entries()].sort(inOrder).slice(0, SHOWN) }
  glances.set(part, glance)
  return glance
}

export function glanceAt(parts: Iterable<Part>): Glance & { readonly keys: number } {
  let [keys, several] = [0, 0]
  const first: Entry[] = []
  for (const part of parts) {
    const glance = glanceOf(part)
    keys += part.size
    several += glance.several
    first.push(...glance.first)
  }
  return { keys, several, first: first.sort(inOrder).slice(0, SHOWN) }
}
