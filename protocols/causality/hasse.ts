/**
 * The Hasse diagram of some points: an edge wherever one happened before another with none of them in between, and no others.
 * Every lane is a chain, so all that a point knows is one place a lane (the latest point there that happened before it), and
 * of these at most as many as there are lanes can be edges: those that none of the others knows. n points on e lanes cost
 * n·e² looks, whatever the number of messages.
 */
import type { Columns } from './columns.ts'
import type { Messages } from './messages.ts'
import { finished, PIECE, type Pieces } from './pieces.ts'

export interface HasseEdge {
  /** Indices of points in the diagram. */
  readonly from: number
  readonly to: number
  /** `program`: the next of the same lane; `message`: one or more go from the one to the other; `through`: by way of points that are not in the diagram. */
  readonly kind: 'program' | 'message' | 'through'
  /** Rows of the sends of a `message`. */
  readonly sends: readonly number[]
}

export interface Hasse {
  /** In order of their numbers. */
  readonly points: readonly number[]
  /** By lane, its points as indices, in program order: which needs no edge where a message and its answer imply it. */
  readonly onLane: readonly (readonly number[])[]
  readonly edges: readonly HasseEdge[]
  /** False: the run has no vector clocks, and it is made of program order and messages between the first and the last of the points. */
  readonly byClocks: boolean
}

export const hasseOf = (columns: Columns, messages: Messages, chosen: Iterable<number>): Hasse =>
  finished(hasseInPieces(columns, messages, chosen))

export function* hasseInPieces(columns: Columns, messages: Messages, chosen: Iterable<number>): Pieces<Hasse> {
  const points = [...new Set(chosen)].sort((a, b) => a - b)
  const knowledge = yield* columns.hasClocks ? knownByClocks(columns, points) : knownByEdges(columns, messages, points)
  const indexOf = new Map(points.map((point, index) => [point, index]))
  const edges: HasseEdge[] = []
  for (const [at, { from, to }] of (yield* coversOf(knowledge)).entries()) {
    if (at % PIECE === 0) yield
    const sends = [...messages.receivedBy(points[to] as number)]
      .filter((message) => indexOf.get(messages.from[message] as number) === from)
      .map((message) => messages.send[message] as number)
    const isProgram = knowledge.lane[from] === knowledge.lane[to]
    edges.push({ from, to, kind: isProgram ? 'program' : sends.length > 0 ? 'message' : 'through', sends })
  }
  return { points, onLane: knowledge.onLane, edges, byClocks: columns.hasClocks }
}

/** What each of some things that lie in chains knows of them. */
export interface Knowledge {
  readonly lanes: number
  readonly lane: ArrayLike<number>
  /** By thing: the how-manieth of its lane it is, from 1 on. */
  readonly place: Uint32Array
  /** `lanes` entries a thing: the place up to which it knows the lane; of its own lane, its own. */
  readonly known: Uint32Array
  /** By lane, its things in order. */
  readonly onLane: readonly (readonly number[])[]
}

/** Edges that no others imply. */
export function* coversOf({ lanes, lane, place, known, onLane }: Knowledge): Pieces<{ from: number; to: number }[]> {
  const edges: { from: number; to: number }[] = []
  const candidates: number[] = []
  for (let to = 0; to < place.length; to++) {
    if (to % PIECE === 0) yield
    candidates.length = 0
    for (let at = 0; at < lanes; at++) {
      const upTo = (known[to * lanes + at] as number) - (at === lane[to] ? 1 : 0)
      if (upTo > 0) candidates.push(onLane[at]?.[upTo - 1] as number)
    }
    for (const from of candidates) {
      const at = lane[from] as number
      const isImplied = candidates.some((other) => other !== from && (known[other * lanes + at] as number) >= (place[from] as number))
      if (!isImplied) edges.push({ from, to })
    }
  }
  return edges
}

