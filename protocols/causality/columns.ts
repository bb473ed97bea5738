/**
 * A whole run in columns: of each event what causality and drawing need, a few numbers in typed arrays, so that a million
 * events are some tens of megabytes and are walked without making an object. Words stay in the recording.
 *
 * A row is an event; its number is the event's `seq`. A **point** is an event in Lamport's sense: one step of an endpoint,
 * with its stamp. What a step sends is part of it, and so is the delivery that started it; rows of one point are ordered by
 * their numbers. Rows without a point are of no process: a drop, a node's end, a person's hand.
 */
import { ChunkKind } from '../wire/chunk.ts'

/** The lane of what belongs to no endpoint. */
export const NO_LANE = 255
/** In `type` of a step, beside its StepInputKind in the lowest three bits: the step noted something. */
export const NOTED = 8
/** In `type` of a `node` row. */
export const NODE_CHANGES = ['up', 'down', 'paused', 'resumed', 'wiped'] as const

/** What is known of a row when it is added. One object may serve for all rows: nothing of it is kept. */
export interface Row {
  /** A ChunkKind. */
  kind: number
  /** Endpoint index: whose step; from whom a send. NO_LANE: nobody's. Of a deliver, drop or hold it is that to which its send went, whatever stands here. */
  lane: number
  /** Of a send: to whom. */
  to: number
  /** Of a send: the message type's index; of a step: its input's kind and NOTED; of a `node`: an index of NODE_CHANGES. */
  type: number
  atUs: number
  /** Of a deliver, drop or hold: the row of its send; of a step: the row of the delivery that it took in. 0: none. */
  cause: number
  /** Of a local event: the rows at other hosts that it directly follows from. */
  after?: Iterable<number> | undefined
  /** Its stamp; `clock` has one entry an endpoint, or none where the run has no vector clocks. Undefined: it has no stamp. */
  stamp: { readonly lamport: number; readonly clock: ArrayLike<number> } | undefined
}

type Bytes = Uint8Array<ArrayBuffer>
type Words = Uint32Array<ArrayBuffer>
type Times = Float64Array<ArrayBuffer>

const FIRST_ROOM = 1024

export class Columns {
  /** Nodes, then `clients`. */
  readonly endpoints: number
  /** Rows first..count are here. */
  readonly first: number
  count: number
  kind: Bytes
  lane: Bytes
  to: Bytes
  type: Bytes
  /** Real time of the run, µs. Not quite in order of rows: a row stands where causality has it. */
  atUs: Times
  cause: Words
  /** Of a send: the row in which its first copy was delivered or dropped; 0: it is under way. */
  fate: Words
  /** The row's point; 0: none, or not yet. */
  point: Words

  /** Of hosts from elsewhere messages are known by their ends alone. Ties 1..ties are here, in order of `tieTo`: rows of local events. */
  ties = 0
  tieFrom: Words = new Uint32Array(64)
  tieTo: Words = new Uint32Array(64)

  /** Points 1..points are here, in order of their rows. */
  points = 0
  /** The first row of the point. */
  pointRow: Words = new Uint32Array(FIRST_ROOM)
  pointLane: Bytes = new Uint8Array(FIRST_ROOM)
  lamport: Words = new Uint32Array(FIRST_ROOM)
  /** `endpoints` entries a point: as stamped, and over all lives of a process. */
  clock: Words
  /** False as soon as a stamp came without a vector clock. */
  hasClocks = true
  /** By endpoint, its points in order of their ticks (their own entry of the clock). */
  readonly lanes: readonly Lane[]
  /** Deliveries to clients that none of their recorded steps is known to have heard yet. */
  #unheard: number[] = []

