/**
 * Paints the timeline: how much happened above, who led and what was broken below, violations through everything, the
 * playhead on top. All of it is redrawn each time: a few thousand rectangles at most.
 */
import type { Mark } from '../../../protocols/core/mark.ts'
import type { Density } from '../../model/density.ts'
import { nodeToken } from '../../model/hues.ts'
import { type Band, packRows } from '../../model/marks.ts'
import type { Pen } from '../../model/picture/pen.ts'
import type { Positions } from '../../model/positions.ts'
import { type Span, ticks, usOf, xOf } from '../../model/scale.ts'

export interface TimelineInk {
  readonly width: number
  readonly height: number
  readonly span: Span
  readonly lengthUs: number
  readonly density: Density
  readonly leaders: readonly Band[]
  readonly faults: readonly Band[]
  readonly violations: readonly Mark[]
  readonly bookmarks: readonly { readonly atUs: number }[]
  /** Where the matches of the query are, when one is asked. */
  readonly matches: Positions | undefined
  readonly playheadUs: number
  readonly live: boolean
  /** "term" */
  readonly epochName: string
  readonly hoverUs: number | undefined
  /** The stretch that is brushed. */
  readonly brush: Span | undefined
  /** Tokens as colours a canvas understands. */
  readonly color: (token: string) => string
}

export const AXIS = 14
export const BAND = 14
const GAP = 2
const FAULT_ROWS = 2
const FAULT_ROW = 6

/** Tops of the parts in a timeline of that height. */
export function parts(height: number): { density: number; leaders: number; faults: number; axis: number } {
  const axis = height - AXIS
  const faults = axis - FAULT_ROWS * (FAULT_ROW + 1) - GAP
  const leaders = faults - BAND - GAP
  return { density: leaders - GAP, leaders, faults, axis }
}

export function draw(ctx: Pen, ink: TimelineInk): void {
  const { width, height, span, color } = ink
  ctx.clearRect(0, 0, width, height)
  ctx.font = '500 10.5px "Inter Variable", sans-serif'
  ctx.textBaseline = 'middle'
  const top = parts(height)
  const x = (us: number) => xOf(us, span, width)
  brushed(ctx, ink, x, top.axis)
  axis(ctx, ink, top.axis, x)
  density(ctx, ink, top.density)
  if (ink.matches) matchTicks(ctx, ink, ink.matches)
  for (const band of ink.leaders) leaderBand(ctx, ink, band, top.leaders, x)
  faultBands(ctx, ink, top.faults, x)
  for (const mark of ink.violations) violation(ctx, x(mark.atUs), top.axis, color('violation'))
  for (const { atUs } of ink.bookmarks) bookmark(ctx, x(atUs), color)
  if (ink.hoverUs !== undefined) line(ctx, x(ink.hoverUs), 0, top.axis, color('line'))
  playhead(ctx, ink, x, top.axis)
}

function brushed(ctx: Pen, { brush, color }: TimelineInk, x: (us: number) => number, bottom: number): void {
  if (!brush) return
  const [from, to] = [x(brush.fromUs), x(brush.toUs)]
  ctx.fillStyle = color('accent-wash')
  ctx.fillRect(from, 0, Math.max(1, to - from), bottom)
  for (const edge of [from, to]) line(ctx, edge, 0, bottom, color('accent'))
}

function axis(ctx: Pen, { span, width, height, color }: TimelineInk, y: number, x: (us: number) => number): void {
  ctx.fillStyle = color('hairline')
  ctx.fillRect(0, y, width, 1)
  for (const tick of ticks(span, width, 84)) {
    const at = Math.round(x(tick.atUs))
    ctx.fillStyle = color('line')
    ctx.fillRect(at, y, 1, 4)
    ctx.fillStyle = color('text-faint')
    ctx.textAlign = at < 12 ? 'left' : 'center'
    if (at < width - 16) ctx.fillText(tick.text, at < 12 ? at + 3 : at, (y + height) / 2 + 2)
  }
  ctx.textAlign = 'left'
}

/** A bar is as wide as this much time where there is room: below it every burst would be a spike. */
const BAR_US_MIN = 40_000

/** One bar per two pixels or 40 ms, as high as the root of its events: a lone event is still seen beside a storm, and the rarest storms are cut off at the top. */
function density(ctx: Pen, { density: { sliceUs, events }, span, width, color, playheadUs, live }: TimelineInk, bottom: number): void {
  if (sliceUs <= 0 || events.length === 0) return
  const barPx = Math.min(6, Math.max(2, ((BAR_US_MIN / (span.toUs - span.fromUs)) * width) | 0))
  const bars = Math.floor(width / barPx)
  const heights = new Float64Array(bars)
  const usPerBar = (span.toUs - span.fromUs) / bars
  let most = 0
  for (let bar = 0; bar < bars; bar++) {
    const from = (span.fromUs + bar * usPerBar) / sliceUs
    const to = from + usPerBar / sliceUs
    let count = 0
    if (to - from <= 1) count = (events[Math.floor(from)] ?? 0) * (to - from)
    else
      for (let slice = Math.floor(from); slice < to; slice++)
        count += (events[slice] ?? 0) * (Math.min(slice + 1, to) - Math.max(slice, from))
    heights[bar] = Math.sqrt(count)
    most = Math.max(most, heights[bar] ?? 0)
  }
  if (most === 0) return
  const sorted = heights.filter((height) => height > 0).sort()
  const tall = (sorted[Math.floor(sorted.length * 0.98)] ?? most) * 1.1
  const room = bottom - 6
  const past = color('text-faint')
  const ahead = color('line')
  for (let bar = 0; bar < bars; bar++) {
    const high = Math.min(1.2, (heights[bar] ?? 0) / tall) * room
    if (high <= 0) continue
    const after = !live && span.fromUs + bar * usPerBar > playheadUs
    ctx.fillStyle = after ? ahead : past
    ctx.fillRect(bar * barPx, bottom - Math.max(1, high), barPx * 0.65, Math.max(1, high))
  }
}

