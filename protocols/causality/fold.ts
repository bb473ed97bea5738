/**
 * A Hasse diagram with less in it: steps of one lane drawn as one. Two ways, neither of which can make a circle:
 *
 * - `chains`: a run of steps that no message of the diagram enters or leaves.
 * - `turns`: a run in which nothing enters after something left; what goes in goes in before what comes out. Coarser: a step that
 *   received and the next one that sent become one, and so what lies between is no longer told apart.
 */
import { coversOf, type Hasse, type HasseEdge, propagate } from './hasse.ts'
import { finished, PIECE, type Pieces } from './pieces.ts'

export interface FoldedNode {
  /** Its points in order, one or more; the first names it. */
  readonly points: readonly number[]
  readonly lane: number
}

export interface Folded {
  readonly nodes: readonly FoldedNode[]
  /** Between indices of nodes. Edges of a folded diagram that came to lie on each other are one, with all their sends. */
  readonly edges: readonly HasseEdge[]
}

export interface Folding {
  readonly by: 'none' | 'chains' | 'turns'
  /** Runs of fewer are left as they are. */
  readonly least: number
  /** Points that stand alone. */
  readonly alone: ReadonlySet<number>
  /** Names (first points) of runs that are left unfolded. */
  readonly unfolded: ReadonlySet<number>
}

export const fold = (hasse: Hasse, folding: Folding): Folded => finished(foldInPieces(hasse, folding))

export function* foldInPieces(hasse: Hasse, folding: Folding): Pieces<Folded> {
  const { points, edges, onLane } = hasse
  const [entered, left] = [new Uint8Array(points.length), new Uint8Array(points.length)]
  for (const { from, to, kind } of edges) {
    if (kind === 'program') continue
    left[from] = 1
    entered[to] = 1
  }
  yield
  const mayJoin = (index: number, hasLeft: boolean): boolean => {
    if (folding.by === 'none' || folding.alone.has(points[index] as number)) return false
    return folding.by === 'chains' ? !entered[index] && !left[index] : !(hasLeft && entered[index])
  }
  const lanes = onLane.map((list) => {
    const groups: number[][] = []
    let group: number[] | undefined
    let hasLeft = false
    for (const index of list) {
      if (!group || !mayJoin(index, hasLeft)) {
        group = [index]
        groups.push(group)
        hasLeft = false
      } else group.push(index)
      hasLeft ||= left[index] === 1
      if (!mayJoin(index, false)) group = undefined // it stands alone
    }
    return groups.flatMap((members) =>
      members.length < folding.least || folding.unfolded.has(points[members[0] as number] as number)
        ? members.map((index) => [index])
        : [members],
    )
  })
  yield
  return yield* quotient(hasse, lanes)
}

/** `lanes`: by lane, groups of indices in program order. */
function* quotient({ points, edges }: Hasse, lanes: readonly (readonly (readonly number[])[])[]): Pieces<Folded> {
  const nodes: FoldedNode[] = []
  const groupOf = new Uint32Array(points.length)
  const onLane = lanes.map((groups, lane) =>
    groups.map((members) => {
      for (const index of members) groupOf[index] = nodes.length
      return nodes.push({ points: members.map((index) => points[index] as number), lane }) - 1
    }),
  )
  const merged = new Map<number, HasseEdge>()
  for (const [at, { from, to, kind, sends }] of edges.entries()) {
    if (at % PIECE === 0) yield
    const [a, b] = [groupOf[from] as number, groupOf[to] as number]
    if (a === b) continue
    const key = a * nodes.length + b
    const before = merged.get(key)
    if (!before) merged.set(key, { from: a, to: b, kind, sends })
    else merged.set(key, { ...before, kind: better(before.kind, kind), sends: [...before.sends, ...sends] })
  }
  const knowledge = yield* propagate(
    lanes.length,
    nodes.map(({ lane }) => lane),
    onLane,
    merged.values(),
  )
  return { nodes, edges: (yield* coversOf(knowledge)).map(({ from, to }) => merged.get(from * nodes.length + to) ?? unreachable(from, to)) }
}

/** Every cover of the folded diagram comes from one of the diagram; or else the folding is wrong. */
function unreachable(from: number, to: number): never {
  throw new Error(`nodes ${from} and ${to} of a folded diagram are tied by nothing in the diagram`)
}

const better = (a: HasseEdge['kind'], b: HasseEdge['kind']): HasseEdge['kind'] =>
  a === 'program' || b === 'program' ? 'program' : a === 'message' || b === 'message' ? 'message' : 'through'

/**
 * By node, its causal rank: the number of edges on a longest way to it. Every edge goes to a higher one. What nothing from another
 * lane led to stands as late as what it led to allows, so that its edges are short.
 */
export const ranksOf = (folded: Folded): Uint32Array => finished(ranksInPieces(folded))

export function* ranksInPieces({ nodes, edges }: Folded): Pieces<Uint32Array> {
  const ranks = new Uint32Array(nodes.length)
  const out: number[][] = nodes.map(() => [])
  const waiting = new Uint32Array(nodes.length)
  const isLed = new Uint8Array(nodes.length)
  for (const { from, to, kind } of edges) {
    out[from]?.push(to)
    waiting[to] = (waiting[to] as number) + 1
    if (kind !== 'program') isLed[to] = 1
  }
  yield
  const order = [...nodes.keys()].filter((node) => waiting[node] === 0)
  for (const node of order)
    for (const to of out[node] ?? []) {
      ranks[to] = Math.max(ranks[to] as number, (ranks[node] as number) + 1)
      waiting[to] = (waiting[to] as number) - 1
      if (waiting[to] === 0) order.push(to)
    }
  yield
  for (const node of order.toReversed()) {
    const next = out[node] ?? []
    if (!isLed[node] && next.length > 0) ranks[node] = Math.min(...next.map((to) => ranks[to] as number)) - 1
  }
  return ranks
}
