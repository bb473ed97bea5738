/** A diagram as it is handed on: the diagram itself, and below it what it shows, of which run, when, and what its marks mean. */
import type { Pen } from './pen.ts'
import { SvgPen } from './svgPen.ts'
import { attributes, escaped, number } from './svgText.ts'

/** What a mark means. The token is its colour. */
export interface LegendEntry {
  readonly mark: 'line' | 'thin' | 'dashed' | 'dot' | 'ring' | 'box' | 'cross'
  readonly token: string
  readonly text: string
}

export interface Picture {
  /** What it is, as its heading: "Topology". */
  readonly what: string
  /** What of the run it shows: "at +12.408 s, event 3,120", "+1.000 s to +4.000 s". */
  readonly range: string
  /** The same in a sentence or two, for those who cannot see it. */
  readonly describe: string
  readonly width: number
  readonly height: number
  readonly legend?: readonly LegendEntry[]
  /** Paints it from (0, 0) to (width, height). It asks `paper` for colours, never the window's theme. */
  readonly draw: (pen: Pen, paper: Paper) => void
}

/** What it is painted on. */
export interface Paper {
  /** A token of tokens.css as a plain colour: `color('accent')`. */
  readonly color: (token: string) => string
  /** Device pixels to one of the drawing: for painters that set their transform themselves. */
  readonly ratio: number
}

/** Of which run. */
export interface Caption {
  readonly run: string
  /** "raft, 5 nodes, seed 7" */
  readonly details: string
}

export type Measure = (text: string, font: string) => number

const MARGIN = 16
const ROW = 18
const KEY = 22
const BETWEEN = 18
const HEAD = '600 13px "Inter Variable", system-ui, sans-serif'
const LABEL = '400 11px "Inter Variable", system-ui, sans-serif'
const GROUND = 'surface'
const WIDTH_MIN = 360

interface Footer {
  readonly width: number
  readonly height: number
  readonly legend: readonly (LegendEntry & { readonly x: number; readonly y: number })[]
}

/** How large the whole is, and where the legend's entries stand: beside each other as long as there is room. */
export function layOut(picture: Picture, measure: Measure): Footer {
  const width = Math.max(WIDTH_MIN, Math.ceil(picture.width))
  const top = picture.height + MARGIN + 2 * ROW + 14
  let [x, y] = [MARGIN, top]
  const legend = (picture.legend ?? []).map((entry) => {
    const wide = KEY + measure(entry.text, LABEL)
    if (x > MARGIN && x + wide > width - MARGIN) [x, y] = [MARGIN, y + ROW]
    const placed = { ...entry, x, y }
    x += wide + BETWEEN
    return placed
  })
  return { width, height: Math.ceil((legend.length === 0 ? top - 10 : y + ROW / 2) + MARGIN), legend }
}

/** Paints all but the ground. */
export function drawSheet(pen: Pen, picture: Picture, paper: Paper, caption: Caption, footer: Footer): void {
  pen.save()
  pen.beginPath()
  pen.rect(0, 0, picture.width, picture.height)
  pen.clip()
  picture.draw(pen, paper)
  pen.restore()
  const { color } = paper
  pen.save()
  pen.fillStyle = color('hairline')
  pen.fillRect(0, picture.height, footer.width, 1)
  pen.textAlign = 'left'
  pen.textBaseline = 'middle'
  const line = picture.height + MARGIN + ROW / 2
  pen.font = HEAD
  pen.fillStyle = color('text')
  pen.fillText(`${picture.what} ${picture.range}`, MARGIN, line)
  pen.font = LABEL
  pen.fillStyle = color('text-soft')
  pen.fillText([caption.run, caption.details].filter((text) => text !== '').join('  ·  '), MARGIN, line + ROW)
  for (const entry of footer.legend) {
    drawMark(pen, entry, color(entry.token))
    pen.fillStyle = color('text-soft')
    pen.fillText(entry.text, entry.x + KEY, entry.y)
  }
  pen.restore()
}

function drawMark(pen: Pen, { mark, x, y }: { mark: LegendEntry['mark']; x: number; y: number }, hue: string): void {
  pen.strokeStyle = hue
  pen.fillStyle = hue
  pen.lineWidth = mark === 'thin' ? 1 : 2
  pen.setLineDash(mark === 'dashed' ? [3, 3] : [])
  pen.beginPath()
  switch (mark) {
    case 'line':
    case 'thin':
    case 'dashed':
      pen.moveTo(x, y)
      pen.lineTo(x + 16, y)
      break
    case 'dot':
    case 'ring':
      pen.arc(x + 8, y, 4, 0, 2 * Math.PI)
      break
    case 'box':
      pen.roundRect(x + 2, y - 5, 12, 10, 2)
      break
    case 'cross':
      pen.moveTo(x + 4, y - 4)
      pen.lineTo(x + 12, y + 4)
      pen.moveTo(x + 12, y - 4)
      pen.lineTo(x + 4, y + 4)
      break
    default:
      mark satisfies never
  }
  if (mark === 'dot' || mark === 'box') pen.fill()
  else pen.stroke()
  pen.setLineDash([])
}

/** The whole as an SVG file. */
export function svgOf(picture: Picture, paper: Paper, caption: Caption, measure: Measure): string {
  const footer = layOut(picture, measure)
  const pen = new SvgPen(measure)
  drawSheet(pen, picture, paper, caption, footer)
  const { width, height } = footer
  const root = attributes({
    ...{ xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${number(width)} ${number(height)}` },
    ...{ role: 'img', 'aria-labelledby': 'title desc' },
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg${root}>
<title id="title">${escaped(`${picture.what} ${picture.range}: ${caption.run}`)}</title>
<desc id="desc">${escaped(picture.describe)}</desc>
<rect${attributes({ width, height, fill: paper.color(GROUND) })}/>
${pen.body()}
</svg>
`
}

/** The whole as a bitmap; `scale` pixels to one of the drawing, fewer where no canvas is so large. `color` as in Paper. */
export async function pngOf(picture: Picture, color: Paper['color'], caption: Caption, measure: Measure, scale = 2): Promise<Blob> {
  const footer = layOut(picture, measure)
  const ratio = Math.min(scale, SIDE_MAX / Math.max(footer.width, footer.height), Math.sqrt(PIXELS_MAX / (footer.width * footer.height)))
  const canvas = new OffscreenCanvas(Math.floor(footer.width * ratio), Math.floor(footer.height * ratio))
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('This browser has no canvas to paint the picture on. Export it as SVG.')
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  drawSheet(pen, picture, { color, ratio }, caption, footer)
  // Last and below all: painters may have cleared what they stand on.
  pen.globalCompositeOperation = 'destination-over'
  pen.fillStyle = color(GROUND)
  pen.fillRect(0, 0, footer.width, footer.height)
  return await canvas.convertToBlob({ type: 'image/png' })
}

const SIDE_MAX = 16_000
const PIXELS_MAX = 120e6
