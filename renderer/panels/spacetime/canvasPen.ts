/** The pen that paints on a canvas, or on what stands for one in a picture (model/picture/pen.ts); of one look as much in one path as is drawn fast. */
import type { Pen as Context } from '../../model/picture/pen.ts'
import type { Look, Pen, StrokeLook, TextLook } from './pen.ts'

const UI = '500 11px "Inter Variable", sans-serif'
const UI_BOLD = '600 11px "Inter Variable", sans-serif'
const DATA = '500 11px "JetBrains Mono Variable", monospace'
const NO_DASH: readonly number[] = []
/** Lines in one path: what a thousand of them cost that cross each other grows with their square. */
const LINES_AT_ONCE = 64

export class CanvasPen implements Pen {
  readonly #ctx: Context
  readonly #color: (token: string) => string

  constructor(ctx: Context, color: (token: string) => string) {
    this.#ctx = ctx
    this.#color = color
    ctx.textBaseline = 'middle'
    ctx.lineJoin = 'round'
    ctx.font = UI
  }

  lines(xy: readonly number[], look: StrokeLook): void {
    const ctx = this.#ctx
    for (let first = 0; first < xy.length; first += 4 * LINES_AT_ONCE) {
      ctx.beginPath()
      for (let i = first; i + 3 < Math.min(xy.length, first + 4 * LINES_AT_ONCE); i += 4) {
        ctx.moveTo(xy[i] as number, xy[i + 1] as number)
        ctx.lineTo(xy[i + 2] as number, xy[i + 3] as number)
      }
      this.#stroke(look)
    }
  }

  path(xy: readonly number[], look: StrokeLook): void {
    const ctx = this.#ctx
    ctx.beginPath()
    if (xy.length >= 2) ctx.moveTo(xy[0] as number, xy[1] as number)
    for (let i = 2; i + 1 < xy.length; i += 2) ctx.lineTo(xy[i] as number, xy[i + 1] as number)
    this.#stroke(look)
  }

  areas(xy: readonly number[], corners: number, look: Look): void {
    if (xy.length === 0) return
    const ctx = this.#ctx
    ctx.beginPath()
    for (let i = 0; i < xy.length; i += 2) {
      if (i % (2 * corners) === 0) {
        if (i > 0) ctx.closePath()
        ctx.moveTo(xy[i] as number, xy[i + 1] as number)
      } else ctx.lineTo(xy[i] as number, xy[i + 1] as number)
    }
    ctx.closePath()
    this.#fill(look)
  }

  circles(xy: readonly number[], radius: number, fill: Look | undefined, ring?: StrokeLook): void {
    if (xy.length === 0) return
    const ctx = this.#ctx
    ctx.beginPath()
    for (let i = 0; i + 1 < xy.length; i += 2) {
      const [x, y] = [xy[i] as number, xy[i + 1] as number]
      ctx.moveTo(x + radius, y)
      ctx.arc(x, y, radius, 0, 2 * Math.PI)
    }
    if (fill) this.#fill(fill)
    if (ring) this.#stroke(ring)
  }

  rect(x: number, y: number, width: number, height: number, look: Look): void {
    const ctx = this.#ctx
    ctx.fillStyle = this.#color(look.token)
    ctx.globalAlpha = look.alpha ?? 1
    ctx.fillRect(x, y, width, height)
    ctx.globalAlpha = 1
  }

  text(x: number, y: number, text: string, look: TextLook): void {
    const ctx = this.#ctx
    ctx.font = fontOf(look)
    ctx.textAlign = look.align ?? 'left'
    ctx.globalAlpha = look.alpha ?? 1
    if (look.angle) {
      ctx.save()
      ctx.translate(x, y)
      ctx.rotate(look.angle)
      this.#letters(0, 0, text, look)
      ctx.restore()
    } else this.#letters(x, y, text, look)
    ctx.globalAlpha = 1
  }

  measure(text: string, look: TextLook): number {
    this.#ctx.font = fontOf(look)
    return this.#ctx.measureText(text).width
  }

  within(x: number, y: number, width: number, height: number, draw: () => void): void {
    const ctx = this.#ctx
    ctx.save()
    ctx.beginPath()
    ctx.rect(x, y, width, height)
    ctx.clip()
    draw()
    ctx.restore()
  }

  #letters(x: number, y: number, text: string, look: TextLook): void {
    const ctx = this.#ctx
    if (look.halo) {
      ctx.strokeStyle = this.#color(look.halo)
      ctx.lineWidth = 3
      ctx.strokeText(text, x, y)
    }
    ctx.fillStyle = this.#color(look.token)
    ctx.fillText(text, x, y)
  }

  #stroke({ token, width, alpha, dash }: StrokeLook): void {
    const ctx = this.#ctx
    ctx.strokeStyle = this.#color(token)
    ctx.lineWidth = width
    ctx.globalAlpha = alpha ?? 1
    if (dash) ctx.setLineDash(dash as number[])
    ctx.stroke()
    if (dash) ctx.setLineDash(NO_DASH as number[])
    ctx.globalAlpha = 1
  }

  #fill({ token, alpha }: Look): void {
    const ctx = this.#ctx
    ctx.fillStyle = this.#color(token)
    ctx.globalAlpha = alpha ?? 1
    ctx.fill()
    ctx.globalAlpha = 1
  }
}

const fontOf = ({ bold, data }: TextLook): string => (data ? DATA : bold ? UI_BOLD : UI)
