/**
 * Rows of columns as bytes, to be sent from who read the recording to who draws it; taken in again row by row, so that both
 * sides derive the same points. Little-endian, each column whole, wide ones first so that all lie aligned:
 *
 *     u32 rows, u32 stamps, u32 endpoints (0: there are no vector clocks), u32 first row, u32 ties, u32 nothing
 *     f64 µs × rows, u32 cause × rows, u32 row × stamps, u32 lamport × stamps, u32 clock × endpoints × stamps,
 *     u32 from × ties, u32 to × ties
 *     u8 kind × rows, u8 lane × rows, u8 to × rows, u8 type × rows
 */
import { type Columns, NO_LANE, type Row } from './columns.ts'

const HEADER_BYTES = 24

/** Collects rows from `first` on, at most `room` of them. */
export class BlockWriter {
  rows = 0
  #stamps = 0
  readonly #ties: { readonly from: number[]; readonly to: number[] } = { from: [], to: [] }
  readonly #first: number
  readonly #endpoints: number
  readonly #at: ReturnType<typeof placesOf>

  constructor(first: number, room: number, endpoints: number) {
    this.#first = first
    this.#endpoints = endpoints
    this.#at = placesOf(new ArrayBuffer(sizeOf(room, room, endpoints, 0)), room, room, endpoints, 0)
  }

  add({ kind, lane, to, type, atUs, cause, after, stamp }: Row): void {
    const at = this.#at
    const i = this.rows++
    at.kind[i] = kind
    at.lane[i] = lane
    at.to[i] = to
    at.type[i] = type
    at.atUs[i] = atUs
    at.cause[i] = cause
    for (const from of after ?? []) {
      this.#ties.from.push(from)
      this.#ties.to.push(this.#first + i)
    }
    if (!stamp) return
    const next = this.#stamps++
    at.stampRow[next] = this.#first + i
    at.lamport[next] = stamp.lamport
    for (let e = 0, to = next * this.#endpoints; e < this.#endpoints; e++, to++) at.clock[to] = stamp.clock[e] ?? 0
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const from = this.#at
    const stamps = this.#stamps
    const ties = this.#ties.to.length
    const bytes = new Uint8Array(sizeOf(this.rows, stamps, this.#endpoints, ties))
    const at = placesOf(bytes.buffer, this.rows, stamps, this.#endpoints, ties)
    at.header.set([this.rows, stamps, this.#endpoints, this.#first, ties])
    at.tieFrom.set(this.#ties.from)
    at.tieTo.set(this.#ties.to)
    for (const column of COLUMNS) at[column].set(from[column].subarray(0, at[column].length) as never)
    return bytes
  }
}

/** Takes rows in that follow those which are there; others throw a RangeError. */
export function takeRows(columns: Columns, bytes: Uint8Array): void {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  const buffer = aligned.buffer as ArrayBuffer
  const [rows, stamps, endpoints, first, ties] = new Uint32Array(buffer, aligned.byteOffset, 5) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ]
  if (first !== columns.count + 1) throw new RangeError(`rows from ${first} on do not follow row ${columns.count}`)
  const at = placesOf(buffer, rows, stamps, endpoints, ties, aligned.byteOffset)
  const row: Row = { kind: 0, lane: NO_LANE, to: NO_LANE, type: 0, atUs: 0, cause: 0, after: undefined, stamp: undefined }
  const stamp = { lamport: 0, clock: at.clock }
  for (let i = 0, next = 0, tie = 0; i < rows; i++) {
    row.kind = at.kind[i] as number
    row.lane = at.lane[i] as number
    row.to = at.to[i] as number
    row.type = at.type[i] as number
    row.atUs = at.atUs[i] as number
    row.cause = at.cause[i] as number
    row.stamp = undefined
    if (at.stampRow[next] === first + i) {
      stamp.lamport = at.lamport[next] as number
      stamp.clock = at.clock.subarray(next * endpoints, (next + 1) * endpoints)
      row.stamp = stamp
      next++
    }
    const firstTie = tie
    while (at.tieTo[tie] === first + i) tie++
    row.after = tie === firstTie ? undefined : at.tieFrom.subarray(firstTie, tie)
    columns.add(row)
  }
}

const COLUMNS = ['atUs', 'cause', 'stampRow', 'lamport', 'clock', 'kind', 'lane', 'to', 'type'] as const

const sizeOf = (rows: number, stamps: number, endpoints: number, ties: number): number =>
  HEADER_BYTES + rows * 16 + stamps * (8 + 4 * endpoints) + ties * 8

function placesOf(buffer: ArrayBuffer, rows: number, stamps: number, endpoints: number, ties: number, start = 0) {
  let at = start + HEADER_BYTES
  const after = (bytes: number) => {
    at += bytes
    return at - bytes
  }
  return {
    header: new Uint32Array(buffer, start, 6),
    atUs: new Float64Array(buffer, after(rows * 8), rows),
    cause: new Uint32Array(buffer, after(rows * 4), rows),
    stampRow: new Uint32Array(buffer, after(stamps * 4), stamps),
    lamport: new Uint32Array(buffer, after(stamps * 4), stamps),
    clock: new Uint32Array(buffer, after(stamps * endpoints * 4), stamps * endpoints),
    tieFrom: new Uint32Array(buffer, after(ties * 4), ties),
    tieTo: new Uint32Array(buffer, after(ties * 4), ties),
    kind: new Uint8Array(buffer, after(rows), rows),
    lane: new Uint8Array(buffer, after(rows), rows),
    to: new Uint8Array(buffer, after(rows), rows),
    type: new Uint8Array(buffer, after(rows), rows),
  }
}