  /**
   * `first`: the columns begin there, in the midst of the run; rows keep their numbers, and what lies before is not known.
   * `rows`: how many are expected, at least; for more of them room is made as they come.
   */
  constructor(endpoints: number, first = 1, rows = FIRST_ROOM) {
    this.endpoints = endpoints
    this.first = first
    this.count = first - 1
    const room = this.count + rows + 1
    this.kind = new Uint8Array(room)
    this.lane = new Uint8Array(room)
    this.to = new Uint8Array(room)
    this.type = new Uint8Array(room)
    this.atUs = new Float64Array(room)
    this.cause = new Uint32Array(room)
    this.fate = new Uint32Array(room)
    this.point = new Uint32Array(room)
    this.clock = new Uint32Array(FIRST_ROOM * endpoints)
    this.lanes = Array.from({ length: endpoints }, () => new Lane())
  }

  has(row: number): boolean {
    return row >= this.first && row <= this.count
  }

  add(row: Row): void {
    const at = ++this.count
    if (at === this.kind.length) this.#growRows()
    const lane = isOfCopy(row.kind) && row.cause !== 0 ? (this.to[row.cause] as number) : row.lane
    this.kind[at] = row.kind
    this.lane[at] = lane
    this.to[at] = row.to
    this.type[at] = row.type
    this.atUs[at] = row.atUs
    this.cause[at] = row.cause
    const { stamp } = row
    if (stamp && lane < this.endpoints) this.point[at] = this.#pointOf(at, lane, stamp)
    if (row.after) for (const from of row.after) this.#tie(from, at)
    switch (row.kind) {
      case ChunkKind.deliver:
      case ChunkKind.drop:
        if (row.cause !== 0 && this.fate[row.cause] === 0) this.fate[row.cause] = at
        if (row.kind === ChunkKind.deliver && lane === this.endpoints - 1) this.#unheard.push(at)
        return
      case ChunkKind.step:
        if (row.cause !== 0) this.point[row.cause] = this.point[at] as number
        return
      default:
        if (lane === this.endpoints - 1 && this.#unheard.length > 0) this.#hear(at)
    }
  }

  /** The own entry of a point's clock: the how-manieth of its endpoint it is. */
  tickOf(point: number): number {
    return this.clock[point * this.endpoints + (this.pointLane[point] as number)] as number
  }

  /** The ties that end in a row: from `first` on, before `end`. */
  tiesInto(row: number): { first: number; end: number } {
    let low = 1
    let high = this.ties + 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.tieTo[middle] as number) < row) low = middle + 1
      else high = middle
    }
    let end = low
    while (end <= this.ties && this.tieTo[end] === row) end++
    return { first: low, end }
  }

  /** The endpoint's first point whose tick is `tick` or more; 0: none. */
  pointFrom(lane: number, tick: number): number {
    const { list, length } = this.lanes[lane] as Lane
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.tickOf(list[middle] as number) < tick) low = middle + 1
      else high = middle
    }
    return low < length ? (list[low] as number) : 0
  }

  /** The endpoint's last point whose first row is before `row`; 0: none. */
  pointBefore(lane: number, row: number): number {
    const { list } = this.lanes[lane] as Lane
    const place = this.#placeAt(lane, row)
    return place === 0 ? 0 : (list[place - 1] as number)
  }

  /** The endpoint's first point whose first row is `row` or later; 0: none. */
  pointAfter(lane: number, row: number): number {
    const { list, length } = this.lanes[lane] as Lane
    const place = this.#placeAt(lane, row)
    return place < length ? (list[place] as number) : 0
  }

  /** How many points of the lane begin before `row`. */
  #placeAt(lane: number, row: number): number {
    const { list, length } = this.lanes[lane] as Lane
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.pointRow[list[middle] as number] as number) < row) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The point with this very stamp, made when there is none. What clients say and record is not always in order. */
  #pointOf(row: number, lane: number, { lamport, clock }: NonNullable<Row['stamp']>): number {
    const { endpoints } = this
    const known = clock.length >= endpoints
    if (known) {
      const tick = clock[lane] as number
      const found = this.#isNew(lane, tick) ? 0 : this.pointFrom(lane, tick)
      if (found !== 0 && this.tickOf(found) === tick) return found
    } else this.hasClocks = false
    const point = ++this.points
    if (point === this.pointRow.length) this.#growPoints()
    this.pointRow[point] = row
    this.pointLane[point] = lane
    this.lamport[point] = lamport
    const { list, length } = this.lanes[lane] as Lane
    let place = length
    if (known) {
      for (let i = 0, at = point * endpoints; i < endpoints; i++, at++) this.clock[at] = clock[i] as number
      while (place > 0 && this.tickOf(list[place - 1] as number) > (clock[lane] as number)) place--
      if (place > 0) this.#learn(point, list[place - 1] as number)
      const delivery = this.cause[row] as number
      if (delivery !== 0) this.#learn(point, this.point[this.cause[delivery] as number] as number)
    }
    this.lanes[lane]?.insert(place, point)
    return point
  }

  /**
   * A point knows all that the one before it on its lane knew and all that the sender of what it took in knew. Stamps say so
   * within one life of a process; a new life begins with nothing but its own count, and is the same process all the same.
   */
  #learn(point: number, from: number): void {
    const { clock, endpoints } = this
    for (let i = 0, to = point * endpoints, at = from * endpoints; i < endpoints; i++, to++, at++)
      if ((clock[at] as number) > (clock[to] as number)) clock[to] = clock[at] as number
  }

  #isNew(lane: number, tick: number): boolean {
    const { list, length } = this.lanes[lane] as Lane
    return length === 0 || this.tickOf(list[length - 1] as number) < tick
  }

  /** Clients record what they begin and end, not each thing that they hear: it is part of the first step that knows of it. */
  #hear(at: number): void {
    const point = this.point[at] as number
    if (point === 0) return
    this.#unheard = this.#unheard.filter((delivery) => {
      const said = this.point[this.cause[delivery] as number] as number
      if (said === 0) return false
      const knows = this.clock[point * this.endpoints + (this.pointLane[said] as number)] as number
      if (knows < this.tickOf(said)) return true
      this.point[delivery] = point
      return false
    })
  }

  /** What a file says of itself is not trusted: nothing follows from what comes after it. */
  #tie(from: number, to: number): void {
    if (!(from > 0 && from < to) || this.point[from] === 0 || this.point[to] === 0) return
    const at = ++this.ties
    if (at === this.tieTo.length) {
      this.tieFrom = widened(this.tieFrom, at * 2)
      this.tieTo = widened(this.tieTo, at * 2)
    }
    this.tieFrom[at] = from
    this.tieTo[at] = to
  }

  #growRows(): void {
    const room = this.kind.length * 2
    this.kind = widened(this.kind, room)
    this.lane = widened(this.lane, room)
    this.to = widened(this.to, room)
    this.type = widened(this.type, room)
    this.atUs = widened(this.atUs, room)
    this.cause = widened(this.cause, room)
    this.fate = widened(this.fate, room)
    this.point = widened(this.point, room)
  }

  #growPoints(): void {
    const room = this.pointRow.length * 2
    this.pointRow = widened(this.pointRow, room)
    this.pointLane = widened(this.pointLane, room)
    this.lamport = widened(this.lamport, room)
    this.clock = widened(this.clock, room * this.endpoints)
  }
}

/** True of what becomes of a copy of a message. */
export const isOfCopy = (kind: number): boolean => kind === ChunkKind.deliver || kind === ChunkKind.drop || kind === ChunkKind.hold

/** The points of one endpoint, the first `length` of `list`. */
export class Lane {
  list: Words = new Uint32Array(256)
  length = 0

  insert(place: number, point: number): void {
    if (this.length === this.list.length) this.list = widened(this.list, this.length * 2)
    this.list.copyWithin(place + 1, place, this.length)
    this.list[place] = point
    this.length++
  }
}

function widened<T extends Bytes | Words | Times>(numbers: T, room: number): T {
  const wide = new (numbers.constructor as new (length: number) => T)(room)
  wide.set(numbers as never)
  return wide
}
