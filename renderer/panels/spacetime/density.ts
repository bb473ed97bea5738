/**
 * How much happened where there is too much to draw: marks of each lane and messages across each gap between two lanes, counted in
 * slices of the axis. A message counts once in each gap that it crosses, where it crosses it; a lost one only as far as it came.
 */
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import type { Drawing } from './drawing.ts'
import { LOST_SHARE } from './messageScene.ts'

export interface Density {
  readonly bins: number
  /** By lane. */
  readonly marks: readonly Uint32Array[]
  /** By gap (between lane i and i + 1), then by family. */
  readonly messages: readonly (readonly Uint32Array[])[]
}

export interface Slices {
  readonly from: number
  readonly to: number
  readonly bins: number
}

/** Counts lane by lane and yields in between, so that it can be done in pieces. `familyOf`: of a message type's index. */
export function* counting(drawing: Drawing, { from, to, bins }: Slices, families: number, familyOf: Uint8Array): Generator<void, Density> {
  const { columns, placement } = drawing
  const { lane: laneOf, kind, type } = columns
  const each = () => new Uint32Array(bins)
  const marks = drawing.marks.map(each)
  const messages = drawing.marks.slice(1).map(() => Array.from({ length: families }, each))
  const perUnit = bins / (to - from)
  for (const [lane, extents] of drawing.marks.entries()) {
    const counts = marks[lane] as Uint32Array
    extents.visit(from, to, (row) => {
      const bin = Math.floor((placement.ofRow(row) - from) * perUnit)
      if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] as number) + 1
    })
    yield
  }
  for (const goalLane of drawing.messages.keys()) {
    drawing.eachTo(goalLane, from, to, (send, row) => {
      const start = placement.ofRow(send)
      const length = placement.ofRow(row) - start
      const home = laneOf[send] as number
      const goal = laneOf[row] as number
      const share = kind[row] === ChunkKind.drop ? LOST_SHARE : 1
      const family = familyOf[type[send] as number] as number
      const step = goal > home ? 1 : -1
      for (let lane = home; lane !== goal; lane += step) {
        const gone = (Math.abs(lane - home) + 0.5) / Math.abs(goal - home)
        if (gone > share) break
        const bin = Math.floor((start + (length * gone) / share - from) * perUnit)
        if (bin < 0 || bin >= bins) continue
        const counts = messages[Math.min(lane, lane + step)]?.[family]
        if (counts) counts[bin] = (counts[bin] as number) + 1
      }
    })
    yield
  }
  return { bins, marks, messages }
}
