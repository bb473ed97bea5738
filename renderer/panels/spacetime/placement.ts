/**
 * Where things stand along the axis: in real time, in Lamport time or by causal rank. On the causal axes only points have a
 * place; a message that was lost ends half a step behind its send, for it reached nobody.
 */
import type { Columns } from '../../../protocols/causality/columns.ts'
import { Ranks } from '../../../protocols/causality/rank.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'

export type AxisKind = 'time' | 'lamport' | 'rank'

export class Placement {
  readonly axis: AxisKind
  readonly columns: Columns
  readonly #ranks: Ranks | undefined

  constructor(columns: Columns, axis: AxisKind) {
    this.columns = columns
    this.axis = axis
    if (axis === 'rank') this.#ranks = new Ranks(columns)
  }

  /** To be called when the columns have grown. True: what had a place moved. */
  grow(): boolean {
    return this.#ranks?.grow() ?? false
  }

  ofPoint(point: number): number {
    switch (this.axis) {
      case 'time':
        return this.columns.atUs[this.columns.pointRow[point] as number] as number
      case 'lamport':
        return this.columns.lamport[point] as number
      case 'rank':
        return this.#ranks?.of[point] as number
      default:
        return this.axis satisfies never
    }
  }

  /** Where a row happened; NaN where the axis has no place for it. */
  ofRow(row: number): number {
    const { columns } = this
    if (this.axis === 'time') return columns.atUs[row] as number
    const point = columns.point[row] as number
    if (point !== 0) return this.ofPoint(point)
    const send = columns.cause[row] as number
    if (send === 0) return Number.NaN
    return this.ofRow(send) + (columns.kind[row] === ChunkKind.deliver ? 1 : 0.5)
  }

  /** The place of a lane at an event that is not its own, such as a crash: between the points before and after it. NaN: it has no points there. */
  between(lane: number, row: number, atUs: number): number {
    if (this.axis === 'time') return atUs
    const { list, length } = this.columns.lanes[lane] as Columns['lanes'][number]
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.columns.pointRow[list[middle] as number] as number) < row) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0.5 : this.ofPoint(list[low - 1] as number) + 0.5
  }
}
