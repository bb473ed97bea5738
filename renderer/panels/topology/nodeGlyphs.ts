/**
 * Nodes as they look: the ring says the role (leader: double with a crown; candidate: broken; follower: plain; crashed: a hollow
 * outline with a cross; paused: two bars; a liar wears a mask; an empty seat is a faint dashed place with a plus), its hue says which node, the number in the middle is the term.
 */
import { CLIENTS } from '../../../protocols/core/ids.ts'
import type { Pen } from '../../model/picture/pen.ts'
import { CLIENTS_RADIUS, NODE_RADIUS, type Point } from './arrangement.ts'
import { DATA_FONT, FONT, glyphScale, type Ink, type View } from './ink.ts'
import type { NodeMark } from './scene.ts'

export interface NodeLook {
  /** Centre on the canvas. */
  readonly at: Point
  /** Where the label goes: a unit vector away from the middle of the ring. */
  readonly outward: Point
  readonly selected: boolean
  readonly hovered: boolean
  readonly focused: boolean
  /** 1 right after the role changed, falling to 0. */
  readonly news: number
}

export function drawNode(pen: Pen, mark: NodeMark, look: NodeLook, ink: Ink, view: View): void {
  const scale = glyphScale(view)
  if (mark.id === CLIENTS) return drawClients(pen, mark, look, ink, view)
  const hue = ink.node(mark.id)
  const radius = NODE_RADIUS * view.zoom
  pen.save()
  pen.translate(look.at.x, look.at.y)
  pen.lineCap = 'butt'
  if (look.news > 0) drawNews(pen, radius, look.news, hue)
  drawFill(pen, mark, radius, hue, ink)
  drawHalo(pen, radius + (mark.role === 'leader' ? 9 : 5) * scale, look, ink) // under the crown, which stays whole
  drawRing(pen, mark, radius, hue, ink, scale)
  drawMiddle(pen, mark, radius, hue, ink, scale)
  if (mark.lies !== undefined && mark.status !== 'down') drawMask(pen, radius, mark.lies === '', ink, scale)
  drawLabel(pen, mark, radius, look.outward, ink, scale)
  pen.restore()
}

function drawNews(pen: Pen, radius: number, news: number, hue: string): void {
  pen.globalAlpha = news * 0.5
  pen.strokeStyle = hue
  pen.lineWidth = 2
  ring(pen, radius + 6 + Math.max(0, 1 - news) * 16) // the news may be younger than the frame
  pen.globalAlpha = 1
}

function drawFill(pen: Pen, mark: NodeMark, radius: number, hue: string, ink: Ink): void {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, 2 * Math.PI)
  pen.fillStyle = ink.surface
  pen.fill()
  if (mark.status !== 'up' && mark.status !== 'paused') return
  pen.globalAlpha = mark.status === 'paused' ? 0.06 : mark.role === 'leader' ? 0.26 : 0.12
  pen.fillStyle = hue
  pen.fill()
  pen.globalAlpha = 1
}

function drawRing(pen: Pen, mark: NodeMark, radius: number, hue: string, ink: Ink, scale: number): void {
  pen.strokeStyle = hue
  pen.lineWidth = 2.25 * scale
  if (mark.status === 'empty') {
    pen.strokeStyle = ink.faint
    pen.lineWidth = 1 * scale
    pen.globalAlpha = 0.7
    pen.setLineDash([3 * scale, 4 * scale])
    ring(pen, radius * 0.86)
    pen.setLineDash([])
    pen.globalAlpha = 1
    return
  }
  if (mark.status === 'down') {
    pen.lineWidth = 1.25 * scale
    pen.globalAlpha = 0.75
    ring(pen, radius)
    pen.globalAlpha = 1
    return
  }
  if (mark.status === 'starting') {
    pen.lineWidth = 1.5 * scale
    pen.setLineDash([2 * scale, 4 * scale])
    ring(pen, radius)
    pen.setLineDash([])
    return
  }
  if (mark.role === 'candidate') {
    pen.lineWidth = 2.75 * scale
    const piece = (2 * Math.PI * radius) / 6
    pen.setLineDash([piece * 0.62, piece * 0.38])
    ring(pen, radius)
    pen.setLineDash([])
    return
  }
  ring(pen, radius)
  if (ink.repeats(mark.id)) {
    pen.strokeStyle = ink.surface
    pen.lineWidth = 1 * scale
    pen.setLineDash([3 * scale, 3 * scale])
    ring(pen, radius)
    pen.setLineDash([])
    pen.strokeStyle = hue
  }
  if (mark.role === 'leader') {
    pen.lineWidth = 1.5 * scale
    ring(pen, radius + 5 * scale)
    drawCrown(pen, radius + 5 * scale, hue, ink, scale)
  }
}