const MATCH = 5

/** A tick at the top for every pixel in which something matches: however many there are, a pixel is looked up once. */
function matchTicks(ctx: Pen, { span, width, color }: TimelineInk, matches: Positions): void {
  ctx.fillStyle = color('accent')
  let before = matches.upTo(usOf(0, span, width) - 1)
  for (let x = 0; x < width; x++) {
    const upTo = matches.upTo(usOf(x + 1, span, width) - (x + 1 < width ? 1 : 0))
    if (upTo > before) ctx.fillRect(x, 0, 1.5, MATCH)
    before = upTo
  }
}

function leaderBand(ctx: Pen, { width, lengthUs, color, epochName }: TimelineInk, band: Band, y: number, x: (us: number) => number): void {
  const from = Math.max(0, x(band.fromUs))
  const to = Math.min(width, x(band.toUs ?? lengthUs))
  if (to <= 0 || from >= width || band.node === undefined) return
  const hue = color(nodeToken(band.node))
  ctx.globalAlpha = 0.24
  ctx.fillStyle = hue
  ctx.fillRect(from, y, Math.max(2, to - from - 1), BAND)
  ctx.globalAlpha = 1
  ctx.fillRect(from, y, 2, BAND)
  ctx.fillStyle = color('text')
  const labels = band.epoch === undefined ? [band.node] : [`${band.node} · ${epochName} ${band.epoch}`, band.node]
  fitted(ctx, labels, from + 7, y + BAND / 2 + 0.5, to - from - 12)
}

/** The longest of the texts that fits. */
function fitted(ctx: Pen, texts: readonly string[], x: number, y: number, room: number): void {
  const text = texts.find((candidate) => ctx.measureText(candidate).width <= room)
  if (text !== undefined) ctx.fillText(text, x, y)
}

function faultBands(ctx: Pen, { faults, width, lengthUs, color }: TimelineInk, y: number, x: (us: number) => number): void {
  const rows = packRows(faults, lengthUs, FAULT_ROWS)
  ctx.fillStyle = color('fault')
  for (const [i, band] of faults.entries()) {
    const from = Math.max(0, x(band.fromUs))
    const to = Math.min(width, x(band.toUs ?? lengthUs))
    if (to <= 0 || from >= width) continue
    const rowY = y + (rows[i] ?? 0) * (FAULT_ROW + 1)
    const wide = Math.max(2, to - from)
    ctx.globalAlpha = 0.3
    ctx.fillRect(from, rowY, wide, FAULT_ROW)
    ctx.globalAlpha = 1
    ctx.save()
    ctx.beginPath()
    ctx.rect(from, rowY, wide, FAULT_ROW)
    ctx.clip()
    for (let at = from - (from % 6) - 6; at < to; at += 6) hatch(ctx, at, rowY)
    ctx.restore()
    ctx.fillRect(from, rowY, 2, FAULT_ROW)
  }
}

function hatch(ctx: Pen, x: number, y: number): void {
  ctx.beginPath()
  ctx.moveTo(x, y + FAULT_ROW)
  ctx.lineTo(x + FAULT_ROW, y)
  ctx.lineTo(x + FAULT_ROW + 1.8, y)
  ctx.lineTo(x + 1.8, y + FAULT_ROW)
  ctx.fill()
}

function violation(ctx: Pen, x: number, bottom: number, hue: string): void {
  ctx.fillStyle = hue
  ctx.fillRect(x - 0.75, 0, 1.5, bottom)
  ctx.beginPath()
  ctx.moveTo(x - 5, 0)
  ctx.lineTo(x + 5, 0)
  ctx.lineTo(x, 8)
  ctx.fill()
}

/** A ribbon that hangs from the top edge, its end notched: no other mark has that shape. */
function bookmark(ctx: Pen, x: number, color: TimelineInk['color']): void {
  ctx.beginPath()
  ctx.moveTo(x - 4, 0)
  ctx.lineTo(x + 4, 0)
  ctx.lineTo(x + 4, 12)
  ctx.lineTo(x, 8.5)
  ctx.lineTo(x - 4, 12)
  ctx.closePath()
  ctx.fillStyle = color('accent')
  ctx.fill()
  ctx.strokeStyle = color('ground')
  ctx.lineWidth = 1
  ctx.stroke()
}

function playhead(ctx: Pen, { playheadUs, width, color }: TimelineInk, x: (us: number) => number, bottom: number): void {
  const at = x(playheadUs)
  if (at < -1 || at > width + 1) return
  const inside = Math.min(width - 1, Math.max(1, at))
  ctx.fillStyle = color('accent')
  ctx.fillRect(inside - 0.75, 0, 1.5, bottom)
  ctx.beginPath()
  ctx.roundRect(inside - 4, bottom - 3, 8, 8, 2.5)
  ctx.fill()
}

function line(ctx: Pen, x: number, top: number, bottom: number, hue: string): void {
  ctx.fillStyle = hue
  ctx.fillRect(Math.round(x), top, 1, bottom - top)
}
