/**
 * A pen that writes SVG. Places are worked out as they are given, as on a canvas, so elements carry no transforms but those of
 * turned text; what follows a `clip` stands in a group of its own.
 */
import type { Pen } from './pen.ts'
import { attributes, escaped, fontOf, number, paint } from './svgText.ts'

type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

interface Look {
  readonly fillStyle: Pen['fillStyle']
  readonly strokeStyle: Pen['strokeStyle']
  readonly lineWidth: number
  readonly lineCap: CanvasLineCap
  readonly lineJoin: CanvasLineJoin
  readonly globalAlpha: number
  readonly font: string
  readonly textAlign: CanvasTextAlign
  readonly textBaseline: CanvasTextBaseline
  readonly dash: readonly number[]
  readonly matrix: Matrix
  readonly clip: string | undefined
}

/** A canvas puts text at the middle of the em box, SVG's viewers disagree where that is: so the baseline is worked out, in ems. */
const BASELINES: { readonly [baseline in CanvasTextBaseline]?: number } = { middle: 0.36, top: 0.97, hanging: 0.75, bottom: -0.24 }
const ANCHORS: { readonly [align in CanvasTextAlign]: string } = {
  left: 'start',
  start: 'start',
  center: 'middle',
  right: 'end',
  end: 'end',
}

export class SvgPen implements Pen {
  fillStyle: Pen['fillStyle'] = '#000'
  strokeStyle: Pen['strokeStyle'] = '#000'
  lineWidth = 1
  lineCap: CanvasLineCap = 'butt'
  lineJoin: CanvasLineJoin = 'miter'
  globalAlpha = 1
  font = '10px sans-serif'
  textAlign: CanvasTextAlign = 'start'
  textBaseline: CanvasTextBaseline = 'alphabetic'

  readonly #measure: (text: string, font: string) => number
  #dash: readonly number[] = []
  #matrix: Matrix = [1, 0, 0, 1, 0, 0]
  #clip: string | undefined
  readonly #kept: Look[] = []
  readonly #clips: string[] = []
  readonly #parts: string[] = []
  /** The clip of the group that is open. */
  #group: string | undefined
  #path: string[] = []

  /** `measure` tells how wide a text is in a font, both as a canvas has them. */
  constructor(measure: (text: string, font: string) => number) {
    this.#measure = measure
  }

