/**
 * Marks: one for each point of a lane, its shape by what it is. A disc took in a message, a diamond is a timer, a triangle a
 * start, a small dot the news that something is on disk; clients open an operation with a hollow square and close it with a full
 * one. A step that noted something wears a thin ring, one that turned the run, such as an election won, two.
 */

import { NOTED } from '../../../protocols/causality/columns.ts'
import { type Side, sideOf } from '../../../protocols/causality/cone.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { StepInputKind } from '../../../protocols/wire/tap.ts'
import { nodeToken } from '../../model/hues.ts'
import { fitted } from './fitted.ts'
import type { Pen } from './pen.ts'
import type { Plane } from './plane.ts'
import type { Amount, Scene } from './scene.ts'

/** From here on marks are ticks. */
const SHAPES_MAX = 900
const LABELS_MAX = 70
/** Of so many marks in sight those that noted something are told apart. */
const RINGS_MAX = 220
/** Words on what was noted are read from further away. */
const NOTES_MAX = 140
const LABEL_PX = 200
/** So much of the lane behind a turning point its words take, about. */
const TURNING_WORDS_PX = 90
/** Turning points nearer to each other than this are drawn as one. */
const TURNING_GAP_PX = 5

export type MarkShape = 'message' | 'timer' | 'start' | 'durable' | 'invoke' | 'return' | 'other'

export function shapeOf(kind: number, type: number): MarkShape {
  if (kind === ChunkKind.invoke) return 'invoke'
  if (kind === ChunkKind.return) return 'return'
  if (kind !== ChunkKind.step) return 'other'
  switch (type & 7) {
    case StepInputKind.start:
      return 'start'
    case StepInputKind.timer:
      return 'timer'
    case StepInputKind.durable:
      return 'durable'
    case StepInputKind.control:
      return 'other'
    default:
      return 'message'
  }
}

export const isNoted = (kind: number, type: number): boolean => kind === ChunkKind.step && (type & NOTED) !== 0

interface Seen {
  readonly row: number
  readonly along: number
}

export function drawMarks(scene: Scene, plane: Plane, pen: Pen, amount: Amount): void {
  for (const lane of scene.endpoints.keys()) {
    if (plane.across(lane) < plane.edge - plane.gap || plane.across(lane) > 8000) continue
    if (amount.marks > SHAPES_MAX) drawTicks(scene, plane, pen, lane)
    else drawShapes(scene, plane, pen, lane, amount)
  }
}

function drawTicks(scene: Scene, plane: Plane, pen: Pen, lane: number): void {
  const { drawing, view, cone } = scene
  const across = plane.across(lane)
  const [plain, faded]: [number[], number[]] = [[], []]
  drawing.marks[lane]?.visit(view.from, view.to, (row) => {
    const along = plane.along(drawing.placement.ofRow(row))
    const isFaded = cone !== undefined && isConcurrent(sideOf(drawing.columns, cone, row))
    const high = isFaded ? 2 : 5
    const list = isFaded ? faded : plain
    plane.put(list, along, across - high)
    plane.put(list, along, across + high)
  })
  const token = nodeToken(scene.endpoints[lane] as never)
  pen.lines(faded, { token, width: 1, alpha: 0.5 })
  pen.lines(plain, { token, width: 1 })
}

const isConcurrent = (side: Side): boolean => side === 'concurrent' || side === 'unknown'

function drawShapes(scene: Scene, plane: Plane, pen: Pen, lane: number, amount: Amount): void {
  const { drawing, view, cone } = scene
  const { columns, placement } = drawing
  const across = plane.across(lane)
  const lists: Record<MarkShape, number[]> = { message: [], timer: [], start: [], durable: [], invoke: [], return: [], other: [] }
  const faded: number[] = []
  const rings: number[] = []
  const noted: Seen[] = []
  const plain: Seen[] = []
  const rim = plane.units(10)
  drawing.marks[lane]?.visit(view.from - rim, view.to + rim, (row) => {
    const along = plane.along(placement.ofRow(row))
    if (cone && isConcurrent(sideOf(columns, cone, row))) return plane.put(faded, along, across)
    const [kind, type] = [columns.kind[row] as number, columns.type[row] as number]
    const shape = shapeOf(kind, type)
    plane.put(lists[shape], along, across)
    if (isNoted(kind, type)) {
      plane.put(rings, along, across)
      noted.push({ row, along })
    } else if (shape !== 'message' && shape !== 'other') plain.push({ row, along })
  })
  const token = nodeToken(scene.endpoints[lane] as never)
  const ground = { token: 'surface' }
  pen.circles(faded, 2.25, ground, { token, width: 1, alpha: 0.6 })
  if (amount.marks <= RINGS_MAX) pen.circles(rings, 6.5, ground, { token: 'text-soft', width: 1 })
  pen.circles(lists.message, 4, { token })
  pen.circles(lists.durable, 2, { token })
  pen.circles(lists.other, 2.5, { token })
  const timers = corners(lists.timer, [0, -5, 5, 0, 0, 5, -5, 0])
  pen.areas(timers, 4, ground)
  outline(pen, timers, 4, token)
  pen.areas(corners(lists.start, view.down ? [-5, -4, 5, -4, 0, 6] : [-4, -5, 6, 0, -4, 5]), 3, { token })
  const square = [-3.5, -3.5, 3.5, -3.5, 3.5, 3.5, -3.5, 3.5]
  const calls = corners(lists.invoke, square)
  pen.areas(calls, 4, ground)
  outline(pen, calls, 4, token)
  pen.areas(corners(lists.return, square), 4, { token })
  if (noted.length > 0 && amount.marks <= NOTES_MAX) drawWords(scene, plane, pen, across, noted, turningOn(scene, plane, lane))
  if (amount.marks <= LABELS_MAX) drawWords(scene, plane, pen, across, plain)
}

