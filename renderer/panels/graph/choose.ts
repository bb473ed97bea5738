/** Which points the graph is of: the nearest causes and effects of one, or those of a stretch of the run. */
import type { Columns } from '../../../protocols/causality/columns.ts'
import type { Messages } from '../../../protocols/causality/messages.ts'

export interface Chosen {
  readonly points: readonly number[]
  /** How many there would have been. */
  readonly of: number
}

/** The causes and effects of a point that are at most `depth` steps along programs and messages away, the nearest first, at most `limit`. */
export function coneAround(columns: Columns, messages: Messages, point: number, depth: number, limit: number): Chosen {
  const found = new Set([point])
  let of = 1
  for (const next of [causesOf, effectsOf]) {
    const seen = new Set([point])
    let layer = [point]
    for (let step = 0; step < depth && layer.length > 0; step++) {
      layer = [...new Set(layer.flatMap((at) => next(columns, messages, at)))].filter((at) => !seen.has(at))
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
export function pointsDuring(columns: Columns, fromUs: number, toUs: number, near: number, limit: number): Chosen {
  const points: number[] = []
  for (let point = 1; point <= columns.points; point++) {
    const atUs = columns.atUs[columns.pointRow[point] as number] as number
    if (atUs >= fromUs && atUs <= toUs) points.push(point)
  }
  if (points.length <= limit) return { points, of: points.length }
  const after = points.findIndex((point) => (columns.pointRow[point] as number) > near)
  const middle = after < 0 ? points.length : after
  const first = Math.max(0, Math.min(points.length - limit, middle - limit / 2))
  return { points: points.slice(first, first + limit), of: points.length }
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
