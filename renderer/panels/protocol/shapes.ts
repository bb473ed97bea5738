/** A drawing as a list of shapes: made once, painted on a canvas or written as SVG, so that what is exported is what was seen. */

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

export function paintShapes(ctx: CanvasRenderingContext2D, shapes: readonly Shape[]): void {
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

function paint(ctx: CanvasRenderingContext2D, shape: Exclude<Shape, { is: 'clip' | 'unclip' }>): void {
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
      for (const [x, y] of shape.points) ctx.lineTo(x, y)
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

export interface SvgOptions {
  readonly width: number
  readonly height: number
  readonly ground: string
  /** What it shows, for whoever cannot see it. */
  readonly title: string
}

/** The drawing as a file of its own. */
export function shapesToSvg(shapes: readonly Shape[], { width, height, ground, title }: SvgOptions): string {
  const defs: string[] = []
  const body: string[] = []
  for (const shape of shapes) {
    if (shape.is === 'clip') {
      const id = `clip${defs.length}`
      defs.push(`<clipPath id="${id}"><rect${attributes({ x: shape.x, y: shape.y, width: shape.w, height: shape.h })}/></clipPath>`)
      body.push(`<g clip-path="url(#${id})">`)
    } else if (shape.is === 'unclip') body.push('</g>')
    else body.push(element(shape))
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg"${attributes({ width, height, viewBox: `0 0 ${round(width)} ${round(height)}`, role: 'img' })}>`,
    `<title>${escaped(title)}</title>`,
    defs.length > 0 ? `<defs>${defs.join('')}</defs>` : '',
    `<rect${attributes({ width, height, fill: ground })}/>`,
    ...body,
    '</svg>',
  ].join('\n')
}

function element(shape: Exclude<Shape, { is: 'clip' | 'unclip' }>): string {
  if (shape.is === 'text') {
    const { x, y, fill, font = 'ui', size = 11, weight, anchor, alpha } = shape
    const style = {
      x,
      y,
      fill,
      'font-family': FONTS[font],
      'font-size': size,
      'font-weight': weight,
      'text-anchor': anchor,
      opacity: alpha,
    }
    return `<text${attributes({ ...style, 'dominant-baseline': 'central' })}>${escaped(shape.text)}</text>`
  }
  const { fill = 'none', stroke, width, dash, alpha } = shape
  const look = { fill, stroke, 'stroke-width': stroke ? width : undefined, 'stroke-dasharray': dash?.join(' '), opacity: alpha }
  if (shape.is === 'rect') return `<rect${attributes({ x: shape.x, y: shape.y, width: shape.w, height: shape.h, rx: shape.r, ...look })}/>`
  const points = shape.points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')
  return `<${shape.closed ? 'polygon' : 'polyline'}${attributes({ points, ...look })}/>`
}

const attributes = (of: { readonly [name: string]: string | number | undefined }): string =>
  Object.entries(of)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? round(value) : escaped(value as string)}"`)
    .join('')

const round = (value: number): number => Math.round(value * 100) / 100

const ESCAPES: { readonly [char: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** As XML carries it, which has no way to write most control characters. */
const escaped = (text: string): string => Array.from(text, (char) => (char < ' ' ? ' ' : (ESCAPES[char] ?? char))).join('')
