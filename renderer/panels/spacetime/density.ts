/**
 * How much happened where there is too much to draw: marks of each lane and messages across each gap between two lanes, counted in
 * slices of the axis. A message counts once in each gap that it crosses, where it crosses it; a lost one only as far as it came.
 */
import type { Drawing } from './drawing.ts'

export interface Slices {
  readonly from: number
  /** How much of the axis a slice is, and how many there are. */
  readonly size: number
  readonly count: number
}

/** Which of so many families a message type is of, by its index. */
export interface Families {
  readonly count: number
  readonly of: Uint8Array
}

/** Counts, in arrays that are used again for the next frame. */
export class Density {
  /** By lane. */
  marks: Uint32Array[] = []
  /** By gap (between lane i and i + 1), then by family. */
  messages: Uint32Array[][] = []

  count(drawing: Drawing, slices: Slices, families: Families): void {
    this.#clear(drawing.marks.length, slices.count, families.count)
    const { from, size } = slices
    for (const [lane, places] of drawing.markPlaces.entries()) places.countInto(this.marks[lane] as Uint32Array, from, size)
    for (const { gaps } of [drawing.crossings, drawing.unsettled])
      for (const [gap, types] of gaps.entries())
        for (const [type, places] of types.entries())
          places?.countInto(this.messages[gap]?.[families.of[type] as number] as Uint32Array, from, size)
  }

  #clear(lanes: number, slices: number, families: number): void {
    const isFitting = this.marks.length === lanes && this.marks[0]?.length === slices && (this.messages[0]?.length ?? families) === families
    if (isFitting) {
      for (const counts of [...this.marks, ...this.messages.flat()]) counts.fill(0)
      return
    }
    const each = () => new Uint32Array(slices)
    this.marks = Array.from({ length: lanes }, each)
    this.messages = this.marks.slice(1).map(() => Array.from({ length: families }, each))
  }
}

/** What is usual in a stretch of `unit`: a shade is read against it, the same all over the run. In steps, so that a run that grows does not change its shades all the time. */
export interface Usual {
  readonly marks: number
  readonly messages: number
}

export function usualIn(drawing: Drawing, unit: number): Usual {
  const sum = (lanes: Drawing['marks']) => lanes.reduce((total, { length }) => total + length, 0)
  const perLane = (total: number) =>
    2 ** Math.round(Math.log2(Math.max(1e-9, total / Math.max(1, drawing.end) / Math.max(1, drawing.marks.length))))
  const at = (total: number) => Math.max(1, perLane(total) * unit)
  return { marks: at(sum(drawing.marks)), messages: at((sum(drawing.messages) + sum(drawing.ties)) * 2) }
}

/** The darker, the more messages crossed a gap: 0 to 1. */
export const shadeOf = (messages: number, usually: Usual): number =>
  messages === 0 ? 0 : 0.08 + 0.72 * (1 - Math.exp(-messages / (2.5 * usually.messages)))

/** The higher, the more a lane did: how far to both sides of its middle, as a share of the gap between two lanes. */
export const heightOf = (marks: number, usually: Usual): number =>
  marks === 0 ? 0 : HEIGHT_MAX * (1 - Math.exp(-marks / (2 * usually.marks)))

export const HEIGHT_MAX = 0.22