/** Three points on the outer ring's top. */
function drawCrown(pen: Pen, radius: number, hue: string, ink: Ink, scale: number): void {
  const wide = 8 * scale
  const base = -radius + 2.5 * scale
  const high = 10 * scale
  pen.beginPath()
  pen.moveTo(-wide, base)
  pen.lineTo(-wide * 1.1, base - high)
  pen.lineTo(-wide * 0.45, base - high * 0.5)
  pen.lineTo(0, base - high * 1.15)
  pen.lineTo(wide * 0.45, base - high * 0.5)
  pen.lineTo(wide * 1.1, base - high)
  pen.lineTo(wide, base)
  pen.closePath()
  pen.lineWidth = 3 * scale
  pen.strokeStyle = ink.surface
  pen.stroke()
  pen.fillStyle = hue
  pen.fill()
}

/** A mask at the foot of the ring: it lies. Hollow: it has lied, and does no more. */
function drawMask(pen: Pen, radius: number, isOver: boolean, ink: Ink, scale: number): void {
  const wide = 11 * scale
  const high = 6.5 * scale
  pen.save()
  pen.translate(0, radius)
  pen.beginPath()
  pen.moveTo(-wide, -high * 0.7)
  pen.quadraticCurveTo(0, -high * 0.2, wide, -high * 0.7)
  pen.quadraticCurveTo(wide * 0.95, high, wide * 0.35, high * 0.75)
  pen.quadraticCurveTo(0, high * 0.2, -wide * 0.35, high * 0.75)
  pen.quadraticCurveTo(-wide * 0.95, high, -wide, -high * 0.7)
  pen.closePath()
  pen.lineWidth = 3 * scale
  pen.strokeStyle = ink.surface
  pen.stroke()
  pen.fillStyle = isOver ? ink.surface : ink.text
  pen.fill()
  pen.lineWidth = 1.25 * scale
  pen.strokeStyle = ink.text
  pen.stroke()
  pen.fillStyle = isOver ? ink.text : ink.surface
  for (const side of [-1, 1]) {
    pen.beginPath()
    pen.arc(side * wide * 0.45, high * 0.05, 1.9 * scale, 0, 2 * Math.PI)
    pen.fill()
  }
  pen.restore()
}

function drawMiddle(pen: Pen, mark: NodeMark, radius: number, hue: string, ink: Ink, scale: number): void {
  if (mark.status === 'empty') return drawPlus(pen, radius, mark.caption === 'add', ink, scale)
  if (mark.status === 'down') {
    const arm = radius * 0.36
    pen.strokeStyle = ink.faint
    pen.lineWidth = 2 * scale
    pen.lineCap = 'round'
    pen.beginPath()
    pen.moveTo(-arm, -arm)
    pen.lineTo(arm, arm)
    pen.moveTo(arm, -arm)
    pen.lineTo(-arm, arm)
    pen.stroke()
    return
  }
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  if (mark.status === 'paused') {
    pen.fillStyle = hue
    const tall = radius * 0.62
    const wide = radius * 0.2
    pen.fillRect(-radius * 0.32, -tall * 0.78, wide, tall)
    pen.fillRect(radius * 0.12, -tall * 0.78, wide, tall)
    pen.fillStyle = ink.soft
    pen.font = `500 ${11 * scale}px ${DATA_FONT}`
    pen.fillText(mark.epoch, 0, radius * 0.58)
    return
  }
  pen.fillStyle = ink.text
  pen.font = `600 ${(mark.epoch.length > 3 ? 12 : 16) * scale}px ${DATA_FONT}`
  pen.fillText(mark.epoch, 0, 0.5 * scale)
}

