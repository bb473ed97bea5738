/**
 * Messages: an arrow from send to delivery. Requests are solid with a filled head, replies thin with an open one; elections
 * carry a dot on their tail, clients a bar; the hue is their family's. A lost one ends in a cross, one that was held stands at a
 * gate and is dashed from there, one that is still under way has no end. Copies of one message leave from one place.
 */
import { type Cone, sideOf } from '../../../protocols/causality/cone.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { LOST_SHARE } from './crossings.ts'
import type { Pen } from './pen.ts'
import { alongClamped, type Plane } from './plane.ts'
import type { Amount, Scene, TypeLook } from './scene.ts'

/** From here on the heads of arrows would lie on each other, and lines are no wider than a hair: wider ones are filled as areas, which for a thousand costs twenty times as much. */
const HEADS_MAX = 700
const LABELS_MAX = 26
const STUB_PX = 26
/** A mark's own radius: heads end before it. */
const MARK_PX = 4

interface Batch {
  readonly look: TypeLook
  readonly faded: boolean
  readonly lines: number[]
  readonly dashed: number[]
  readonly heads: number[]
  readonly openHeads: number[]
  readonly dots: number[]
  readonly bars: number[]
}

interface Way {
  readonly row: number
  readonly from: number
  readonly fromAcross: number
  readonly to: number
  readonly toAcross: number
}

const UNKNOWN: TypeLook = { name: 'a message', token: 'family-other', family: 'other', style: 'request' }

export function drawMessages(scene: Scene, plane: Plane, pen: Pen, amount: Amount): void {
  const { drawing, view } = scene
  const { columns } = drawing
  const batches = new Map<number, Batch>()
  const crosses: number[] = []
  const gates: number[] = []
  const labels: Way[] = []
  const detailed = amount.messages <= HEADS_MAX
  const rim = plane.units(STUB_PX)

  const batchOf = (send: number, faded: boolean): Batch => {
    const type = columns.type[send] as number
    const key = type * 2 + (faded ? 1 : 0)
    let batch = batches.get(key)
    if (!batch) {
      batch = { look: scene.types[type] ?? UNKNOWN, faded, lines: [], dashed: [], heads: [], openHeads: [], dots: [], bars: [] }
      batches.set(key, batch)
    }
    return batch
  }
  const line = (list: number[], from: number, fromAcross: number, to: number, toAcross: number) => {
    plane.put(list, from, fromAcross)
    plane.put(list, to, toAcross)
  }

  const see = (send: number, row: number): void => {
    const faded = isAside(scene, row, send)
    const batch = batchOf(send, faded)
    const from = alongClamped(drawing.placement.ofRow(send), view)
    const to = alongClamped(drawing.placement.ofRow(row), view)
    const fromAcross = plane.across(columns.lane[send] as number)
    const lost = columns.kind[row] === ChunkKind.drop
    const goal = plane.across(columns.lane[row] as number)
    const toAcross = lost ? fromAcross + (goal - fromAcross) * LOST_SHARE : goal
    const hold = drawing.held.get(send)
    if (hold === undefined) line(batch.lines, from, fromAcross, to, toAcross)
    else {
      const gate = Math.min(to, alongClamped(drawing.placement.ofRow(hold), view))
      const middle = (fromAcross + goal) / 2
      line(batch.lines, from, fromAcross, gate, middle)
      line(batch.dashed, gate, middle, to, toAcross)
      if (detailed) line(gates, gate, middle - 5, gate, middle + 5)
    }
    if (lost) {
      if (to > plane.head - 6 && to < plane.tail + 6) plane.put(crosses, to, toAcross)
    } else if (detailed && !faded) {
      ornament(plane, batch, from, fromAcross, to, toAcross)
      // Of what is inferred nothing is known but its ends.
      if (amount.messages <= LABELS_MAX && columns.kind[row] !== ChunkKind.local) labels.push({ row, from, fromAcross, to, toAcross })
    }
  }
  for (const lane of drawing.messages.keys()) drawing.eachTo(lane, view.from - rim, view.to + rim, see)

  const seeUnderway = (send: number): void => {
    const hold = drawing.held.get(send)
    const batch = batchOf(send, isAside(scene, send, send))
    const from = alongClamped(drawing.placement.ofRow(send), view)
    const fromAcross = plane.across(columns.lane[send] as number)
    const goal = plane.across(columns.to[send] as number)
    const middle = (fromAcross + goal) / 2
    if (hold === undefined) {
      const to = from + STUB_PX
      line(batch.lines, from, fromAcross, (from + to) / 2, fromAcross + (goal - fromAcross) * 0.28)
      line(batch.dashed, (from + to) / 2, fromAcross + (goal - fromAcross) * 0.28, to, middle)
    } else {
      const gate = alongClamped(drawing.placement.ofRow(hold), view)
      line(batch.lines, from, fromAcross, gate, middle)
      line(batch.dashed, gate, middle, Math.max(gate + STUB_PX, alongClamped(drawing.end, view)), middle)
      if (detailed) line(gates, gate, middle - 5, gate, middle + 5)
    }
  }
  drawing.visitUnderway(view.from - rim, view.to, seeUnderway)
  // One that waits at a gate reaches from wherever it was sent.
  for (const send of drawing.held.keys())
    if (drawing.underway.has(send) && drawing.placement.ofRow(send) < view.from - rim) seeUnderway(send)

  for (const faded of [true, false]) for (const batch of batches.values()) if (batch.faded === faded) paint(pen, batch, detailed)
  pen.lines(gates, { token: 'fault', width: 2 })
  drawCrosses(pen, crosses, detailed ? 4 : 2.5)
  if (labels.length > 0) drawLabels(scene, plane, pen, labels)
}