  /** All that was drawn, to stand in an `svg` element. */
  body(): string {
    const close = this.#group === undefined ? '' : '</g>'
    return `${this.#clips.length === 0 ? '' : `<defs>${this.#clips.join('')}</defs>\n`}${this.#parts.join('\n')}${close}`
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, font, textAlign, textBaseline } = this
    this.#kept.push({
      ...{ fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, font, textAlign, textBaseline },
      ...{ dash: this.#dash, matrix: this.#matrix, clip: this.#clip },
    })
  }

  restore(): void {
    const kept = this.#kept.pop()
    if (!kept) return
    const { dash, matrix, clip, ...look } = kept
    Object.assign(this, look)
    this.#dash = dash
    this.#matrix = matrix
    this.#clip = clip
  }

  translate(x: number, y: number): void {
    const [a, b, c, d] = this.#matrix
    const to = this.#at(x, y)
    this.#matrix = [a, b, c, d, to.x, to.y]
  }

  rotate(radians: number): void {
    const [a, b, c, d, e, f] = this.#matrix
    const [cos, sin] = [Math.cos(radians), Math.sin(radians)]
    this.#matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f]
  }

  scale(x: number, y: number): void {
    if (x !== y) throw new Error('A picture is scaled evenly.')
    const [a, b, c, d, e, f] = this.#matrix
    this.#matrix = [a * x, b * x, c * x, d * x, e, f]
  }

  setTransform(...matrix: [number, number, number, number, number, number]): void {
    const [a, b, c, d] = matrix
    if (Math.abs(a - d) + Math.abs(b + c) > 1e-6) throw new Error('A picture is scaled evenly.')
    this.#matrix = matrix
  }

  beginPath(): void {
    this.#path = []
  }

  closePath(): void {
    if (this.#path.length > 0) this.#path.push('Z')
  }

  moveTo(x: number, y: number): void {
    this.#path.push(`M${this.#pair(x, y)}`)
  }

  lineTo(x: number, y: number): void {
    this.#path.push(`${this.#path.length === 0 ? 'M' : 'L'}${this.#pair(x, y)}`)
  }

  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    this.#path.push(`Q${this.#pair(cx, cy)} ${this.#pair(x, y)}`)
  }

  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.#path.push(`C${this.#pair(ax, ay)} ${this.#pair(bx, by)} ${this.#pair(x, y)}`)
  }

  arc(x: number, y: number, radius: number, from: number, to: number, counterclockwise = false): void {
    const r = number(radius * this.#size)
    const way = counterclockwise ? 0 : 1
    const around = (angle: number) => this.#pair(x + radius * Math.cos(angle), y + radius * Math.sin(angle))
    const turn = counterclockwise ? from - to : to - from
    const whole = turn >= 2 * Math.PI - 1e-9
    const part = whole ? 2 * Math.PI : ((turn % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)
    this.lineTo(x + radius * Math.cos(from), y + radius * Math.sin(from))
    // SVG cannot draw an arc back to where it began: a circle is two halves.
    const middle = from + (counterclockwise ? -part : part) / 2
    this.#path.push(`A${r} ${r} 0 0 ${way} ${around(middle)}`, `A${r} ${r} 0 0 ${way} ${around(to)}`)
    if (whole) this.#path.push('Z')
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(`M${this.#pair(x, y)}L${this.#pair(x + width, y)}L${this.#pair(x + width, y + height)}L${this.#pair(x, y + height)}Z`)
  }

  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    const r = Math.max(0, Math.min(radius, width / 2, height / 2))
    if (r === 0) return this.rect(x, y, width, height)
    const size = number(r * this.#size)
    const corner = (toX: number, toY: number) => `A${size} ${size} 0 0 1 ${this.#pair(toX, toY)}`
    this.#path.push(
      `M${this.#pair(x + r, y)}L${this.#pair(x + width - r, y)}${corner(x + width, y + r)}L${this.#pair(x + width, y + height - r)}` +
        `${corner(x + width - r, y + height)}L${this.#pair(x + r, y + height)}${corner(x, y + height - r)}L${this.#pair(x, y + r)}${corner(x + r, y)}Z`,
    )
  }

  clip(): void {
    const id = `clip${this.#clips.length + 1}`
    this.#clips.push(
      `<clipPath${attributes({ id, 'clip-path': this.#clip && `url(#${this.#clip})` })}><path d="${this.#path.join('')}"/></clipPath>`,
    )
    this.#clip = id
  }

  fill(): void {
    if (this.#path.length > 0)
      this.#put(`<path${attributes({ d: this.#path.join(''), ...paint('fill', this.fillStyle, this.globalAlpha) })}/>`)
  }

  stroke(): void {
    if (this.#path.length > 0) this.#put(`<path${attributes({ d: this.#path.join(''), fill: 'none', ...this.#line() })}/>`)
  }

  setLineDash(dash: number[]): void {
    this.#dash = [...dash]
  }

  /** Nothing is there yet that it could clear. */
  clearRect(): void {}

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#rectangle(x, y, width, height, paint('fill', this.fillStyle, this.globalAlpha))
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#rectangle(x, y, width, height, { fill: 'none', ...this.#line() })
  }

  fillText(text: string, x: number, y: number): void {
    this.#text(text, x, y, paint('fill', this.fillStyle, this.globalAlpha))
  }

  strokeText(text: string, x: number, y: number): void {
    this.#text(text, x, y, { fill: 'none', ...this.#line() })
  }

  measureText(text: string): { readonly width: number } {
    return { width: this.#measure(text, this.font) }
  }

  get #size(): number {
    return Math.hypot(this.#matrix[0], this.#matrix[1])
  }

  #at(x: number, y: number): { x: number; y: number } {
    const [a, b, c, d, e, f] = this.#matrix
    return { x: a * x + c * y + e, y: b * x + d * y + f }
  }

  #pair(x: number, y: number): string {
    const at = this.#at(x, y)
    return `${number(at.x)} ${number(at.y)}`
  }

  #line() {
    return {
      ...paint('stroke', this.strokeStyle, this.globalAlpha),
      'stroke-width': number(this.lineWidth * this.#size),
      'stroke-linecap': this.lineCap === 'butt' ? undefined : this.lineCap,
      'stroke-linejoin': this.lineJoin === 'miter' ? undefined : this.lineJoin,
      'stroke-dasharray': this.#dash.length === 0 ? undefined : this.#dash.map((part) => number(part * this.#size)).join(' '),
    }
  }

  #rectangle(x: number, y: number, width: number, height: number, look: Parameters<typeof attributes>[0]): void {
    // A canvas takes sizes below zero, SVG refuses them.
    const from = this.#at(Math.min(x, x + width), Math.min(y, y + height))
    const [wide, high] = [number(Math.abs(width) * this.#size), number(Math.abs(height) * this.#size)]
    if (this.#matrix[1] === 0)
      this.#put(`<rect${attributes({ x: number(from.x), y: number(from.y), width: wide, height: high, ...look })}/>`)
    else this.#put(`<rect${attributes({ ...{ width: wide, height: high }, ...look, transform: this.#turn(from) })}/>`)
  }

  #text(text: string, x: number, y: number, look: Parameters<typeof attributes>[0]): void {
    if (text === '') return
    const { sizePx, family, weight, style } = fontOf(this.font)
    const at = this.#at(x, y + (BASELINES[this.textBaseline] ?? 0) * sizePx)
    const anchor = ANCHORS[this.textAlign]
    const where = this.#matrix[1] === 0 ? { x: number(at.x), y: number(at.y) } : { transform: this.#turn(at) }
    const font = { 'font-family': family, 'font-size': number(sizePx * this.#size), 'font-weight': weight, 'font-style': style }
    this.#put(
      `<text${attributes({ ...where, ...font, 'text-anchor': anchor === 'start' ? undefined : anchor, ...look })}>${escaped(text)}</text>`,
    )
  }

  #turn({ x, y }: { x: number; y: number }): string {
    return `translate(${number(x)} ${number(y)}) rotate(${number((Math.atan2(this.#matrix[1], this.#matrix[0]) * 180) / Math.PI)})`
  }

  #put(element: string): void {
    if (this.#clip !== this.#group) {
      if (this.#group !== undefined) this.#parts.push('</g>')
      if (this.#clip !== undefined) this.#parts.push(`<g clip-path="url(#${this.#clip})">`)
      this.#group = this.#clip
    }
    this.#parts.push(element)
  }
}
