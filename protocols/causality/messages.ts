/**
 * The messages that were received, as ties between points: from the step that sent to the step that took in. Found in one walk over
 * the rows, and over what is inferred of hosts from elsewhere.
 */
import { ChunkKind } from '../wire/chunk.ts'
import type { Columns } from './columns.ts'
import { finished, type Pieces } from './pieces.ts'

/** A row is looked at in some nanoseconds. */
const ROWS_PIECE = 32_768

export class Messages {
  /** Messages 1..count are here, those that were delivered in order of their deliveries. */
  count = 0
  readonly from: Uint32Array
  readonly to: Uint32Array
  /** The row of the send; of an inferred one, the event that it comes from. */
  readonly send: Uint32Array
  readonly #lastOut: Uint32Array
  readonly #lastIn: Uint32Array
  readonly #beforeOut: Uint32Array
  readonly #beforeIn: Uint32Array

  private constructor(deliveries: number, points: number) {
    const room = () => new Uint32Array(deliveries + 1)
    this.from = room()
    this.to = room()
    this.send = room()
    this.#beforeOut = room()
    this.#beforeIn = room()
    this.#lastOut = new Uint32Array(points + 1)
    this.#lastIn = new Uint32Array(points + 1)
  }

  static of(columns: Columns): Messages {
    return finished(Messages.inPieces(columns))
  }

  /** Those of the columns as they are when it begins. A delivery of which nobody is known to have heard is none. */
  static *inPieces({ kind, cause, point, count, points, ties, tieFrom, tieTo }: Columns): Pieces<Messages> {
    let deliveries = ties
    for (let row = 1; row <= count; row++) {
      if (kind[row] === ChunkKind.deliver) deliveries++
      if (row % ROWS_PIECE === 0) yield
    }
    const messages = new Messages(deliveries, points)
    for (let row = 1; row <= count; row++) {
      if (kind[row] === ChunkKind.deliver) messages.#add(cause[row] as number, point, row)
      if (row % ROWS_PIECE === 0) yield
    }
    for (let tie = 1; tie <= ties; tie++) {
      messages.#add(tieFrom[tie] as number, point, tieTo[tie] as number)
      if (tie % ROWS_PIECE === 0) yield
    }
    return messages
  }

  #add(send: number, point: Columns['point'], row: number): void {
    const from = point[send] as number
    const to = point[row] as number
    if (send === 0 || from === 0 || to === 0 || from === to) return
    const at = ++this.count
    this.from[at] = from
    this.to[at] = to
    this.send[at] = send
    this.#beforeOut[at] = this.#lastOut[from] as number
    this.#lastOut[from] = at
    this.#beforeIn[at] = this.#lastIn[to] as number
    this.#lastIn[to] = at
  }

  /** Messages that a point sent. */
  *sentBy(point: number): Generator<number> {
    for (let at = this.#lastOut[point] ?? 0; at !== 0; at = this.#beforeOut[at] as number) yield at
  }

  /** Messages that a point took in. */
  *receivedBy(point: number): Generator<number> {
    for (let at = this.#lastIn[point] ?? 0; at !== 0; at = this.#beforeIn[at] as number) yield at
  }
}
