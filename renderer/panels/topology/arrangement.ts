/**
 * Where endpoints stand: nodes on a circle with n1 at the top, going round clockwise, so that the same cluster looks the same in
 * every run; the clients outside the ring on the left. A person may drag any of them; what they moved is remembered per run.
 * All lengths are in the units of the drawing, which Cytoscape scales to the panel.
 */
import { CLIENTS, type EndpointId, type NodeId } from '../../../protocols/core/ids.ts'

export interface Point {
  readonly x: number
  readonly y: number
}
export type Places = ReadonlyMap<EndpointId, Point>

export const NODE_RADIUS = 23
export const CLIENTS_RADIUS = 15
/** How far a side moves away from the others while the network is partitioned. */
export const DRIFT = 26

/** Nodes on a ring that grows with their number, the clients to its left, and seats in which nobody is to its right, in columns, where they are in nobody's way. */
export function arrange(nodes: readonly NodeId[], empty: ReadonlySet<NodeId> = NOBODY): Map<EndpointId, Point> {
  const there = nodes.filter((node) => !empty.has(node))
  const count = there.length
  const radius = ringRadius(count)
  const places = new Map<EndpointId, Point>()
  there.forEach((node, index) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * index) / Math.max(1, count)
    places.set(node, count === 1 ? { x: 0, y: 0 } : { x: round(radius * Math.cos(angle)), y: round(radius * Math.sin(angle)) })
  })
  const seats = nodes.filter((node) => empty.has(node))
  const rows = Math.min(seats.length, SEATS_PER_COLUMN)
  seats.forEach((node, index) => {
    const [column, row] = [Math.floor(index / rows), index % rows]
    places.set(node, { x: round(radius + SEATS_AWAY + column * SEATS_APART), y: round((row - (rows - 1) / 2) * SEATS_APART) })
  })
  places.set(CLIENTS, { x: -round(radius + 150), y: 0 })
  return places
}

const NOBODY: ReadonlySet<NodeId> = new Set()
/** From the ring to the empty seats beside it, which leaves room for what stands beside a node, and from one of these to the next. */
const SEATS_AWAY = 200
const SEATS_APART = 96
const SEATS_PER_COLUMN = 4

/** Neighbours on the ring keep at least 120 units between them. */
export function ringRadius(count: number): number {
  if (count <= 1) return 60
  return Math.max(150, Math.round(120 / (2 * Math.sin(Math.PI / count))))
}

/** Takes what a person moved over the calm arrangement; places of endpoints that do not exist are forgotten. */
export function withMoved(places: Places, moved: { readonly [endpoint: string]: Point }): Map<EndpointId, Point> {
  return new Map([...places].map(([id, place]) => [id, moved[id] ?? place]))
}

/** Where endpoints stand while `groups` are kept apart: each side goes a little away from the middle of all of them. */
export function drifted(places: Places, groups: readonly (readonly EndpointId[])[]): Map<EndpointId, Point> {
  const result = new Map(places)
  const members = groups.flat().filter((id) => places.has(id))
  if (groups.length < 2 || members.length === 0) return result
  const middle = centre(members.map((id) => places.get(id)!))
  groups.forEach((group, index) => {
    const here = group.filter((id) => places.has(id))
    if (here.length === 0) return
    const own = centre(here.map((id) => places.get(id)!))
    const length = Math.hypot(own.x - middle.x, own.y - middle.y)
    // Sides that stand around one another have the same middle: tell them apart by their order.
    const angle = (2 * Math.PI * index) / groups.length
    const away =
      length < 1 ? { x: Math.cos(angle), y: Math.sin(angle) } : { x: (own.x - middle.x) / length, y: (own.y - middle.y) / length }
    for (const id of here) {
      const place = places.get(id)!
      result.set(id, { x: place.x + away.x * DRIFT, y: place.y + away.y * DRIFT })
    }
  })
  return result
}

export function centre(points: readonly Point[]): Point {
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 })
  return { x: sum.x / points.length, y: sum.y / points.length }
}

const round = (value: number) => Math.round(value * 10) / 10

const key = (run: string) => `synod.topology.${run}`

/** What a person moved in this run, as remembered. Storage that is missing or holds something else counts as nothing moved. */
export function recallMoved(storage: Pick<Storage, 'getItem'>, run: string): { [endpoint: string]: Point } {
  try {
    const found: unknown = JSON.parse(storage.getItem(key(run)) ?? '{}')
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, Point] => isPoint(entry[1])))
  } catch {
    return {}
  }
}

export function rememberMoved(
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
  run: string,
  moved: { readonly [endpoint: string]: Point },
): void {
  try {
    if (Object.keys(moved).length === 0) storage.removeItem(key(run))
    else storage.setItem(key(run), JSON.stringify(moved))
  } catch {
    // A full or forbidden storage costs the arrangement, nothing else.
  }
}

function isPoint(value: unknown): value is Point {
  return typeof value === 'object' && value !== null && Number.isFinite((value as Point).x) && Number.isFinite((value as Point).y)
}
