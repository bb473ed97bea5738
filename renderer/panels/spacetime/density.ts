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

/** Bins counted between two yields: of a whole run of a million events some hundredths of it, a millisecond or two. */
const BINS_AT_ONCE = 16
/** Of a bin: what lies on an edge is looked for on both of its sides, and counted where it is. */
const RIM = 1e-3

/** Counts a few bins of one lane after the other and yields in between, so that it can be done in pieces. `familyOf`: of a message type's index. */
export function* counting(drawing: Drawing, { from, to, bins }: Slices, families: number, familyOf: Uint8Array): Generator<void, Density> {
  const { columns, placement } = drawing
  const { lane: laneOf, kind, type } = columns
  const each = () => new Uint32Array(bins)
  const marks = drawing.marks.map(each)
  const messages = drawing.marks.slice(1).map(() => Array.from({ length: families }, each))
  const perUnit = bins / (to - from)
  // What reaches over several pieces is found in each of them and counted in the one in which it lies.
  for (let first = 0; first < bins; first += BINS_AT_ONCE) {
    const last = Math.min(bins, first + BINS_AT_ONCE)
    const [start, end] = [from + (first - RIM) / perUnit, from + (last + RIM) / perUnit]
    for (const [lane, extents] of drawing.marks.entries()) {
      const counts = marks[lane] as Uint32Array
      extents.visit(start, end, (row) => {
        const bin = Math.floor((placement.ofRow(row) - from) * perUnit)
        if (bin >= first && bin < last) counts[bin] = (counts[bin] as number) + 1
      })
    }
    yield
    for (const goalLane of drawing.messages.keys()) {
      drawing.eachTo(goalLane, start, end, (send, row) => {
        const sent = placement.ofRow(send)
        const length = placement.ofRow(row) - sent
        const home = laneOf[send] as number
        const goal = laneOf[row] as number
        const share = kind[row] === ChunkKind.drop ? LOST_SHARE : 1
        const family = familyOf[type[send] as number] as number
        const step = goal > home ? 1 : -1
        for (let lane = home; lane !== goal; lane += step) {
          const gone = (Math.abs(lane - home) + 0.5) / Math.abs(goal - home)
          if (gone > share) break
          const bin = Math.floor((sent + (length * gone) / share - from) * perUnit)
          if (bin < first || bin >= last) continue
          const counts = messages[Math.min(lane, lane + step)]?.[family]
          if (counts) counts[bin] = (counts[bin] as number) + 1
        }
      })
      yield
    }
  }
  return { bins, marks, messages }
}

/** Two stretches of equal length side by side as one with as many bins: nothing is counted again. */
export function joined(left: Density, right: Density): Density {
  const { bins } = left
  const both = (a: Uint32Array, b: Uint32Array): Uint32Array => {
    const sums = new Uint32Array(bins)
    const half = bins / 2
    for (let i = 0, at = 0; i < half; i++, at += 2) {
      sums[i] = (a[at] as number) + (a[at + 1] as number)
      sums[half + i] = (b[at] as number) + (b[at + 1] as number)
    }
    return sums
  }
  return {
    bins,
    marks: left.marks.map((counts, lane) => both(counts, right.marks[lane] as Uint32Array)),
    messages: left.messages.map((gap, at) => gap.map((counts, family) => both(counts, right.messages[at]?.[family] as Uint32Array))),
  }
}

/** What is usual in a stretch of `unit`: a shade is read against it, the same all over the run. In steps, so that a run that grows does not change its shades all the time. */
export interface Usual {
  readonly marks: number
  readonly messages: number
}

export function usualIn(drawing: Drawing, unit = 1): Usual {
  const sum = (lanes: Drawing['marks']) => lanes.reduce((total, { length }) => total + length, 0)
  const perLane = (total: number) =>
    2 ** Math.round(Math.log2(Math.max(1e-9, total / Math.max(1, drawing.end) / Math.max(1, drawing.marks.length))))
  const at = (total: number) => (unit === 1 ? perLane(total) : Math.max(1, perLane(total) * unit))
  return { marks: at(sum(drawing.marks)), messages: at((sum(drawing.messages) + sum(drawing.ties)) * 2) }
}

/** The darker, the more messages crossed a gap: 0 to 1. */
export const shadeOf = (messages: number, usually: Usual): number =>
  messages === 0 ? 0 : 0.08 + 0.72 * (1 - Math.exp(-messages / (2.5 * usually.messages)))

/** The higher, the more a lane did: how far to both sides of its middle, as a share of the gap between two lanes. */
export const heightOf = (marks: number, usually: Usual): number => (marks === 0 ? 0 : 0.22 * (1 - Math.exp(-marks / (2 * usually.marks))))
