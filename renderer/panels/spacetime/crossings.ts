/** Where on the axis messages cross the gaps between lanes: what the density of the gaps is counted from. */
import { Places } from './places.ts'

/** How far from its sender to its receiver a message that never arrived is drawn. */
export const LOST_SHARE = 0.5

export interface Way {
  readonly home: number
  readonly goal: number
  readonly from: number
  readonly to: number
  readonly lost: boolean
}

export class Crossings {
  /** By gap (between lane i and i + 1), then by message type; where there was none of a type, nothing. */
  readonly gaps: (Places | undefined)[][]

  constructor(lanes: number) {
    this.gaps = Array.from({ length: Math.max(0, lanes - 1) }, () => [])
  }

  /** A message counts in each gap that it crosses, where it does; a lost one only as far as it came. */
  add(type: number, { home, goal, from, to, lost }: Way): void {
    const share = lost ? LOST_SHARE : 1
    const step = goal > home ? 1 : -1
    for (let lane = home; lane !== goal; lane += step) {
      const gone = (Math.abs(lane - home) + 0.5) / Math.abs(goal - home)
      if (gone > share) return
      this.#of(Math.min(lane, lane + step), type)?.add(from + ((to - from) * gone) / share)
    }
  }

  #of(gap: number, type: number): Places | undefined {
    const types = this.gaps[gap]
    if (types) types[type] ??= new Places()
    return types?.[type]
  }
}
