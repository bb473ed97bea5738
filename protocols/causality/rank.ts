/**
 * Causal rank: how many points the longest chain of causes that ends in a point has. Every arrow, and every step along a lane,
 * goes up by at least one, and no rank is skipped: it is the tightest drawing in which all arrows point forward.
 */
import { ChunkKind } from '../wire/chunk.ts'
import type { Columns } from './columns.ts'

/** Rows are nearly in the order of causes, so two rounds settle them. A file that names causes in a circle is not followed for ever. */
const ROUNDS_MAX = 64

export class Ranks {
  /** By point, from 1 on; 0: it is not ranked yet. */
  of: Uint32Array<ArrayBuffer> = new Uint32Array(1024)
  /** The highest rank. */
  max = 0
  #rows = 0
  #lastOf: Uint32Array
  /** Deliveries of which it was not known yet which point heard them. */
  #unheard: number[] = []
  readonly #columns: Columns

  constructor(columns: Columns) {
    this.#columns = columns
    this.#lastOf = new Uint32Array(columns.endpoints)
  }

  /** Ranks what is new. True: points that had a rank got another. */
  grow(): boolean {
    const columns = this.#columns
    if (this.#rows === columns.count) return false
    if (columns.pointRow.length > this.of.length) {
      const wide = new Uint32Array(columns.pointRow.length)
      wide.set(this.of)
      this.of = wide
    }
    if (this.#goOn()) return false
    this.#anew()
    return true
  }

  /** Takes new rows in on top of what is there; false when something older changes with them. */
  #goOn(): boolean {
    const columns = this.#columns
    const first = this.#rows + 1
    const waiting = this.#unheard
    this.#unheard = []
    for (const delivery of waiting) {
      const point = columns.point[delivery] as number
      if (point === 0) this.#unheard.push(delivery)
      else if ((columns.pointRow[point] as number) < first) return false
      else this.#hear(delivery, point)
    }
    for (let row = first; row <= columns.count; row++) {
      const point = columns.point[row] as number
      if (columns.kind[row] === ChunkKind.deliver) {
        if (point === 0) this.#unheard.push(row)
        else if ((columns.pointRow[point] as number) < row) return false
        else this.#hear(row, point)
      } else if (point !== 0 && columns.pointRow[point] === row) {
        if (!this.#follow(point)) return false
        this.#hearTies(row, point)
      }
    }
    this.#rows = columns.count
    return true
  }

  #hear(delivery: number, point: number): boolean {
    const sent = this.#columns.point[this.#columns.cause[delivery] as number] as number
    return sent !== 0 && this.#raise(point, (this.of[sent] as number) + 1)
  }

  /** What an event of a host from elsewhere follows from. */
  #hearTies(row: number, point: number): boolean {
    const columns = this.#columns
    if (columns.ties === 0) return false
    let raised = false
    for (let { first, end } = columns.tiesInto(row); first < end; first++) {
      const from = columns.point[columns.tieFrom[first] as number] as number
      raised = this.#raise(point, (this.of[from] as number) + 1) || raised
    }
    return raised
  }

  /** A new point comes behind the last one of its lane; false when it belongs before it. */
  #follow(point: number): boolean {
    const columns = this.#columns
    const lane = columns.pointLane[point] as number
    const last = this.#lastOf[lane] as number
    if (last !== 0 && columns.hasClocks && columns.tickOf(last) > columns.tickOf(point)) return false
    this.#raise(point, (this.of[last] as number) + 1)
    this.#lastOf[lane] = point
    return true
  }

  #raise(point: number, rank: number): boolean {
    if (rank <= (this.of[point] as number)) return false
    this.of[point] = rank
    if (rank > this.max) this.max = rank
    return true
  }

  #anew(): void {
    const columns = this.#columns
    this.of.fill(0)
    this.max = 0
    const before = new Uint32Array(columns.points + 1)
    for (const [lane, { list, length }] of columns.lanes.entries()) {
      for (let i = 1; i < length; i++) before[list[i] as number] = list[i - 1] as number
      this.#lastOf[lane] = length === 0 ? 0 : (list[length - 1] as number)
    }
    for (let round = 0, again = true; again && round < ROUNDS_MAX; round++) {
      again = false
      for (let row = 1; row <= columns.count; row++) {
        const point = columns.point[row] as number
        if (point === 0) continue
        if (columns.kind[row] === ChunkKind.deliver) again = this.#hear(row, point) || again
        else if (columns.pointRow[point] === row) {
          again = this.#raise(point, (this.of[before[point] as number] as number) + 1) || again
          again = this.#hearTies(row, point) || again
        }
      }
    }
    this.#unheard = []
    for (let row = 1; row <= columns.count; row++)
      if (columns.kind[row] === ChunkKind.deliver && columns.point[row] === 0) this.#unheard.push(row)
    this.#rows = columns.count
  }
}