/** What things know that are tied by these edges, each lane in the order given. Throws when the edges go round in a circle. */
export function* propagate(
  lanes: number,
  lane: ArrayLike<number>,
  onLane: readonly (readonly number[])[],
  edges: Iterable<{ readonly from: number; readonly to: number }>,
): Pieces<Knowledge> {
  const count = lane.length
  const place = new Uint32Array(count)
  const known = new Uint32Array(count * lanes)
  const out: number[][] = Array.from({ length: count }, () => [])
  const waiting = new Uint32Array(count)
  const tie = (from: number, to: number) => {
    out[from]?.push(to)
    waiting[to] = (waiting[to] as number) + 1
  }
  for (const { from, to } of edges) tie(from, to)
  yield
  for (const list of onLane)
    for (const [index, thing] of list.entries()) {
      place[thing] = index + 1
      if (index > 0) tie(list[index - 1] as number, thing)
    }
  const ready: number[] = []
  for (let thing = 0; thing < count; thing++) if (waiting[thing] === 0) ready.push(thing)
  let done = 0
  for (let thing = ready.pop(); thing !== undefined; thing = ready.pop()) {
    if (++done % PIECE === 0) yield
    known[thing * lanes + (lane[thing] as number)] = place[thing] as number
    for (const next of out[thing] ?? []) {
      for (let at = 0; at < lanes; at++)
        known[next * lanes + at] = Math.max(known[next * lanes + at] as number, known[thing * lanes + at] as number)
      waiting[next] = (waiting[next] as number) - 1
      if (waiting[next] === 0) ready.push(next)
    }
  }
  if (done < count) throw new RangeError('these edges go round in a circle: no order has them all')
  return { lanes, lane, place, known, onLane }
}

function* knownByClocks(columns: Columns, points: readonly number[]): Pieces<Knowledge> {
  const { endpoints: lanes, pointLane, clock } = columns
  const lane = points.map((point) => pointLane[point] as number)
  const onLane = inLanes(lanes, lane)
  const tick = points.map((point) => columns.tickOf(point))
  for (const list of onLane) list.sort((a, b) => (tick[a] as number) - (tick[b] as number)) // clients' points are not always numbered in order
  const place = new Uint32Array(points.length)
  for (const list of onLane) for (const [index, thing] of list.entries()) place[thing] = index + 1
  const known = new Uint32Array(points.length * lanes)
  for (const [thing, point] of points.entries()) {
    if (thing % PIECE === 0) yield
    for (let at = 0; at < lanes; at++) {
      const list = onLane[at] as number[]
      const upTo = clock[point * lanes + at] as number
      let low = 0
      let high = list.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((tick[list[middle] as number] as number) <= upTo) low = middle + 1
        else high = middle
      }
      known[thing * lanes + at] = low
    }
  }
  return { lanes, lane, place, known, onLane }
}

/** Of all points between the first and the last of them, since what leads from one to another lies between them; then of them alone. */
function* knownByEdges(columns: Columns, messages: Messages, points: readonly number[]): Pieces<Knowledge> {
  const { endpoints: lanes, pointLane } = columns
  const first = points[0] ?? 0
  const count = points.length === 0 ? 0 : (points.at(-1) as number) - first + 1
  const lane = Array.from({ length: count }, (_, i) => pointLane[first + i] as number)
  const ties: { from: number; to: number }[] = []
  for (let i = 0; i < count; i++) {
    if (i % PIECE === 0) yield
    for (const message of messages.receivedBy(first + i)) {
      const from = (messages.from[message] as number) - first
      if (from >= 0 && from < count) ties.push({ from, to: i })
    }
  }
  const all = yield* propagate(lanes, lane, inLanes(lanes, lane), ties)
  const chosen = points.map((point) => point - first)
  const chosenLane = chosen.map((i) => lane[i] as number)
  const onLane = inLanes(lanes, chosenLane)
  /** By lane and place among all: how many of those up to it are chosen. */
  const counts = all.onLane.map((list) => new Uint32Array(list.length + 1))
  const isChosen = new Set(chosen)
  for (const [at, list] of all.onLane.entries())
    for (const [i, thing] of list.entries()) {
      const upTo = counts[at] as Uint32Array
      upTo[i + 1] = (upTo[i] as number) + (isChosen.has(thing) ? 1 : 0)
    }
  const place = new Uint32Array(points.length)
  const known = new Uint32Array(points.length * lanes)
  for (const [thing, i] of chosen.entries()) {
    for (let at = 0; at < lanes; at++) known[thing * lanes + at] = counts[at]?.[all.known[i * lanes + at] as number] as number
    place[thing] = known[thing * lanes + (lane[i] as number)] as number
  }
  return { lanes, lane: chosenLane, place, known, onLane }
}

export function inLanes(lanes: number, lane: ArrayLike<number>): number[][] {
  const lists: number[][] = Array.from({ length: lanes }, () => [])
  for (let i = 0; i < lane.length; i++) lists[lane[i] as number]?.push(i)
  return lists
}
