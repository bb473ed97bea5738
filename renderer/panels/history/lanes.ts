/** Where operations lie on their lanes: what is to be seen of them, what is under the pointer, which is next to which. */
import type { HistoryOp, Lane } from '../../model/history.ts'
import { type Span, xOf } from '../../model/scale.ts'

/** The least height of a lane, and the most where there is room. */
export const LANE_MIN = 28
export const LANE_MAX = 40
/** Above the lanes: the axis. */
export const AXIS = 20
/** Left of the lanes: their names. */
export const GUTTER = 76
/** A bar is at least so wide, to be seen and clicked. */
export const BAR_MIN = 3

export interface Frame {
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  /** The height of a lane. */
  readonly lane: number
  readonly span: Span
}

export const laneHeight = (lanes: number, height: number): number =>
  Math.max(LANE_MIN, Math.min(LANE_MAX, Math.floor((height - AXIS) / Math.max(1, lanes))))

/** The height of a bar. */
export const barOf = ({ lane }: Pick<Frame, 'lane'>): number => lane - 10

export const laneTop = (row: number, { scrollTop, lane }: Pick<Frame, 'scrollTop' | 'lane'>): number => AXIS + row * lane - scrollTop
export const xAt = (us: number, { span, width }: Frame): number => GUTTER + xOf(us, span, width - GUTTER)

/** The rows in sight: first, and one behind the last. */
export function rowsInSight(lanes: readonly Lane[], { scrollTop, height, lane }: Frame): readonly [number, number] {
  const first = Math.max(0, Math.floor(scrollTop / lane))
  return [first, Math.min(lanes.length, Math.ceil((scrollTop + height - AXIS) / lane))]
}

/** Index of the first operation of the lane that is not over before `us`; they do not overlap, so their ends are in order. */
export function firstAfter(ops: readonly HistoryOp[], us: number): number {
  let [low, high] = [0, ops.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const op = ops[middle] as HistoryOp
    if ((op.returnUs ?? Number.POSITIVE_INFINITY) < us) low = middle + 1
    else high = middle
  }
  // What has no end may stand before others only where the client asks anew: take it in as well.
  return Math.max(0, low - 1)
}

/** How far the bar of `ops[index]` is drawn to the right: to its return; where its outcome is open, until the client asks again, or to the end. */
export function openEndUs(ops: readonly HistoryOp[], index: number, lengthUs: number): number {
  const op = ops[index] as HistoryOp
  if (op.outcome === 'ok' || op.outcome === 'refused') return op.returnUs ?? lengthUs
  return Math.max(ops[index + 1]?.invokeUs ?? lengthUs, op.returnUs ?? op.invokeUs)
}

/** The operation under a point of the drawing. */
export function opAt(lanes: readonly Lane[], frame: Frame, x: number, y: number, lengthUs: number): HistoryOp | undefined {
  if (x < GUTTER || y < AXIS) return undefined
  const row = Math.floor((y - AXIS + frame.scrollTop) / frame.lane)
  const ops = lanes[row]?.ops
  if (!ops) return undefined
  const usPerPx = (frame.span.toUs - frame.span.fromUs) / (frame.width - GUTTER)
  const us = frame.span.fromUs + (x - GUTTER) * usPerPx
  let best: HistoryOp | undefined
  let bestPx = 4
  for (let index = firstAfter(ops, us - 6 * usPerPx); index < ops.length; index++) {
    const op = ops[index] as HistoryOp
    if (op.invokeUs > us + 4 * usPerPx) break
    const end = Math.max(openEndUs(ops, index, lengthUs), op.invokeUs + BAR_MIN * usPerPx)
    const offPx = Math.max(0, op.invokeUs - us, us - end) / usPerPx
    if (offPx < bestPx) {
      best = op
      bestPx = offPx
    }
  }
  return best
}

export interface Cursor {
  readonly row: number
  readonly index: number
}

export function cursorOf(lanes: readonly Lane[], op: HistoryOp | undefined): Cursor | undefined {
  if (!op) return undefined
  const row = lanes.findIndex(({ name }) => name === op.lane)
  const index = lanes[row]?.ops.findIndex(({ id }) => id === op.id) ?? -1
  return index < 0 ? undefined : { row, index }
}

/** The operation nearest in time on another lane, or the next one on this. */
export function neighbour(lanes: readonly Lane[], from: Cursor, rows: number, steps: number): Cursor {
  const here = lanes[from.row]?.ops[from.index]
  if (rows === 0 || !here) {
    const last = (lanes[from.row]?.ops.length ?? 1) - 1
    return { row: from.row, index: Math.max(0, Math.min(last, from.index + steps)) }
  }
  const row = Math.max(0, Math.min(lanes.length - 1, from.row + rows))
  return row === from.row ? from : { row, index: nearest(lanes[row]?.ops ?? [], here.invokeUs) }
}

/** Index of the operation that was invoked nearest to `us`. */
export function nearest(ops: readonly HistoryOp[], us: number): number {
  let [low, high] = [0, ops.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ops[middle] as HistoryOp).invokeUs < us) low = middle + 1
    else high = middle
  }
  const [before, after] = [ops[low - 1], ops[low]]
  if (!after) return Math.max(0, low - 1)
  return before && us - before.invokeUs < after.invokeUs - us ? low - 1 : low
}

/** How much time to show at first, around `us`: all of it when there is little, else so much that bars can be told apart. */
export function usualSpan(lanes: readonly Lane[], us: number, lengthUs: number, width: number): Span {
  const count = Math.max(0, ...lanes.map(({ ops }) => ops.length))
  const room = Math.max(1, (width - GUTTER) / 28)
  const whole = Math.max(lengthUs, 2000)
  if (count <= room) return { fromUs: 0, toUs: whole }
  return around(us, (whole * room) / count, whole)
}

export function around(us: number, sizeUs: number, lengthUs: number): Span {
  const size = Math.min(Math.max(sizeUs, 2000), Math.max(lengthUs, 2000))
  const fromUs = Math.max(0, Math.min(us - size / 2, lengthUs - size))
  return { fromUs, toUs: fromUs + size }
}
