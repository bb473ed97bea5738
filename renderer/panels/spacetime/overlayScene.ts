/** What a person put over the diagram, or looks at: the chosen events, the proof of their order, a cut, a brush, the playhead. */
import type { Pen } from './pen.ts'
import { alongClamped, type Plane } from './plane.ts'
import type { Scene } from './scene.ts'

/** What is not read yet says so, or one would think that nothing happened there. */
export function drawUnread({ readTo, view }: Scene, plane: Plane, pen: Pen): void {
  if (readTo === undefined) return
  const from = Math.max(plane.head, alongClamped(readTo, view))
  if (from >= plane.tail) return
  const far = view.down ? view.width : view.height
  pen.rect(...plane.box(from, plane.edge, plane.tail - from, far), { token: 'sunken', alpha: 0.7 })
  const [along, across] = [(from + plane.tail) / 2, plane.edge + 14]
  if (plane.tail - from > 90)
    pen.text(plane.x(along, across), plane.y(along, across), 'being read', { token: 'text-soft', align: 'center', halo: 'surface' })
}

export function drawBrush({ brush, drawing, view }: Scene, plane: Plane, pen: Pen): void {
  if (!brush || drawing.axis !== 'time') return
  const from = alongClamped(brush.fromUs, view)
  const to = alongClamped(brush.toUs, view)
  const far = view.down ? view.width : view.height
  pen.rect(...plane.box(from, plane.edge, to - from, far), { token: 'accent-wash' })
  for (const at of [from, to]) pen.rect(...plane.box(at, plane.edge, 1, far), { token: 'accent-line' })
}

/** Where a row is to be found: its own lane; a lost message where it was lost. Undefined: nowhere on this axis. */
export function spotOf(
  { drawing, endpoints }: Pick<Scene, 'drawing' | 'endpoints'>,
  row: number,
): { place: number; lane: number } | undefined {
  const place = drawing.placement.ofRow(row)
  const lane = drawing.columns.lane[row] as number
  return Number.isNaN(place) || lane >= endpoints.length || !drawing.columns.has(row) ? undefined : { place, lane }
}

export function drawChosen(scene: Scene, plane: Plane, pen: Pen): void {
  const { chosen, other, hovered } = scene
  const ring = (row: number | undefined, token: string, radius: number, letter?: string) => {
    const spot = row === undefined ? undefined : spotOf(scene, row)
    if (!spot) return
    const [along, across] = [plane.along(spot.place), plane.across(spot.lane)]
    if (along < plane.head - 20 || along > plane.tail + 20) return
    const [x, y] = [plane.x(along, across), plane.y(along, across)]
    pen.circles([x, y], radius, undefined, { token: 'surface', width: 5 })
    pen.circles([x, y], radius, undefined, { token, width: 2.25 })
    if (letter !== undefined) pen.text(x, y - radius - 9, letter, { token: 'accent', bold: true, align: 'center', halo: 'surface' })
  }
  if (hovered !== chosen && hovered !== other) ring(hovered, 'text-soft', 8)
  ring(other, 'accent', 9, 'b')
  ring(chosen, 'accent', 9, other === undefined ? undefined : 'a')
}

/** The messages of the proof, and the ways along the lanes between them. */
export function drawProof(scene: Scene, plane: Plane, pen: Pen): void {
  const { proof } = scene
  if (!proof) return
  const xy: number[] = []
  const received: number[] = []
  const stop = (row: number, list?: number[]) => {
    const spot = spotOf(scene, row)
    if (!spot) return
    plane.put(xy, alongClamped(spot.place, scene.view), plane.across(spot.lane))
    if (list) plane.put(list, alongClamped(spot.place, scene.view), plane.across(spot.lane))
  }
  stop(proof.from)
  for (const { send, delivery } of proof.links) {
    stop(send)
    stop(delivery, received)
  }
  stop(proof.to)
  pen.path(xy, { token: 'surface', width: 7 })
  pen.path(xy, { token: 'accent', width: 3.5 })
  pen.circles(received, 5, { token: 'accent' }, { token: 'surface', width: 1.5 })
}

export function drawCut({ cut, view, drawing, endpoints }: Scene, plane: Plane, pen: Pen): void {
  if (!cut) return
  const early: number[] = []
  for (const { send, delivery } of cut.early) {
    plane.put(early, alongClamped(drawing.placement.ofRow(send), view), plane.across(drawing.columns.lane[send] as number))
    plane.put(early, alongClamped(drawing.placement.ofRow(delivery), view), plane.across(drawing.columns.lane[delivery] as number))
  }
  pen.lines(early, { token: 'surface', width: 6 })
  pen.lines(early, { token: 'text', width: 3 })
  const xy: number[] = []
  const knobs: number[] = []
  for (const [lane, place] of cut.places.entries()) {
    if (lane >= endpoints.length) break
    const along = alongClamped(place, view)
    const across = plane.across(lane)
    if (lane === 0) plane.put(xy, along, across - plane.gap / 2)
    plane.put(xy, along, across)
    plane.put(knobs, along, across)
    if (lane === endpoints.length - 1) plane.put(xy, along, across + plane.gap / 2)
  }
  pen.path(xy, { token: 'surface', width: 5 })
  pen.path(xy, { token: 'accent', width: 2, ...(cut.consistent ? {} : { dash: [6, 4] }) })
  pen.circles(knobs, 6, { token: 'raised' }, { token: 'accent', width: 2 })
}

/** On the axis of time a straight line; on the others the cut that the recording makes there: how far each lane has come. */
export function drawPlayhead({ playhead, drawing, view, endpoints }: Scene, plane: Plane, pen: Pen): void {
  const xy: number[] = []
  const far = view.down ? view.width : view.height
  if (drawing.axis === 'time') {
    const along = plane.along(playhead.atUs)
    if (along < plane.head - 8 || along > plane.tail + 8) return
    plane.put(xy, along, plane.edge - view.ribbons)
    plane.put(xy, along, far)
    pen.lines(xy, { token: 'accent', width: 1.5 })
    const [x, y] = [plane.x(along, plane.edge - view.ribbons), plane.y(along, plane.edge - view.ribbons)]
    pen.rect(x - 4, y - 4, 8, 8, { token: 'accent' })
    return
  }
  for (const lane of endpoints.keys()) {
    const along = alongClamped(drawing.placement.between(lane, playhead.seq + 1, 0), view)
    plane.put(xy, along, plane.across(lane) - plane.gap / 2)
    plane.put(xy, along, plane.across(lane) + plane.gap / 2)
  }
  pen.path(xy, { token: 'accent', width: 1.5 })
}
