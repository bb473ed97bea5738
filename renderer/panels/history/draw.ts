/**
 * Paints the history: a lane for each client, a bar for each operation. How it ended is told by the bar's shape first and its
 * colour second: answered is solid, refused is hollow, what nobody heard of stays open to the right. What is drawn costs by the
 * pixels in sight, not by the operations there are.
 */
import type { HistoryOp, Lane, Point } from '../../model/history.ts'
import type { Pen } from '../../model/picture/pen.ts'
import { type Span, ticks } from '../../model/scale.ts'
import { AXIS, BAR_MIN, barOf, type Frame, firstAfter, GUTTER, laneTop, nearest, openEndUs, rowsInSight, xAt } from './lanes.ts'

/** Operations that contradict each other, and when. */
export interface Contradiction {
  readonly ids: ReadonlySet<number>
  readonly fromUs: number
  readonly toUs: number
  readonly certain: number
  /** Clients could not rely on more: nothing was violated, so nothing is red. */
  readonly isAsPromised: boolean
}

export const contradictionToken = (it: Contradiction | undefined): string => (it?.isAsPromised ? 'text-soft' : 'violation')

export interface HistoryInk extends Frame {
  readonly lanes: readonly Lane[]
  readonly opOf: (id: number) => HistoryOp | undefined
  readonly lengthUs: number
  readonly playheadUs: number
  /** The stretch that is brushed. */
  readonly brush: Span | undefined
  /** Points at which operations can have taken effect, in order. */
  readonly order: readonly Point[]
  /** The order leads nowhere: it is one of those tried. */
  readonly isDeadEnd: boolean
  readonly window: Contradiction | undefined
  /** Operations that are drawn faint. */
  readonly aside: ((op: HistoryOp) => boolean) | undefined
  readonly selected: number | undefined
  readonly hovered: number | undefined
  /** Tokens as colours a canvas understands. */
  readonly color: (token: string) => string
}

/** Beyond so many points in sight their order is told by dots alone. */
const LINE_MAX = 600
const POINTS_MAX = 4000

export function drawHistory(ctx: Pen, ink: HistoryInk): void {
  const { width, height, lanes, color } = ink
  ctx.clearRect(0, 0, width, height)
  ctx.font = '500 11px "Inter Variable", sans-serif'
  ctx.textBaseline = 'middle'
  const [first, last] = rowsInSight(lanes, ink)
  ctx.save()
  clip(ctx, GUTTER, 0, width - GUTTER, height)
  grid(ctx, ink)
  for (let row = first; row < last; row++) laneLine(ctx, ink, row)
  brushed(ctx, ink)
  windowBand(ctx, ink)
  for (let row = first; row < last; row++) bars(ctx, ink, row)
  order(ctx, ink)
  playhead(ctx, ink)
  ctx.restore()
  axis(ctx, ink)
  ctx.save()
  clip(ctx, 0, AXIS, GUTTER, height - AXIS)
  for (let row = first; row < last; row++) {
    ctx.fillStyle = color('text-soft')
    ctx.fillText(cut(ctx, (lanes[row] as Lane).name, GUTTER - 20), 12, laneTop(row, ink) + ink.lane / 2)
  }
  ctx.restore()
}

function grid(ctx: Pen, ink: HistoryInk): void {
  ctx.fillStyle = ink.color('hairline')
  for (const tick of ticks(ink.span, ink.width - GUTTER, 96)) ctx.fillRect(Math.round(xAt(tick.atUs, ink)), AXIS, 1, ink.height - AXIS)
}

