/**
 * What of a run is where on the axis: the marks of each lane, the messages by the lane that they go to, and what is still under
 * way. Grows with the columns, so that a frame asks only of what is in its window.
 */
import { type Columns, isOfCopy } from '../../../protocols/causality/columns.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { Crossings } from './crossings.ts'
import { Extents } from './extents.ts'
import { type AxisKind, Placement } from './placement.ts'
import { Places } from './places.ts'

export class Drawing {
  readonly placement: Placement
  readonly columns: Columns
  /** By lane, the first rows of its points. */
  marks: Extents[] = []
  /** By lane that they go to, the rows in which copies of messages were delivered or dropped; they reach from their sends. */
  messages: Extents[] = []
  /** By lane that they go to, ties between events of hosts from elsewhere, by their numbers in the columns. */
  ties: Extents[] = []
  /** For the density: by lane where its marks are, and where messages cross the gaps between lanes. */
  markPlaces: Places[] = []
  crossings = new Crossings(0)
  /** Sends that neither arrived nor were lost, in order. */
  underway = new Set<number>()
  /** By send: the row in which it was held at a gate. */
  held = new Map<number, number>()
  /** The axis begins at 0 and is known up to here. */
  end = 0
  #rows = 0
  #ties = 0
  /** Of what is under way: where on the axis, in order, and which; undefined when that has changed. */
  #ordered: { readonly places: Float64Array; readonly rows: Uint32Array } | undefined
  /** On a causal axis, deliveries of which no step is known yet, with their numbers in `messages`: where they end may still move. */
  #unheard: { readonly row: number; readonly at: number }[] = []
  #unsettled: Crossings | undefined

  constructor(columns: Columns, axis: AxisKind) {
    this.columns = columns
    this.placement = new Placement(columns, axis)
    this.#clear()
  }

  get axis(): AxisKind {
    return this.placement.axis
  }

  /** Rows of the columns that are taken in. */
  get rows(): number {
    return this.#rows
  }

  /** Those that are not yet. */
  get behind(): number {
    return this.columns.count - this.#rows
  }

