/**
 * The shape of links: each direction is its own shallow arc, bowed to the right of its way, so that `n1 → n2` and `n2 → n1` lie side
 * by side and a fault in one direction is seen in one direction. Quadratic Bézier curves, trimmed where they meet the nodes' rims.
 */
import type { Point } from './arrangement.ts'

export interface Arc {
  readonly from: Point
  readonly control: Point
  readonly to: Point
}

/** How far an arc's control point stands from the straight line between the nodes: the same for all, so that Cytoscape draws the same curve while a node is dragged. */
export const BOW = 17

/** The arc from the rim of a node at `a` to the rim of a node at `b`. */
export function arcBetween(a: Point, b: Point, radiusA: number, radiusB: number): Arc {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
  const ux = (b.x - a.x) / length
  const uy = (b.y - a.y) / length
  // With y pointing down, (-uy, ux) points to the right of somebody who walks from a to b.
  const control = { x: (a.x + b.x) / 2 - uy * BOW, y: (a.y + b.y) / 2 + ux * BOW }
  return { from: towards(a, control, radiusA), control, to: towards(b, control, radiusB) }
}

/** The point at `fraction` of the curve's parameter, 0 at the sender's rim and 1 at the receiver's. */
export function pointAt(arc: Arc, fraction: number): Point {
  const rest = 1 - fraction
  const p = rest * rest
  const q = 2 * rest * fraction
  const r = fraction * fraction
  return { x: p * arc.from.x + q * arc.control.x + r * arc.to.x, y: p * arc.from.y + q * arc.control.y + r * arc.to.y }
}

/** The direction of travel at `fraction`, in radians. */
export function angleAt(arc: Arc, fraction: number): number {
  const rest = 1 - fraction
  const dx = rest * (arc.control.x - arc.from.x) + fraction * (arc.to.x - arc.control.x)
  const dy = rest * (arc.control.y - arc.from.y) + fraction * (arc.to.y - arc.control.y)
  return Math.atan2(dy, dx)
}

/** A label keeps so far beside the way to the clients, on which messages run; radians. */
const BESIDE = Math.PI / 3

/** Where the label of what stands at `at` goes, as a unit vector: away from the middle of all nodes, beside the way to the clients. */
export function labelSide(at: Point, middle: Point, clients: Point | undefined): Point {
  if (Math.hypot(at.x - middle.x, at.y - middle.y) < 1) return { x: 0, y: -1 }
  const away = Math.atan2(at.y - middle.y, at.x - middle.x)
  const way = clients ? Math.atan2(clients.y - at.y, clients.x - at.x) : Number.NaN
  const beside = Math.atan2(Math.sin(away - way), Math.cos(away - way))
  const side = Math.abs(beside) < BESIDE ? way + (beside < 0 ? -BESIDE : BESIDE) : away
  return { x: Math.cos(side), y: Math.sin(side) }
}

/** The distance from `point` to the arc, good to about a unit: what the mouse is over. */
export function distanceTo(arc: Arc, point: Point): number {
  let best = Number.POSITIVE_INFINITY
  let before = arc.from
  for (let i = 1; i <= 16; i++) {
    const next = pointAt(arc, i / 16)
    best = Math.min(best, distanceToSegment(before, next, point))
    before = next
  }
  return best
}

function distanceToSegment(a: Point, b: Point, p: Point): number {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const t = Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(a.x + t * dx - p.x, a.y + t * dy - p.y)
}

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length }
}

/** True when `point` lies inside the closed polygon (even-odd rule): what a lasso holds. */
export function inside(polygon: readonly Point[], point: Point): boolean {
  let odd = false
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i]!
    const b = polygon[j]!
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) odd = !odd
  }
  return odd
}