function axis(ctx: Pen, ink: HistoryInk): void {
  const { width, span, color } = ink
  ctx.fillStyle = color('surface')
  ctx.fillRect(0, 0, width, AXIS)
  ctx.fillStyle = color('hairline')
  ctx.fillRect(0, AXIS - 1, width, 1)
  ctx.fillStyle = color('text-faint')
  ctx.textAlign = 'center'
  for (const tick of ticks(span, width - GUTTER, 96)) {
    const x = xAt(tick.atUs, ink)
    if (x > GUTTER + 16 && x < width - 20) ctx.fillText(tick.text, x, AXIS / 2)
  }
  ctx.textAlign = 'left'
  const x = xAt(ink.playheadUs, ink)
  if (x < GUTTER || x > width) return
  ctx.fillStyle = color('accent')
  ctx.beginPath()
  ctx.roundRect(x - 4, AXIS - 6, 8, 8, 2.5)
  ctx.fill()
}

function laneLine(ctx: Pen, ink: HistoryInk, row: number): void {
  ctx.fillStyle = ink.color('hairline')
  ctx.fillRect(GUTTER, laneTop(row, ink) + ink.lane - 1, ink.width - GUTTER, 1)
}

function brushed(ctx: Pen, ink: HistoryInk): void {
  const { brush, color, height } = ink
  if (!brush) return
  const [from, to] = [xAt(brush.fromUs, ink), xAt(brush.toUs, ink)]
  ctx.fillStyle = color('accent-wash')
  ctx.fillRect(from, AXIS, Math.max(1, to - from), height - AXIS)
  ctx.fillStyle = color('accent')
  for (const x of [from, to]) ctx.fillRect(Math.round(x), AXIS, 1, height - AXIS)
}

function windowBand(ctx: Pen, ink: HistoryInk): void {
  const { window, color } = ink
  if (!window) return
  const height = Math.min(ink.height, laneTop(ink.lanes.length, ink))
  const from = xAt(window.fromUs, ink)
  const to = Math.max(from + 2, xAt(window.toUs, ink))
  ctx.fillStyle = color(window.isAsPromised ? 'hover' : 'violation-wash')
  ctx.fillRect(from, AXIS, to - from, height - AXIS)
  ctx.fillStyle = color(contradictionToken(window))
  for (const x of [from, to]) for (let y = AXIS; y < height; y += 6) ctx.fillRect(Math.round(x), y, 1, 3)
}

/** Bars that would change no pixel are passed over, however many there are; those that matter are painted last. */
function bars(ctx: Pen, ink: HistoryInk, row: number): void {
  const { lanes, span, width } = ink
  const { ops } = lanes[row] as Lane
  const y = laneTop(row, ink) + (ink.lane - 1 - barOf(ink)) / 2
  const usPerPx = (span.toUs - span.fromUs) / (width - GUTTER)
  const special: number[] = []
  for (let index = firstAfter(ops, span.fromUs); index < ops.length; ) {
    const op = ops[index] as HistoryOp
    if (op.invokeUs > span.toUs) break
    if (isSpecial(ink, op)) special.push(index)
    else bar(ctx, ink, op, placeOf(ink, ops, index, y))
    const next = ops[index + 1]
    if (!next || xAt(openEndUs(ops, index + 1, ink.lengthUs), ink) > xAt(op.invokeUs, ink) + BAR_MIN) index += 1
    else index = Math.max(index + 1, firstAfter(ops, op.invokeUs + BAR_MIN * usPerPx))
  }
  for (const id of marked(ink)) {
    const op = ink.opOf(id)
    const at = op?.lane === lanes[row]?.name && op ? nearest(ops, op.invokeUs) : -1
    if (ops[at]?.id === id && !special.includes(at)) special.push(at)
  }
  for (const index of special) bar(ctx, ink, ops[index] as HistoryOp, placeOf(ink, ops, index, y))
}

const isSpecial = ({ selected, hovered, window }: HistoryInk, { id }: HistoryOp): boolean =>
  id === selected || id === hovered || (window?.ids.has(id) ?? false)

const marked = ({ selected, hovered, window }: HistoryInk): number[] =>
  [selected, hovered, ...(window?.ids ?? [])].filter((id) => id !== undefined)

