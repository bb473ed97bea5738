/**
 * Goes along a recording event by event, and on from there when it has grown. What it stands at is bytes: whoever wants an
 * event makes one of it. It reads each stretch of a finished recording once, and keeps none.
 */
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import type { ChunkPlace, Chunks } from './chunks.ts'
import { reading, readingError } from './openRunFile.ts'

export class Cursor {
  readonly #file: string
  readonly #chunks: Chunks
  #seq: number
  /** It stands behind what was passed, or at the last of it. */
  #reader: ChunkReader | undefined

  /** Behind event `seq`. */
  constructor(file: string, chunks: Chunks, seq: number) {
    this.#file = file
    this.#chunks = chunks
    this.#seq = seq
  }

  /** The last event that was passed. */
  get seq(): number {
    return this.#seq
  }

  /**
   * At the event behind it, unless that is behind event `to` or not known yet: the same one again until it is passed, and what
   * could not be read is read again. Throws a LabError.
   */
  next(to = Number.POSITIVE_INFINITY): ChunkReader | undefined {
    if (this.#seq >= to) return undefined
    const reader = this.#reader
    if (reader && reader.seq > this.#seq) return reader
    this.#reader = undefined
    try {
      this.#reader = reader?.next() ? reader : this.#found()
      return this.#reader
    } catch (error) {
      throw readingError(this.#file, `event ${this.#seq + 1}`, error)
    }
  }

  pass(): void {
    if (this.#reader) this.#seq = this.#reader.seq
  }

  /** What `work` reads of the event that was passed last. Throws a LabError when that is not what it should be. */
  read<T>(work: () => T): T {
    return reading(this.#file, `event ${this.#seq}`, work)
  }

  #found(): ChunkReader | undefined {
    const { places } = this.#chunks
    const index = this.#chunks.indexOf(this.#seq + 1)
    if (index === places.length) return undefined
    const reader = this.#chunks.reader(places[index] as ChunkPlace)
    while (reader.next()) if (reader.seq > this.#seq) return reader
    return undefined
  }
}
