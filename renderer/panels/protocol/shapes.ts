/** A drawing as a list of shapes, which can be looked through; and how they are painted, on the screen or in a picture. */
import type { Pen } from '../../model/picture/pen.ts'

export type Shape =
  | {
      readonly is: 'rect'
      readonly x: number
      readonly y: number
      readonly w: number
      readonly h: number
      readonly r?: number
      readonly fill?: string
      readonly stroke?: string
      readonly width?: number
      readonly dash?: readonly number[]
      readonly alpha?: number
    }
  | {
      readonly is: 'path'
      readonly points: readonly (readonly [number, number])[]
      readonly closed?: boolean
      readonly fill?: string
      readonly stroke?: string
      readonly width?: number
      readonly dash?: readonly number[]
      readonly alpha?: number
    }
  | {
      readonly is: 'text'
      readonly x: number
      readonly y: number
      readonly text: string
      readonly fill: string
      readonly font?: 'ui' | 'data'
      readonly size?: number
      readonly weight?: number
      readonly anchor?: 'start' | 'middle' | 'end'
      readonly alpha?: number
    }
  /** What follows is seen within it alone, until the next. */
  | { readonly is: 'clip'; readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  | { readonly is: 'unclip' }

const FONTS = { ui: '"Inter Variable", system-ui, sans-serif', data: '"JetBrains Mono Variable", ui-monospace, monospace' } as const
/** Of the data font, at a size of 1. */
const CHAR = 0.6

/** As much of a text in the data font as fits. */
export function fitted(text: string, room: number, size: number): string {
  const chars = Math.floor(room / (CHAR * size))
  if (text.length <= chars) return text
  return chars < 2 ? '' : `${text.slice(0, chars - 1)}…`
}

export function paintShapes(ctx: Pen, shapes: readonly Shape[]): void {
  ctx.textBaseline = 'middle'
  for (const shape of shapes) {
    if (shape.is === 'clip') {
      ctx.save()
      ctx.beginPath()
      ctx.rect(shape.x, shape.y, shape.w, shape.h)
      ctx.clip()
    } else if (shape.is === 'unclip') ctx.restore()
    else paint(ctx, shape)
  }
}

function paint(ctx: Pen, shape: Exclude<Shape, { is: 'clip' | 'unclip' }>): void {
  ctx.globalAlpha = shape.alpha ?? 1
  if (shape.is === 'text') {
    const { x, y, text, fill, font = 'ui', size = 11, weight = 400, anchor = 'start' } = shape
    ctx.font = `${weight} ${size}px ${FONTS[font]}`
    ctx.fillStyle = fill
    ctx.textAlign = anchor === 'middle' ? 'center' : anchor
    ctx.fillText(text, x, y)
  } else {
    ctx.beginPath()
    if (shape.is === 'rect') {
      if (shape.r) ctx.roundRect(shape.x, shape.y, shape.w, shape.h, shape.r)
      else ctx.rect(shape.x, shape.y, shape.w, shape.h)
    } else {
      for (const [at, [x, y]] of shape.points.entries()) at === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)
      if (shape.closed) ctx.closePath()
    }
    if (shape.fill) {
      ctx.fillStyle = shape.fill
      ctx.fill()
    }
    if (shape.stroke) {
      ctx.strokeStyle = shape.stroke
      ctx.lineWidth = shape.width ?? 1
      ctx.setLineDash((shape.dash ?? []) as number[])
      ctx.stroke()
      if (shape.dash) ctx.setLineDash([])
    }
  }
  ctx.globalAlpha = 1
}
