/** Sets of versions as replicas of one key really come by them: clients read somewhere, write somewhere, and replicas merge. */
import fc from 'fast-check'
import { contextOf, merge, type Siblings, type Vector, written } from '../../../protocols/dynamo/versions.ts'

const REPLICAS = 3

const deed = fc.oneof(
  fc.record({ do: fc.constant('read' as const), client: fc.nat(2), replica: fc.nat(REPLICAS - 1) }),
  fc.record({ do: fc.constant('write' as const), client: fc.nat(2), replica: fc.nat(REPLICAS - 1) }),
  fc.record({ do: fc.constant('merge' as const), from: fc.nat(REPLICAS - 1), replica: fc.nat(REPLICAS - 1) }),
)

export interface Played {
  readonly replicas: readonly Siblings[]
  /** All sets that any replica had. */
  readonly seen: readonly Siblings[]
  /** What each write had read, by its value. */
  readonly writes: ReadonlyMap<string, ReadonlySet<string>>
}

export const played: fc.Arbitrary<Played> = fc.array(deed, { maxLength: 40 }).map((deeds) => {
  const replicas: Siblings[] = Array.from({ length: REPLICAS }, () => [])
  const contexts: Vector[] = [{}, {}, {}]
  const read: Set<string>[] = [new Set(), new Set(), new Set()]
  const writes = new Map<string, ReadonlySet<string>>()
  const seen: Siblings[] = [[]]
  const used = [0, 0, 0]
  for (const [index, each] of deeds.entries()) {
    const mine = replicas[each.replica] as Siblings
    if (each.do === 'read') {
      contexts[each.client] = contextOf(mine)
      read[each.client] = past(mine, writes)
      continue
    }
    if (each.do === 'merge') replicas[each.replica] = merge(mine, replicas[each.from] as Siblings)
    else {
      const value = `v${index}`
      const n = ++(used as number[])[each.replica]!
      writes.set(value, new Set(read[each.client]))
      const dot = { actor: `r${each.replica}`, n }
      replicas[each.replica] = written(mine, { dot, context: contexts[each.client] as Vector, value, at: index, write: index + 1 })
    }
    seen.push(replicas[each.replica] as Siblings)
  }
  return { replicas, seen, writes }
})

/** All writes that somebody knows of who reads these versions: these, and what their writers had read. */
export function past(siblings: Siblings, writes: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const all = new Set<string>()
  for (const { value } of siblings) {
    all.add(value as string)
    for (const earlier of writes.get(value as string) ?? []) all.add(earlier)
  }
  return all
}
