/**
 * Faults on links: a cut is a gap with a notch on either side, in the direction that is cut; delay, loss and the rest stand on the
 * link in a small tag; a hold is a gate; what keeps two sides apart is a line between them. All in the colour of faults.
 */
import type { Pen } from '../../model/picture/pen.ts'
import type { Point } from './arrangement.ts'
import { type Arc, angleAt, pointAt } from './geometry.ts'
import { DATA_FONT, glyphScale, type Ink, toScreen, type View } from './ink.ts'
import type { LinkMark } from './scene.ts'
import { GATE_AT } from './timing.ts'

/** The same tag on more links than this is told once, in the legend. */
export const TAGS_MAX = 6
const GAP = 0.07
const BETWEEN = ' · '

export function arcOnScreen(arc: Arc, view: View): Arc {
  return { from: toScreen(view, arc.from), control: toScreen(view, arc.control), to: toScreen(view, arc.to) }
}

/** What the tag of a link says; empty when its faults need none. */
export function tagText(mark: LinkMark): string {
  const parts: string[] = []
  if (mark.delay) parts.push(mark.delay)
  if (mark.loss) parts.push(`${mark.loss} lost`)
  return [...parts, ...mark.notes].join(BETWEEN)
}

/** Draws the link's line in the colour of faults, and what stands on it. `apart`: the link crosses a partition, whose line says it already. */
export function drawLinkMark(pen: Pen, mark: LinkMark, arc: Arc, ink: Ink, view: View, apart: boolean): void {
  const scale = glyphScale(view)
  pen.save()
  pen.strokeStyle = ink.fault
  pen.lineCap = 'butt'
  if (mark.cut === 'all') {
    pen.lineWidth = 1.25 * scale
    pen.globalAlpha = apart ? 0.4 : 1
    stroke(pen, arc, 0, 0.5 - GAP)
    stroke(pen, arc, 0.5 + GAP, 1)
    if (!apart) {
      notch(pen, arc, 0.5 - GAP, 6 * scale, 2 * scale)
      notch(pen, arc, 0.5 + GAP, 6 * scale, 2 * scale)
    }
  } else {
    pen.lineWidth = 1.25 * scale
    pen.globalAlpha = 0.85
    stroke(pen, arc, 0, 1)
    if (mark.cut === 'some') {
      pen.globalAlpha = 1
      pen.setLineDash([3 * scale, 2 * scale])
      notch(pen, arc, 0.5, 8 * scale, 2 * scale)
      pen.setLineDash([])
    }
  }
  if (mark.hold !== undefined) drawGate(pen, arc, scale)
  pen.restore()
}

/** The tag stands outside its own arc, a line for each fault: narrow enough for a short link, and clear of the messages and of the way back. */
export function drawTag(pen: Pen, text: string, arc: Arc, ink: Ink, view: View): void {
  const scale = glyphScale(view)
  const lines = text.split(BETWEEN)
  pen.save()
  pen.font = `500 ${11 * scale}px ${DATA_FONT}`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  const row = 14 * scale
  const width = Math.max(...lines.map((line) => pen.measureText(line).width)) + 10 * scale
  const height = row * lines.length + 3 * scale
  const at = beside(arc, width, height, 7 * scale)
  pen.beginPath()
  pen.roundRect(at.x - width / 2, at.y - height / 2, width, height, 4 * scale)
  pen.fillStyle = ink.surface
  pen.fill()
  pen.strokeStyle = ink.fault
  pen.lineWidth = 1
  pen.stroke()
  pen.fillStyle = ink.faultText
  for (const [index, line] of lines.entries()) pen.fillText(line, at.x, at.y + (index - (lines.length - 1) / 2) * row + 0.5)
  pen.restore()
}

/** The middle of a box that stands beside the middle of the arc, on the side to which it bows, `gap` away from it. */
export function beside(arc: Arc, width: number, height: number, gap: number): Point {
  const middle = pointAt(arc, 0.5)
  const chord = { x: (arc.from.x + arc.to.x) / 2, y: (arc.from.y + arc.to.y) / 2 }
  const length = Math.hypot(middle.x - chord.x, middle.y - chord.y) || 1
  const out = { x: (middle.x - chord.x) / length, y: (middle.y - chord.y) / length }
  const away = (Math.abs(out.x) * width + Math.abs(out.y) * height) / 2 + gap
  return { x: middle.x + out.x * away, y: middle.y + out.y * away }
}

/** Two posts and a bar: nothing passes until it is let through. */
function drawGate(pen: Pen, arc: Arc, scale: number): void {
  const at = pointAt(arc, GATE_AT)
  pen.save()
  pen.globalAlpha = 1
  pen.translate(at.x, at.y)
  pen.rotate(angleAt(arc, GATE_AT))
  pen.lineWidth = 2.5 * scale
  pen.beginPath()
  pen.moveTo(0, -9 * scale)
  pen.lineTo(0, 9 * scale)
  pen.moveTo(-3.5 * scale, -9 * scale)
  pen.lineTo(3.5 * scale, -9 * scale)
  pen.moveTo(-3.5 * scale, 9 * scale)
  pen.lineTo(3.5 * scale, 9 * scale)
  pen.stroke()
  pen.restore()
}

/** The line between two sides: round dots, heavier than any link. */
export function drawDivide(pen: Pen, line: readonly Point[], ink: Ink, scale: number): void {
  const [first, ...rest] = line
  if (!first) return
  pen.save()
  pen.strokeStyle = ink.fault
  pen.lineWidth = 2.5 * scale
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.setLineDash([0.1, 7 * scale])
  pen.beginPath()
  pen.moveTo(first.x, first.y)
  for (const { x, y } of rest) pen.lineTo(x, y)
  pen.stroke()
  pen.restore()
}

function notch(pen: Pen, arc: Arc, at: number, half: number, width: number): void {
  const point = pointAt(arc, at)
  const angle = angleAt(arc, at) + Math.PI / 2
  pen.lineWidth = width
  pen.beginPath()
  pen.moveTo(point.x - Math.cos(angle) * half, point.y - Math.sin(angle) * half)
  pen.lineTo(point.x + Math.cos(angle) * half, point.y + Math.sin(angle) * half)
  pen.stroke()
}

/** The part of the curve between two fractions. */
export function stroke(pen: Pen, arc: Arc, from: number, to: number): void {
  const start = pointAt(arc, from)
  pen.beginPath()
  pen.moveTo(start.x, start.y)
  const pieces = Math.max(2, Math.ceil((to - from) * 16))
  for (let i = 1; i <= pieces; i++) {
    const p = pointAt(arc, from + ((to - from) * i) / pieces)
    pen.lineTo(p.x, p.y)
  }
  pen.stroke()
}