/** Beside the cone of the chosen event: it is neither known to its past nor hears of it. */
function isAside({ cone, drawing }: Scene, row: number, send: number): boolean {
  return cone !== undefined && !isInCone(drawing.columns, cone, row, send)
}

/** True of a message that is part of the past of an event, or of its future. */
export function isInCone(columns: Scene['drawing']['columns'], cone: Cone, row: number, send: number): boolean {
  if (columns.kind[row] === ChunkKind.deliver || columns.kind[row] === ChunkKind.local) {
    const side = sideOf(columns, cone, row)
    if (side === 'past' || side === 'self') return true
  }
  const side = sideOf(columns, cone, send)
  return side === 'future' || side === 'self' || row === cone.row
}

/** Head and tail. */
function ornament(plane: Plane, batch: Batch, from: number, fromAcross: number, to: number, toAcross: number): void {
  const length = Math.hypot(to - from, toAcross - fromAcross)
  if (length < 14) return
  const [dx, dy] = [(to - from) / length, (toAcross - fromAcross) / length]
  const tip = MARK_PX + 1
  const [x, y] = [to - dx * tip, toAcross - dy * tip]
  const request = batch.look.style === 'request'
  const [long, wide] = request ? [9, 4] : [7, 3.5]
  const list = request ? batch.heads : batch.openHeads
  plane.put(list, x - dx * long + dy * wide, y - dy * long - dx * wide)
  plane.put(list, x, y)
  if (!request) plane.put(list, x, y)
  plane.put(list, x - dx * long - dy * wide, y - dy * long + dx * wide)
  if (length < 44) return
  const [tx, ty] = [from + dx * 14, fromAcross + dy * 14]
  if (batch.look.family === 'election') plane.put(batch.dots, tx, ty)
  else if (batch.look.family === 'client') {
    plane.put(batch.bars, tx + dy * 4, ty - dx * 4)
    plane.put(batch.bars, tx - dy * 4, ty + dx * 4)
  }
}

function paint(pen: Pen, { look, faded, lines, dashed, heads, openHeads, dots, bars }: Batch, detailed: boolean): void {
  const width = faded ? 0.75 : look.style === 'request' ? (detailed ? 1.6 : 1) : detailed ? 1 : 0.75
  const alpha = faded ? 0.3 : detailed ? 0.95 : 0.6
  const { token } = look
  pen.lines(lines, { token, width, alpha, ...(faded ? { dash: [1, 3] } : {}) })
  pen.lines(dashed, { token, width: Math.max(1.25, width), alpha, dash: [5, 4] })
  pen.areas(heads, 3, { token })
  pen.lines(openHeads, { token, width: 1.25 })
  pen.circles(dots, 2.5, { token })
  pen.lines(bars, { token, width: 1.5 })
}

function drawCrosses(pen: Pen, at: readonly number[], size: number): void {
  const lines: number[] = []
  for (let i = 0; i + 1 < at.length; i += 2) {
    const [x, y] = [at[i] as number, at[i + 1] as number]
    lines.push(x - size, y - size, x + size, y + size, x + size, y - size, x - size, y + size)
  }
  pen.lines(lines, { token: 'surface', width: 4 })
  pen.lines(lines, { token: 'text', width: 1.75 })
}

/** Words along the arrow, where it is long enough to carry them; never upside down. */
function drawLabels(scene: Scene, plane: Plane, pen: Pen, ways: readonly Way[]): void {
  for (const { row, from, fromAcross, to, toAcross } of ways) {
    const send = scene.drawing.columns.cause[row] as number
    const text = scene.words(send) ?? scene.types[scene.drawing.columns.type[send] as number]?.name
    if (!text) continue
    const [x0, y0, x1, y1] = [plane.x(from, fromAcross), plane.y(from, fromAcross), plane.x(to, toAcross), plane.y(to, toAcross)]
    const look = { token: 'text-soft', align: 'center', halo: 'surface' } as const
    const room = Math.hypot(x1 - x0, y1 - y0) - 44
    const fitting = fitted(pen, text, room)
    if (fitting === '') continue
    let angle = Math.atan2(y1 - y0, x1 - x0)
    if (angle > Math.PI / 2) angle -= Math.PI
    else if (angle < -Math.PI / 2) angle += Math.PI
    pen.text((x0 + x1) / 2 + Math.sin(angle) * 8, (y0 + y1) / 2 - Math.cos(angle) * 8, fitting, { ...look, angle })
  }
}

/** As much of the text as has room; nothing where not even its first word has. */
function fitted(pen: Pen, text: string, room: number): string {
  const look = { token: 'text' }
  if (pen.measure(text, look) <= room) return text
  const head = text.split(' · ')[0] as string
  return pen.measure(head, look) <= room ? head : ''
}
