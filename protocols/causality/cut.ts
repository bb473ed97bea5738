/**
 * Cuts: how far each process has come. A cut is consistent when it contains, with every event, all that happened before it
 * (Mattern 1988; Chandy and Lamport 1985): no message was received in it that was not sent in it.
 */
import { ChunkKind } from '../wire/chunk.ts'
import type { ChainLink } from './chain.ts'
import type { Columns } from './columns.ts'

/** By endpoint, the tick up to which its points are in; 0: none is. */
export type CausalCut = Uint32Array

/** The cut that the recording makes: all up to a row. */
export function cutAt(columns: Columns, row: number): CausalCut {
  return Uint32Array.from(columns.lanes, (_, lane) => {
    const point = columns.pointBefore(lane, row + 1)
    return point === 0 ? 0 : columns.tickOf(point)
  })
}

export function isConsistent(columns: Columns, cut: CausalCut): boolean {
  const { endpoints, clock } = columns
  for (let lane = 0; lane < endpoints; lane++) {
    const point = lastIn(columns, cut, lane)
    if (point === 0) continue
    for (let of = 0; of < endpoints; of++) if ((clock[point * endpoints + of] as number) > (cut[of] as number)) return false
  }
  return true
}

/** The largest consistent cut within this one: what was received too early is taken out, and what follows from it. */
export function consistentWithin(columns: Columns, cut: CausalCut): CausalCut {
  const { endpoints, clock } = columns
  const inner = cut.slice()
  for (let lane = 0, unchanged = 0; unchanged < endpoints; lane = (lane + 1) % endpoints) {
    const before = inner[lane]
    let point = lastIn(columns, inner, lane)
    while (point !== 0 && !isWithin(clock.subarray(point * endpoints, (point + 1) * endpoints), inner, lane)) {
      inner[lane] = columns.tickOf(point) - 1
      point = lastIn(columns, inner, lane)
    }
    unchanged = before === inner[lane] ? unchanged + 1 : 0
  }
  return inner
}

export interface Across {
  /** Messages whose receipt is in the cut and whose send is not. */
  readonly early: readonly ChainLink[]
  /** Rows of sends in the cut that no receipt in it belongs to: in the channels. Not those that were dropped before, or handed to somebody who took no step with them. Of hosts from elsewhere, events that led to one beyond the cut. */
  readonly inTransit: readonly number[]
  /** There are more of the one or the other than were asked for. */
  readonly more: boolean
}

/** Messages that cross the cut, at most `limit` of each sort, the latest. */
export function messagesAcross(columns: Columns, cut: CausalCut, limit: number): Across {
  const { kind, cause, point, fate, count } = columns
  const isIn = (row: number): boolean => {
    const at = point[row] as number
    return at !== 0 && columns.tickOf(at) <= (cut[columns.pointLane[at] as number] as number)
  }
  const early: ChainLink[] = []
  const inTransit: number[] = []
  let more = false
  const note = <T>(list: T[], one: T) => {
    if (list.length < limit) list.push(one)
    else more = true
  }
  const end = lastRow(columns, cut)
  for (let row = count; row > 0; row--) {
    if (kind[row] === ChunkKind.deliver) {
      const send = cause[row] as number
      if (isIn(row) && !isIn(send)) note(early, { send, delivery: row })
    } else if (kind[row] === ChunkKind.send && isIn(row)) {
      const arrival = fate[row] as number
      const isOver = arrival !== 0 && point[arrival] === 0 && arrival <= end
      if (!isOver && (arrival === 0 || !isIn(arrival))) note(inTransit, row)
    }
  }
  for (let tie = columns.ties; tie > 0; tie--) {
    const [send, delivery] = [columns.tieFrom[tie] as number, columns.tieTo[tie] as number]
    if (isIn(delivery) && !isIn(send)) note(early, { send, delivery })
    else if (isIn(send) && !isIn(delivery)) note(inTransit, send)
  }
  return { early: early.reverse(), inTransit: inTransit.reverse(), more }
}

/** The last point of the lane that is in the cut; 0: none is. */
export function lastIn(columns: Columns, cut: CausalCut, lane: number): number {
  const { list, length } = columns.lanes[lane] as Columns['lanes'][number]
  const tick = cut[lane] as number
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (columns.tickOf(list[middle] as number) <= tick) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : (list[low - 1] as number)
}

/** The last row of which the cut knows. */
function lastRow(columns: Columns, cut: CausalCut): number {
  return Math.max(0, ...columns.lanes.map((_, lane) => columns.pointRow[lastIn(columns, cut, lane)] as number))
}

const isWithin = (clock: Uint32Array, cut: CausalCut, but: number): boolean =>
  clock.every((count, of) => of === but || count <= (cut[of] as number))