  /** Takes in what is new in the columns, at most `most` rows. */
  grow(most = Number.POSITIVE_INFINITY): void {
    const { columns } = this
    if (this.#rows === columns.count) return
    if (this.placement.grow()) this.#clear()
    const last = Math.min(columns.count, this.#rows + most)
    this.#ordered = undefined
    this.#unsettled = undefined
    for (let row = this.#rows + 1; row <= last; row++) this.#take(row)
    this.#rows = last
    if (this.#unheard.length > 0) this.#hear()
  }

  /** Where a copy's message was sent. */
  startOf(row: number): number {
    const send = this.columns.cause[row] as number
    return send === 0 ? Number.NaN : this.placement.ofRow(send)
  }

  /** Messages to a lane that touch a stretch: the row of the send, and that of what became of it; of an inferred one, its two events. */
  eachTo(lane: number, from: number, to: number, see: (send: number, end: number) => void): void {
    const { cause, tieFrom, tieTo } = this.columns
    this.messages[lane]?.visit(from, to, (row) => see(cause[row] as number, row))
    this.ties[lane]?.visit(from, to, (tie) => see(tieFrom[tie] as number, tieTo[tie] as number))
  }

  /** Tells the sends under way that stand between two places: at the end of a run that was cut off there may be thousands of others. */
  visitUnderway(from: number, to: number, see: (send: number) => void): void {
    this.#ordered ??= this.#order()
    const { places, rows } = this.#ordered
    let low = 0
    let high = places.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((places[middle] as number) < from) low = middle + 1
      else high = middle
    }
    for (let i = low; i < places.length && (places[i] as number) <= to; i++) see(rows[i] as number)
  }

  /** Those of deliveries whose end may still move. */
  get unsettled(): Crossings {
    if (!this.#unsettled) {
      this.#unsettled = new Crossings(this.columns.endpoints)
      for (const { row } of this.#unheard) this.#cross(this.#unsettled, this.columns.cause[row] as number, row)
    }
    return this.#unsettled
  }

  #order(): { places: Float64Array; rows: Uint32Array } {
    const all = Array.from(this.underway, (row) => ({ row, place: this.placement.ofRow(row) })).sort((a, b) => a.place - b.place)
    return { places: Float64Array.from(all, ({ place }) => place), rows: Uint32Array.from(all, ({ row }) => row) }
  }

  #clear(): void {
    const lanes = this.columns.endpoints
    this.marks = Array.from({ length: lanes }, () => new Extents())
    this.messages = Array.from({ length: lanes }, () => new Extents())
    this.ties = Array.from({ length: lanes }, () => new Extents())
    this.markPlaces = Array.from({ length: lanes }, () => new Places())
    this.crossings = new Crossings(lanes)
    this.underway = new Set()
    this.held = new Map()
    this.end = 0
    this.#rows = this.columns.first - 1
    this.#ties = 0
    this.#unheard = []
  }

  #take(row: number): void {
    const { columns, placement } = this
    const { kind, cause, lane } = columns
    const at = placement.ofRow(row)
    if (at > this.end) this.end = at
    const point = columns.point[row] as number
    if (point !== 0 && columns.pointRow[point] === row) this.#mark(columns.pointLane[point] as number, row, at)
    else if (point === 0 && isDeed(kind[row] as number)) this.#mark(lane[row] as number, row, at) // without a stamp: it happened all the same
    if (kind[row] === ChunkKind.local) return this.#tie(row, at)
    if (kind[row] === ChunkKind.send) this.underway.add(row)
    const send = cause[row] as number
    if (!isOfCopy(kind[row] as number) || send === 0) return
    if (kind[row] === ChunkKind.hold) {
      this.held.set(send, row)
      return
    }
    this.underway.delete(send)
    const start = placement.ofRow(send)
    const number = this.messages[lane[row] as number]?.add(row, Math.min(start, at), Math.max(start, at))
    const mayMove = this.axis !== 'time' && kind[row] === ChunkKind.deliver && point === 0
    if (mayMove && number !== undefined) this.#unheard.push({ row, at: number })
    else this.#cross(this.crossings, send, row)
  }

  #mark(lane: number, row: number, at: number): void {
    this.marks[lane]?.add(row, at, at)
    this.markPlaces[lane]?.add(at)
  }

  #cross(crossings: Crossings, send: number, end: number): void {
    const { lane, kind, type } = this.columns
    crossings.add(type[send] as number, {
      ...{ home: lane[send] as number, goal: lane[end] as number, lost: kind[end] === ChunkKind.drop },
      ...{ from: this.placement.ofRow(send), to: this.placement.ofRow(end) },
    })
  }

  /** The messages that are inferred to end in a row. */
  #tie(row: number, at: number): void {
    const { columns, placement } = this
    for (; this.#ties < columns.ties && columns.tieTo[this.#ties + 1] === row; this.#ties++) {
      const tied = columns.tieFrom[this.#ties + 1] as number
      const start = placement.ofRow(tied)
      this.ties[columns.lane[row] as number]?.add(this.#ties + 1, Math.min(start, at), Math.max(start, at))
      this.#cross(this.crossings, tied, row)
    }
  }

  /** Deliveries whose receipt has become known get their place on a causal axis. */
  #hear(): void {
    const { columns, placement } = this
    this.#unheard = this.#unheard.filter(({ row, at }) => {
      if (columns.point[row] === 0) return true
      const end = placement.ofRow(row)
      this.messages[columns.lane[row] as number]?.reach(at, this.startOf(row), end)
      this.#cross(this.crossings, columns.cause[row] as number, row)
      if (end > this.end) this.end = end
      return false
    })
  }
}

/** What an endpoint does, stamped or not. */
const isDeed = (kind: number): boolean => kind === ChunkKind.step || kind === ChunkKind.invoke || kind === ChunkKind.return
