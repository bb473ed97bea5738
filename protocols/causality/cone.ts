/**
 * The causal past and future of an event, each as one count a lane: all up to it, all from it on. So whether a row is in them
 * is one comparison, and a million rows are told apart while they are drawn.
 */
import type { Columns } from './columns.ts'
import { type Place, placeOf } from './order.ts'

export interface Cone {
  readonly row: number
  readonly place: Place
  /** By endpoint: points with a tick up to this are in the past. */
  readonly past: Uint32Array
  /** By endpoint: points with this tick or more are in the future; 0: none is. */
  readonly future: Uint32Array
}

export type Side = 'self' | 'past' | 'future' | 'concurrent' | 'unknown'

/** Undefined where nothing is known of the row's order. */
export function coneOf(columns: Columns, row: number): Cone | undefined {
  const place = placeOf(columns, row)
  if (!place || !columns.hasClocks) return undefined
  const { endpoints, clock, pointLane } = columns
  const past = new Uint32Array(endpoints)
  const future = new Uint32Array(endpoints)
  if (place.past !== 0) past.set(clock.subarray(place.past * endpoints, (place.past + 1) * endpoints))
  if (place.next !== 0) {
    const lane = pointLane[place.next] as number
    const tick = columns.tickOf(place.next)
    for (let at = 0; at < endpoints; at++) future[at] = firstThatKnows(columns, at, lane, tick)
  }
  return { row, place, past, future }
}

/** Where a row stands to the one whose cone it is. */
export function sideOf(columns: Columns, cone: Cone, row: number): Side {
  if (row === cone.row) return 'self'
  const place = placeOf(columns, row)
  if (!place) return 'unknown'
  const { past, next } = place
  if (past === cone.place.past && next === cone.place.next) {
    if (next === 0) return 'concurrent'
    return row < cone.row ? 'past' : 'future'
  }
  const { pointLane } = columns
  if (next !== 0 && columns.tickOf(next) <= (cone.past[pointLane[next] as number] as number)) return 'past'
  const first = past === 0 ? 0 : (cone.future[pointLane[past] as number] as number)
  return first !== 0 && columns.tickOf(past) >= first ? 'future' : 'concurrent'
}

/** The tick of the first point of lane `at` that knows of `tick` of `lane`; 0: none does. What a lane knows never shrinks. */
function firstThatKnows({ lanes, clock, endpoints }: Columns, at: number, lane: number, tick: number): number {
  const points = lanes[at] as Columns['lanes'][number]
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((clock[(points.list[middle] as number) * endpoints + lane] as number) < tick) low = middle + 1
    else high = middle
  }
  return low < points.length ? (clock[(points.list[low] as number) * endpoints + at] as number) : 0
}