/** Somebody could sit there. */
function drawPlus(pen: Pen, radius: number, canAdd: boolean, ink: Ink, scale: number): void {
  if (!canAdd) return
  const arm = radius * 0.24
  pen.strokeStyle = ink.faint
  pen.lineWidth = 1.5 * scale
  pen.lineCap = 'round'
  pen.beginPath()
  pen.moveTo(-arm, 0)
  pen.lineTo(arm, 0)
  pen.moveTo(0, -arm)
  pen.lineTo(0, arm)
  pen.stroke()
}

function drawHalo(pen: Pen, radius: number, look: NodeLook, ink: Ink): void {
  if (look.selected || look.focused) {
    pen.strokeStyle = ink.accent
    pen.lineWidth = 2
    if (look.focused && !look.selected) pen.setLineDash([4, 3])
    ring(pen, radius)
    pen.setLineDash([])
  } else if (look.hovered) {
    pen.strokeStyle = ink.accentLine
    pen.lineWidth = 1.5
    ring(pen, radius)
  }
}

/** The name beside the node, away from the ring's middle, so that no link runs through it. */
function drawLabel(pen: Pen, mark: NodeMark, radius: number, outward: Point, ink: Ink, scale: number): void {
  const gap = radius + (mark.role === 'leader' ? 17 : 12) * scale
  const side = Math.abs(outward.x) > 0.35 ? Math.sign(outward.x) : 0
  const isEmpty = mark.status === 'empty'
  const lines = mark.caption === '' ? 1 : 2
  const height = (lines === 2 ? 31 : 16) * scale
  const x = side === 0 ? 0 : outward.x * gap
  const middle =
    side === 0
      ? Math.sign(outward.y || -1) * (gap + height / 2 + (mark.role === 'leader' ? 6 : 2) * scale)
      : outward.y * (gap + height * 0.35)
  pen.textAlign = side === 0 ? 'center' : side > 0 ? 'left' : 'right'
  pen.textBaseline = 'alphabetic'
  pen.lineJoin = 'round'
  const top = middle - height / 2 + 12 * scale
  write(
    pen,
    mark.id,
    x,
    top,
    `${isEmpty ? 500 : 600} ${13 * scale}px ${FONT}`,
    isEmpty ? ink.faint : mark.status === 'down' ? ink.soft : ink.text,
    ink.surface,
  )
  if (lines === 2) write(pen, mark.caption, x, top + 15 * scale, `400 ${11 * scale}px ${FONT}`, isEmpty ? ink.faint : ink.soft, ink.surface)
}

function drawClients(pen: Pen, mark: NodeMark, look: NodeLook, ink: Ink, view: View): void {
  const scale = glyphScale(view)
  const radius = CLIENTS_RADIUS * view.zoom
  pen.save()
  pen.translate(look.at.x, look.at.y)
  pen.beginPath()
  pen.roundRect(-radius, -radius * 0.8, radius * 2, radius * 1.6, 5 * scale)
  pen.fillStyle = ink.surface
  pen.fill()
  pen.strokeStyle = ink.node(CLIENTS)
  pen.lineWidth = 1.25 * scale
  pen.stroke()
  pen.strokeStyle = ink.faint
  pen.lineCap = 'round'
  pen.beginPath()
  for (const y of [-0.28, 0.05, 0.38]) {
    pen.moveTo(-radius * 0.5, radius * y)
    pen.lineTo(radius * (y > 0.3 ? 0.1 : 0.5), radius * y)
  }
  pen.stroke()
  drawHalo(pen, radius + 6 * scale, look, ink)
  pen.textAlign = 'center'
  pen.textBaseline = 'alphabetic'
  pen.lineJoin = 'round'
  write(pen, 'clients', 0, radius * 0.8 + 16 * scale, `500 ${12 * scale}px ${FONT}`, ink.soft, ink.surface)
  if (mark.caption !== '') write(pen, mark.caption, 0, radius * 0.8 + 30 * scale, `400 ${11 * scale}px ${FONT}`, ink.faint, ink.surface)
  pen.restore()
}

/** Text with a rim of the ground, readable over lines. */
export function write(pen: Pen, text: string, x: number, y: number, font: string, ink: string, ground: string): void {
  pen.font = font
  pen.lineWidth = 4
  pen.strokeStyle = ground
  pen.strokeText(text, x, y)
  pen.fillStyle = ink
  pen.fillText(text, x, y)
}

function ring(pen: Pen, radius: number): void {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, 2 * Math.PI)
  pen.stroke()
}
