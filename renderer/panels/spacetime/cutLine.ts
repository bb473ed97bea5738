/** A cut as a line across the lanes: where it crosses each of them, and which points are then in it. */

import type { Lane } from '../../../protocols/causality/columns.ts'
import { type CausalCut, lastIn } from '../../../protocols/causality/cut.ts'
import type { Placement } from './placement.ts'

/** The cut that contains of each lane all up to where the line crosses it. */
export function cutOf(placement: Placement, places: readonly number[]): CausalCut {
  const { columns } = placement
  return Uint32Array.from(columns.lanes, ({ list, length }: Lane, lane) => {
    const place = places[lane] ?? Number.NEGATIVE_INFINITY
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (placement.ofPoint(list[middle] as number) <= place) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : columns.tickOf(list[low - 1] as number)
  })
}

/** A line that makes the cut: on each lane in the middle between the last point that is in and the first that is not. */
export function placesOf(placement: Placement, cut: CausalCut, end: number): number[] {
  const { columns } = placement
  return Array.from(cut, (_, lane) => {
    const last = lastIn(columns, cut, lane)
    const { list, length } = columns.lanes[lane] as Lane
    const next = last === 0 ? (length === 0 ? 0 : (list[0] as number)) : columns.pointFrom(lane, columns.tickOf(last) + 1)
    const before = last === 0 ? 0 : placement.ofPoint(last)
    return next === 0 ? Math.max(before, end) : (before + placement.ofPoint(next)) / 2
  })
}

/** The lane's crossing moved by one point. */
export function moved(placement: Placement, cut: CausalCut, lane: number, by: 1 | -1): CausalCut {
  const { columns } = placement
  const next = cut.slice()
  const last = lastIn(columns, cut, lane)
  if (by === 1) {
    const point = columns.pointFrom(lane, (cut[lane] as number) + 1)
    if (point !== 0) next[lane] = columns.tickOf(point)
  } else if (last !== 0) {
    next[lane] = columns.tickOf(last) - 1
    const before = lastIn(columns, next, lane) // a tick may have no point: clients do not record each thing that they hear
    next[lane] = before === 0 ? 0 : columns.tickOf(before)
  }
  return next
}