/** Never over the next bar, unless it is so short that it would not be seen. */
function placeOf(ink: HistoryInk, ops: readonly HistoryOp[], index: number, y: number): Place {
  const from = xAt((ops[index] as HistoryOp).invokeUs, ink)
  const to = Math.max(from + BAR_MIN, xAt(openEndUs(ops, index, ink.lengthUs), ink))
  const next = ops[index + 1]
  return { from, to: next === undefined ? to : Math.max(from + BAR_MIN, Math.min(to, xAt(next.invokeUs, ink) - 1)), y, high: barOf(ink) }
}

interface Place {
  readonly from: number
  readonly to: number
  readonly y: number
  readonly high: number
}

function bar(ctx: Pen, ink: HistoryInk, op: HistoryOp, place: Place): void {
  const { color, window, selected, hovered } = ink
  const { from, to, y, high } = place
  const wide = to - from
  const isLit = op.id === hovered || op.id === selected
  const isAside = !isLit && (ink.aside?.(op) ?? false)
  const guilty = window?.ids.has(op.id) ?? false
  const hue = color(guilty ? contradictionToken(window) : 'family-client')
  const round = Math.min(3, wide / 2)
  if (op.outcome === 'refused') {
    ctx.strokeStyle = color('text-faint')
    outline(ctx, place, round, [2, 2])
  } else if (op.outcome === 'ok') {
    ctx.globalAlpha = isLit ? 0.4 : isAside ? 0.1 : 0.24
    ctx.fillStyle = hue
    ctx.beginPath()
    ctx.roundRect(from, y, wide, high, round)
    ctx.fill()
    ctx.globalAlpha = isAside ? 0.3 : 1
    if (wide > 6) ctx.fillRect(from, y, 2, high)
    ctx.globalAlpha = 1
  } else openBar(ctx, ink, op, place, hue)
  if (guilty) {
    ctx.strokeStyle = hue
    outline(ctx, place, round, [])
    if (op.id === window?.certain) cross(ctx, to, y + high / 2, hue)
  }
  if (op.id === selected) {
    ctx.strokeStyle = color('accent')
    ctx.lineWidth = 2
    outline(ctx, { from: from - 1.5, to: to + 1.5, y: y - 1.5, high: high + 3 }, round + 1.5, [])
    ctx.lineWidth = 1
  }
  label(ctx, ink, op, place, isAside)
}

/** Solid for as long as the client waited; from there it goes on, fading, for it may still take effect. */
function openBar(ctx: Pen, ink: HistoryInk, op: HistoryOp, { from, to, y, high }: Place, hue: string): void {
  const until = op.returnUs === undefined ? to : Math.min(to, xAt(op.returnUs, ink))
  ctx.fillStyle = hue
  ctx.globalAlpha = 0.13
  ctx.fillRect(from, y, Math.max(BAR_MIN, until - from), high)
  ctx.globalAlpha = 1
  ctx.fillRect(from, y, 2, high)
  ctx.strokeStyle = hue
  ctx.setLineDash([4, 3])
  ctx.beginPath()
  ctx.moveTo(from, y + 0.5)
  ctx.lineTo(to, y + 0.5)
  ctx.moveTo(from, y + high - 0.5)
  ctx.lineTo(to, y + high - 0.5)
  ctx.stroke()
  ctx.setLineDash([])
  if (op.returnUs === undefined || until - from < 8) return
  ctx.globalAlpha = 0.6
  ctx.fillRect(until - 1, y + 4, 1, high - 8) // here the client gave up
  ctx.globalAlpha = 1
}

function label(ctx: Pen, { color, width }: HistoryInk, op: HistoryOp, { from, to, y, high }: Place, isAside: boolean): void {
  const left = Math.max(from, GUTTER) + 6
  const room = Math.min(to, width) - left - 3
  if (room < 22) return
  const heard = op.outcome === 'ok' ? (op.answer ?? '') : op.outcome === 'refused' ? 'refused' : '?'
  const whole = `${op.text} → ${heard}`
  const text = ctx.measureText(whole).width <= room ? whole : cut(ctx, op.text, room)
  ctx.fillStyle = color(isAside || op.outcome === 'refused' ? 'text-faint' : 'text')
  ctx.fillText(text, left, y + high / 2 + 0.5)
}

