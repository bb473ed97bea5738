/**
 * Messages on their links. A request is a solid line with a filled head, a reply thin with an open head, a routine message faint;
 * the hue is that of its family, and so is the end of its tail for eyes that see no hue: a
 * dot for an election, a bar for a client. A lost message falls off its link and fades; a held one queues up before its gate.
 */
import type { MessageId } from '../../../protocols/core/ids.ts'
import type { Family } from '../../../protocols/words/speech.ts'
import type { Pen } from '../../model/picture/pen.ts'
import type { Point } from './arrangement.ts'
import { type Arc, angleAt, pointAt } from './geometry.ts'
import { FONT, type Ink } from './ink.ts'

export interface MessageLook {
  readonly style: 'request' | 'reply'
  readonly faint: boolean
  readonly hue: string
  readonly family: Family
  readonly scale: number
  /** Selected, hovered, or the subject of the event at the playhead. */
  readonly marked: boolean
}

/** How long the drawn tail of a message is, in pixels at scale 1. */
const TAIL = 15

export function drawMessage(pen: Pen, at: Point, angle: number, look: MessageLook, ink: Ink): void {
  const size = look.scale * (look.faint ? 0.72 : 1)
  pen.save()
  pen.translate(at.x, at.y)
  if (look.marked) {
    pen.strokeStyle = ink.accent
    pen.lineWidth = 1.75
    pen.beginPath()
    pen.arc(-2 * size, 0, 10 * size, 0, 2 * Math.PI)
    pen.stroke()
  }
  pen.rotate(angle)
  pen.globalAlpha *= look.faint ? 0.5 : 1
  pen.strokeStyle = look.hue
  pen.fillStyle = look.hue
  pen.lineJoin = 'round'
  pen.lineCap = 'round'
  const request = look.style === 'request'
  pen.lineWidth = (request ? 2.25 : 1.25) * size
  pen.beginPath()
  pen.moveTo(-TAIL * size, 0)
  pen.lineTo((request ? -2 : 4) * size, 0)
  pen.stroke()
  drawTail(pen, look.family, size)
  pen.beginPath()
  if (request) {
    pen.moveTo(6 * size, 0)
    pen.lineTo(-4.5 * size, 5 * size)
    pen.lineTo(-4.5 * size, -5 * size)
    pen.closePath()
    pen.fill()
  } else {
    pen.lineWidth = 1.5 * size
    pen.moveTo(-2 * size, 4.25 * size)
    pen.lineTo(5 * size, 0)
    pen.lineTo(-2 * size, -4.25 * size)
    pen.stroke()
  }
  pen.restore()
}

function drawTail(pen: Pen, family: Family, size: number): void {
  pen.beginPath()
  if (family === 'election') {
    pen.arc(-TAIL * size, 0, 2.75 * size, 0, 2 * Math.PI)
    pen.fill()
  } else if (family === 'client') {
    pen.moveTo(-TAIL * size, -3.5 * size)
    pen.lineTo(-TAIL * size, 3.5 * size)
    pen.stroke()
  }
}

/** A message that falls off its link at `at`: it drops, turns and fades. */
export function drawFalling(pen: Pen, arc: Arc, at: number, fallen: number, look: MessageLook, ink: Ink): void {
  const from = pointAt(arc, at)
  pen.save()
  pen.globalAlpha = 1 - fallen
  pen.strokeStyle = ink.fault
  pen.lineWidth = 1.5 * look.scale
  const arm = 3.5 * look.scale
  pen.beginPath()
  pen.moveTo(from.x - arm, from.y - arm)
  pen.lineTo(from.x + arm, from.y + arm)
  pen.moveTo(from.x + arm, from.y - arm)
  pen.lineTo(from.x - arm, from.y + arm)
  pen.stroke()
  drawMessage(pen, { x: from.x, y: from.y + 30 * look.scale * fallen * fallen }, angleAt(arc, at) + fallen * 0.9, look, ink)
  pen.restore()
}

export interface Queued {
  readonly message: MessageId
  readonly look: MessageLook
}

/** Held messages shown one by one before the gate; the others are counted. */
export const QUEUE_MAX = 7

/** Where each shown message of a queue stands, the oldest nearest to its gate. */
export function queuePlaces(arc: Arc, gateAt: number, count: number, scale: number): { at: Point; angle: number }[] {
  const length = Math.hypot(arc.to.x - arc.from.x, arc.to.y - arc.from.y) || 1
  const step = (13 * scale) / length
  return Array.from({ length: Math.min(count, QUEUE_MAX) }, (_, index) => {
    const fraction = Math.max(0.02, gateAt - (9 * scale) / length - step * index)
    return { at: pointAt(arc, fraction), angle: angleAt(arc, fraction) }
  })
}

export function drawQueueRest(pen: Pen, arc: Arc, gateAt: number, rest: number, ink: Ink, scale: number): void {
  const at = pointAt(arc, gateAt)
  pen.save()
  pen.font = `500 ${11 * scale}px ${FONT}`
  pen.fillStyle = ink.faultText
  pen.strokeStyle = ink.surface
  pen.lineWidth = 4
  pen.textAlign = 'center'
  pen.strokeText(`+${rest}`, at.x, at.y - 13 * scale)
  pen.fillText(`+${rest}`, at.x, at.y - 13 * scale)
  pen.restore()
}