function corners(at: readonly number[], offsets: readonly number[]): number[] {
  const xy: number[] = []
  for (let i = 0; i + 1 < at.length; i += 2)
    for (let j = 0; j + 1 < offsets.length; j += 2)
      xy.push((at[i] as number) + (offsets[j] as number), (at[i + 1] as number) + (offsets[j + 1] as number))
  return xy
}

function outline(pen: Pen, xy: readonly number[], count: number, token: string): void {
  const lines: number[] = []
  for (let i = 0; i < xy.length; i += 2 * count)
    for (let corner = 0; corner < count; corner++) {
      const [a, b] = [i + 2 * corner, i + 2 * ((corner + 1) % count)]
      lines.push(xy[a] as number, xy[a + 1] as number, xy[b] as number, xy[b + 1] as number)
    }
  pen.lines(lines, { token, width: 1.5 })
}

/** Where on the lane turning points say what they are, along, in order. */
export const turningOn = ({ drawing, turningPoints }: Scene, plane: Plane, lane: number): number[] =>
  turningPoints
    .filter(({ row }) => drawing.columns.has(row) && drawing.columns.lane[row] === lane)
    .map(({ row }) => plane.along(drawing.placement.ofRow(row)))

/**
 * Over the lane for what a step noted, under it (without `turning`) for what it was; those that would run into each other are left out, and none
 * runs into the words of a turning point, which stand over the lane too, or on into the next lane or over the edge.
 */
function drawWords(scene: Scene, plane: Plane, pen: Pen, across: number, seen: readonly Seen[], turning?: readonly number[]): void {
  const { down } = scene.view
  let free = Number.NEGATIVE_INFINITY
  for (const { row, along } of [...seen].sort((a, b) => a.along - b.along)) {
    const words = scene.words(row)
    if (!words) continue
    const look = { token: 'text-soft', halo: 'surface' } as const
    const start = along - (down ? 6 : 4)
    if (start < free) continue
    const next = turning?.find((turn) => turn > along - TURNING_WORDS_PX) ?? Number.POSITIVE_INFINITY
    if (down && next - along < 16) continue
    const room = down ? Math.min(plane.gap, scene.view.width - across) - 18 : Math.min(next - 12, plane.tail) - start
    const text = fitted(pen, shortened(words), room)
    if (text === '') continue
    free = start + (down ? 16 : Math.min(LABEL_PX, pen.measure(text, look)) + 10)
    if (down) pen.text(across + 11, along, text, look)
    else pen.text(start, across + (turning ? -15 : 14), text, look)
  }
}

const shortened = (text: string): string => (text.length <= 34 ? text : `${text.slice(0, 33)}…`)

/** Turning points stand out at every zoom; their words as far as they do not run into each other. */
export function drawTurningPoints(scene: Scene, plane: Plane, pen: Pen): void {
  const { drawing, view, turningPoints, endpoints } = scene
  const free = endpoints.map(() => Number.NEGATIVE_INFINITY)
  const last = endpoints.map(() => Number.NEGATIVE_INFINITY)
  for (const { row, kind, text } of turningPoints) {
    const lane = drawing.columns.lane[row] as number
    const place = drawing.placement.ofRow(row)
    if (!drawing.columns.has(row) || lane >= endpoints.length || !(place >= view.from && place <= view.to)) continue
    const [along, across] = [plane.along(place), plane.across(lane)]
    // Of a whole long run there are thousands: rings on rings say no more than one. What was violated is never left out.
    if (kind !== 'violation' && along - (last[lane] as number) < TURNING_GAP_PX) continue
    last[lane] = along
    const xy = [plane.x(along, across), plane.y(along, across)]
    const token = kind === 'violation' ? 'violation' : 'text'
    pen.circles(xy, 6, undefined, { token: 'surface', width: 4 })
    pen.circles(xy, 6, undefined, { token, width: 1.5 })
    pen.circles(xy, 9, undefined, { token, width: 1.5 })
    const look = { token: kind === 'violation' ? 'violation' : 'text', bold: true, halo: 'surface' } as const
    const long = pen.measure(text, look)
    const start = view.down ? along - 4 : Math.min(along - 4, plane.tail - long - 4)
    if (start < (free[lane] as number)) continue
    free[lane] = start + (view.down ? 18 : long + 10)
    if (view.down) pen.text(across + 14, along, text, look)
    else pen.text(start, across - 18, text, look)
  }
}
