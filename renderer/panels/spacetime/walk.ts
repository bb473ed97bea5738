/** From event to event by the keys: along a lane, across lanes, to a cause, to an effect. */
import type { Columns, Lane } from '../../../protocols/causality/columns.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import type { Placement } from './placement.ts'

/** A step's sends stand closely behind it. */
const LOOK_AHEAD = 4096

/** The next point of the row's lane in a direction; the row itself where there is none. */
export function alongLane(columns: Columns, row: number, by: 1 | -1): number {
  const lane = columns.lane[row] as number
  if (lane >= columns.endpoints) return row
  const point = columns.point[row] as number
  const first = columns.pointRow[point] as number
  // What is not a point itself stands between two of them.
  const next = point === 0 ? (by === 1 ? columns.pointAfter(lane, row) : columns.pointBefore(lane, row)) : neighbour(columns, point, by)
  return next === 0 ? (point === 0 ? row : first) : (columns.pointRow[next] as number)
}

function neighbour(columns: Columns, point: number, by: 1 | -1): number {
  const { list, length } = columns.lanes[columns.pointLane[point] as number] as Lane
  const at = list.subarray(0, length).indexOf(point)
  return list.subarray(0, length)[at + by] ?? 0
}

/** The point nearest on another lane. */
export function acrossLanes(placement: Placement, row: number, lane: number): number {
  const { columns } = placement
  const { list, length } = columns.lanes[lane] ?? { list: new Uint32Array(0), length: 0 }
  if (length === 0) return row
  const place = placement.ofRow(row)
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (placement.ofPoint(list[middle] as number) < place) low = middle + 1
    else high = middle
  }
  const off = (at: number) => (at < 0 || at >= length ? Number.POSITIVE_INFINITY : Math.abs(placement.ofPoint(list[at] as number) - place))
  const nearest = off(low - 1) < off(low) ? low - 1 : Math.min(low, length - 1)
  return columns.pointRow[list[nearest] as number] as number
}

/** What a row is the effect of: a delivery of its send, a step of what it took in, a send of its step. Undefined: it has no cause in the run. */
export function causeOf(columns: Columns, row: number): number | undefined {
  const { kind, cause, point, pointRow } = columns
  const own = pointRow[point[row] as number] as number
  const stepOf = (send: number) => (pointRow[point[send] as number] as number) || send
  if (kind[row] === ChunkKind.deliver || kind[row] === ChunkKind.drop || kind[row] === ChunkKind.hold)
    return cause[row] === 0 ? undefined : stepOf(cause[row] as number)
  if (own !== 0 && own !== row) return own
  if (kind[row] === ChunkKind.local) {
    const { first, end } = columns.tiesInto(row)
    return first < end ? columns.tieFrom[end - 1] : undefined
  }
  const delivery = cause[row] as number
  const send = delivery === 0 ? 0 : (cause[delivery] as number)
  return send === 0 ? undefined : stepOf(send)
}

/** What came of a row first: of a step the receipt of what it sent. Undefined: nothing that was heard of. */
export function effectOf(columns: Columns, row: number): number | undefined {
  const { kind, fate, point, pointRow, count } = columns
  const heardIn = (arrival: number): number =>
    (kind[arrival] === ChunkKind.deliver && (pointRow[point[arrival] as number] as number)) || arrival
  if (kind[row] === ChunkKind.send) return fate[row] === 0 ? undefined : heardIn(fate[row] as number)
  if (kind[row] === ChunkKind.deliver) return (pointRow[point[row] as number] as number) || undefined
  const own = point[row] as number
  if (own === 0) return undefined
  if (kind[row] === ChunkKind.local) {
    for (let tie = columns.tiesInto(row + 1).first; tie <= Math.min(columns.ties, columns.tiesInto(row + LOOK_AHEAD).first); tie++)
      if (columns.tieFrom[tie] === row) return columns.tieTo[tie]
    return undefined
  }
  let first: number | undefined
  for (let next = row + 1; next <= Math.min(count, row + LOOK_AHEAD); next++) {
    if (kind[next] !== ChunkKind.send || point[next] !== own) continue
    const arrival = fate[next] as number
    if (arrival !== 0 && (first === undefined || arrival < first)) first = arrival
  }
  return first === undefined ? undefined : heardIn(first)
}
