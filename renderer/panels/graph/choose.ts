/** Which points the graph is of: the nearest causes and effects of one, or those of a stretch of the run. */
import type { Columns } from '../../../protocols/causality/columns.ts'
import type { Messages } from '../../../protocols/causality/messages.ts'
import type { Pieces } from '../../../protocols/causality/pieces.ts'

const POINTS_PIECE = 32_768

export interface Chosen {
  readonly points: readonly number[]
  /** How many there would have been. */
  readonly of: number
}

/** The causes and effects of a point that are at most `depth` steps along programs and messages away, the nearest first, at most `limit`. */
export function* coneAround(columns: Columns, messages: Messages, point: number, depth: number, limit: number): Pieces<Chosen> {
  const found = new Set([point])
  let of = 1
  for (const next of [causesOf, effectsOf]) {
    const seen = new Set([point])
    let layer = [point]
    for (let step = 0; step < depth && layer.length > 0; step++) {
      layer = [...new Set(layer.flatMap((at) => next(columns, messages, at)))].filter((at) => !seen.has(at))
      yield
      for (const at of layer) {
        seen.add(at)
        of++
        if (found.size < limit) found.add(at)
      }
    }
  }
  return { points: [...found], of }
}

function causesOf(columns: Columns, messages: Messages, point: number): number[] {
  const before = columns.pointBefore(columns.pointLane[point] as number, columns.pointRow[point] as number)
  const senders = [...messages.receivedBy(point)].map((message) => messages.from[message] as number)
  return before === 0 ? senders : [before, ...senders]
}

function effectsOf(columns: Columns, messages: Messages, point: number): number[] {
  const after = columns.pointAfter(columns.pointLane[point] as number, (columns.pointRow[point] as number) + 1)
  const receivers = [...messages.sentBy(point)].map((message) => messages.to[message] as number)
  return after === 0 ? receivers : [after, ...receivers]
}

/** The points that begin in a stretch of time; of too many, the `limit` nearest to the row `near`. */
export function* pointsDuring(columns: Columns, fromUs: number, toUs: number, near: number, limit: number): Pieces<Chosen> {
  const { pointRow, atUs, points: count } = columns
  const isIn = (point: number): boolean => {
    const at = atUs[pointRow[point] as number] as number
    return at >= fromUs && at <= toUs
  }
  let of = 0
  let middle = 0
  for (let point = 1; point <= count; point++) {
    if (point % POINTS_PIECE === 0) yield
    if (!isIn(point)) continue
    of++
    if ((pointRow[point] as number) <= near) middle = of
  }
  const first = Math.max(0, Math.min(of - limit, middle - limit / 2))
  const points: number[] = []
  for (let point = 1, place = 0; point <= count && points.length < limit; point++) {
    if (point % POINTS_PIECE === 0) yield
    if (isIn(point) && place++ >= first) points.push(point)
  }
  return { points, of }
}

/** The points round a row: `before` that had begun by then, and `after` that came next. */
export function pointsAround(columns: Columns, row: number, before: number, after: number): Chosen {
  const last = lastPointUpTo(columns, row)
  const first = Math.max(1, last - before + 1)
  const end = Math.min(columns.points, last + after)
  return { points: Array.from({ length: Math.max(0, end - first + 1) }, (_, i) => first + i), of: end - first + 1 }
}

/** The last point that had begun when `row` had happened; points are numbered in order of their first rows. */
export function lastPointUpTo({ pointRow, points }: Columns, row: number): number {
  let low = 1
  let high = points + 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((pointRow[middle] as number) <= row) low = middle + 1
    else high = middle
  }
  return low - 1
}
