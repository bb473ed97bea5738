/**
 * What the query found: corners round it, which nothing else wears, at a mark, at the tail of a message or at its head. Where
 * things are too many to be told apart a notch stands over the lane; where the matches are, one under the axis.
 */

import { spotOf } from './overlayScene.ts'
import type { Pen } from './pen.ts'
import type { Plane } from './plane.ts'
import { type Amount, isDense, type Matched, type Scene } from './scene.ts'

const CORNER_PX = 9
const ARM_PX = 4
/** More matches in sight than these are notches of the axis only. */
const NOTCHES_MAX = 2000
const NOTCH_PX = 4

export function drawMatches(scene: Scene, plane: Plane, pen: Pen, amount: Amount): void {
  const { matched } = scene
  if (!matched || matched.rows.length === 0) return
  if (isDense(amount)) drawNotches(scene, matched, plane, pen)
  else drawCorners(scene, matched, plane, pen)
}

function drawCorners(scene: Scene, matched: Matched, plane: Plane, pen: Pen): void {
  const { drawing, view } = scene
  const lines: number[] = []
  const seen = new Set<number>()
  const see = (row: number): void => {
    if (seen.has(row) || !matched.has(row)) return
    seen.add(row)
    const spot = spotOf(scene, row)
    if (spot) corners(lines, plane, plane.along(spot.place), plane.across(spot.lane))
  }
  const rim = plane.units(CORNER_PX)
  for (const lane of drawing.marks) lane.visit(view.from - rim, view.to + rim, see)
  for (const lane of drawing.messages.keys())
    drawing.eachTo(lane, view.from - rim, view.to + rim, (send, row) => {
      see(row)
      see(send)
    })
  drawing.visitUnderway(view.from - rim, view.to + rim, see)
  pen.lines(lines, { token: 'surface', width: 4 })
  pen.lines(lines, { token: 'accent', width: 1.75 })
}

function corners(lines: number[], plane: Plane, along: number, across: number): void {
  for (const [a, b] of [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const) {
    const [x, y] = [along + a * CORNER_PX, across + b * CORNER_PX]
    plane.put(lines, x, y)
    plane.put(lines, x - a * ARM_PX, y)
    plane.put(lines, x, y)
    plane.put(lines, x, y - b * ARM_PX)
  }
}

function drawNotches(scene: Scene, { rows, timesUs, firstAfter }: Matched, plane: Plane, pen: Pen): void {
  const { drawing, view, endpoints } = scene
  const isTime = drawing.axis === 'time'
  const [first, last] = isTime ? [firstAfter(view.from), firstAfter(view.to)] : [0, rows.length]
  const notches: number[] = []
  const notch = (along: number, across: number): void => {
    plane.put(notches, along - NOTCH_PX, across - NOTCH_PX * 1.5)
    plane.put(notches, along + NOTCH_PX, across - NOTCH_PX * 1.5)
    plane.put(notches, along, across)
  }
  if (last - first <= NOTCHES_MAX) {
    const free = endpoints.map(() => Number.NEGATIVE_INFINITY)
    for (let i = first; i < last; i++) {
      const spot = spotOf(scene, rows[i] as number)
      if (!spot || spot.lane >= endpoints.length || spot.place < view.from || spot.place > view.to) continue
      const along = plane.along(spot.place)
      if (isTime && along < (free[spot.lane] as number)) continue // one stands for those that would lie on it
      free[spot.lane] = along + 2 * NOTCH_PX
      notch(along, plane.across(spot.lane) - plane.gap * 0.24)
    }
  }
  if (isTime) {
    const end = plane.tail
    for (let along = plane.head, i = first; along < end && i < last; along += 2 * NOTCH_PX) {
      const until = firstAfter(view.from + plane.units(along + 2 * NOTCH_PX - plane.head))
      if (until > i && (timesUs[i] as number) >= view.from) notch(along + NOTCH_PX, plane.edge + NOTCH_PX * 1.5 + 1)
      i = until
    }
  }
  pen.areas(notches, 3, { token: 'accent' })
}
