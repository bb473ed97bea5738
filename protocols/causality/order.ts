/**
 * Happened-before (Lamport 1978) of any two rows, told by vector clocks (Fidge 1988, Mattern 1988): a → b if and only if
 * b's clock knows of a, that is, has at least a's own count in the entry of a's endpoint. One look decides.
 */
import { ChunkKind } from '../wire/chunk.ts'
import { type Columns, isOfCopy } from './columns.ts'

/**
 * Where a row stands among the points: it knows what `past` knows, and whoever knows of `next` knows of it. Both are its own
 * point, if it has one. 0: nothing. What happens to a node stands between two of its steps; what becomes of a message stands
 * behind its send, and nobody hears of it unless it is delivered.
 */
export interface Place {
  readonly past: number
  readonly next: number
}

/** Undefined: it is no event of the cluster, such as what a person did; nothing is known of its order. */
export function placeOf(columns: Columns, row: number): Place | undefined {
  const { kind, point, cause, fate, lane } = columns
  const own = point[row] as number
  if (own !== 0) return { past: own, next: own }
  if (isOfCopy(kind[row] as number)) {
    const send = cause[row] as number
    if (send === 0) return undefined
    const arrived = kind[row] === ChunkKind.hold ? (fate[send] as number) : 0
    return { past: point[send] as number, next: arrived === 0 ? 0 : (point[arrived] as number) }
  }
  const at = lane[row] as number
  if (at >= columns.endpoints) return undefined
  return { past: columns.pointBefore(at, row), next: columns.pointAfter(at, row) }
}

export type Relation =
  /** a → b. */
  | 'before'
  /** b → a. */
  | 'after'
  /** a ∥ b. */
  | 'concurrent'
  | 'same'
  /** One of them is no event of the cluster, or the run has no vector clocks. */
  | 'unknown'

export interface Comparison {
  readonly is: Relation
  /** The endpoints whose entries of the two clocks decide: one when they are ordered, two when they are not. */
  readonly deciding: readonly number[]
}

export function compareRows(columns: Columns, a: number, b: number): Comparison {
  if (a === b) return { is: 'same', deciding: [] }
  const placeA = placeOf(columns, a)
  const placeB = placeOf(columns, b)
  if (!placeA || !placeB || !columns.hasClocks) return { is: 'unknown', deciding: [] }
  const deciding = [placeA, placeB].map(({ past, next }) => columns.pointLane[next || past] as number)
  if (happenedBefore(columns, a, placeA, b, placeB)) return { is: 'before', deciding: deciding.slice(0, 1) }
  if (happenedBefore(columns, b, placeB, a, placeA)) return { is: 'after', deciding: deciding.slice(1) }
  return { is: 'concurrent', deciding: [...new Set(deciding)] }
}

function happenedBefore(columns: Columns, a: number, placeA: Place, b: number, placeB: Place): boolean {
  if (placeA.past === placeB.past && placeA.next === placeB.next) return a < b && placeA.next !== 0
  if (placeA.next === 0 || placeB.past === 0) return false
  return knows(columns, placeB.past, placeA.next)
}

/** True when `point` is `other`, or happened after it. */
export function knows({ clock, endpoints, pointLane }: Columns, point: number, other: number): boolean {
  const lane = pointLane[other] as number
  return (clock[point * endpoints + lane] as number) >= (clock[other * endpoints + lane] as number)
}