/** A dot on each bar where the operation can have taken effect, and a line from each to the next; where an order leads nowhere, it ends in a cross. */
function order(ctx: Pen, ink: HistoryInk): void {
  const { color, isDeadEnd } = ink
  const seen = pointsInSight(ink)
  const hue = color('accent')
  const few = seen.length <= LINE_MAX
  if (few) {
    ctx.strokeStyle = hue
    ctx.globalAlpha = 0.5
    ctx.beginPath()
    for (const { x, y } of seen) ctx.lineTo(x, y)
    ctx.stroke()
    ctx.globalAlpha = 1
  }
  for (const { x, y } of seen) {
    ctx.beginPath()
    ctx.arc(x, y, few ? 2.75 : 1.5, 0, 2 * Math.PI)
    ctx.fillStyle = hue
    ctx.fill()
    if (!few) continue
    ctx.strokeStyle = color('surface')
    ctx.stroke()
  }
  const end = seen.at(-1)
  if (isDeadEnd && end?.isLast) cross(ctx, end.x + 8, end.y, color(contradictionToken(ink.window)))
}

interface SeenPoint {
  readonly x: number
  readonly y: number
  readonly isLast: boolean
}

/** The points in sight with one on either side, thinned out where there are more than could be told apart. */
function pointsInSight(ink: HistoryInk): SeenPoint[] {
  const { order: points, lanes, span, opOf } = ink
  const rows = new Map(lanes.map(({ name }, row) => [name, row]))
  const first = Math.max(0, indexAt(points, span.fromUs) - 1)
  const last = Math.min(points.length, indexAt(points, span.toUs) + 1)
  const stride = Math.max(1, Math.floor((last - first) / POINTS_MAX))
  const seen: SeenPoint[] = []
  for (let i = first; i < last; i += stride) {
    const { id, atUs } = points[i] as Point
    const row = rows.get(opOf(id)?.lane ?? '')
    if (row !== undefined) seen.push({ x: xAt(atUs, ink), y: laneTop(row, ink) + (ink.lane - 1) / 2, isLast: i === points.length - 1 })
  }
  return seen
}

/** The first point not before `us`. */
function indexAt(points: readonly Point[], us: number): number {
  let [low, high] = [0, points.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle] as Point).atUs < us) low = middle + 1
    else high = middle
  }
  return low
}

function playhead(ctx: Pen, ink: HistoryInk): void {
  const x = xAt(ink.playheadUs, ink)
  ctx.fillStyle = ink.color('accent')
  ctx.fillRect(x - 0.75, AXIS - 4, 1.5, ink.height - AXIS + 4)
}

function outline(ctx: Pen, { from, to, y, high }: Place, round: number, dash: number[]): void {
  ctx.setLineDash(dash)
  ctx.beginPath()
  ctx.roundRect(from + 0.5, y + 0.5, Math.max(1, to - from - 1), high - 1, round)
  ctx.stroke()
  ctx.setLineDash([])
}

function cross(ctx: Pen, x: number, y: number, hue: string): void {
  ctx.strokeStyle = hue
  ctx.lineWidth = 2
  ctx.beginPath()
  ctx.moveTo(x - 4, y - 4)
  ctx.lineTo(x + 4, y + 4)
  ctx.moveTo(x + 4, y - 4)
  ctx.lineTo(x - 4, y + 4)
  ctx.stroke()
  ctx.lineWidth = 1
}

function clip(ctx: Pen, x: number, y: number, width: number, height: number): void {
  ctx.beginPath()
  ctx.rect(x, y, width, height)
  ctx.clip()
}

/** The text, or as much of its beginning as fits. */
function cut(ctx: Pen, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`
}
