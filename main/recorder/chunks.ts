/** The chunks of one run file: which there are, and their events; those read of late are kept. */
import { crc32 } from 'node:zlib'
import type Database from 'better-sqlite3'
import type { RunEvent } from '../../protocols/core/event.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readChunk, readEvent } from '../../protocols/wire/chunkEvents.ts'
import { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { bad } from './openRunFile.ts'
import { unpressed } from './pressing.ts'
import { Recent } from './recent.ts'
import { ChunkContents } from './runFile.ts'

export interface ChunkPlace {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly startUs: number
  readonly endUs: number
  readonly crc: number
  readonly contents: ChunkContents
}

interface Row {
  readonly first_seq: number
  readonly last_seq: number
  readonly start_us: number
  readonly end_us: number
  readonly crc: number
  readonly contents: Buffer
}

/** So few that most go before the collector takes them for what stays. */
const KEPT_PACKED = 3
const KEPT_EVENTS = 32
const KEPT_SENDS = 32

export class Chunks {
  readonly places: ChunkPlace[] = []
  readonly #file: string
  readonly #tables: ChunkTables
  readonly #index: Database.Statement
  readonly #bytes: Database.Statement
  /** By the CRC too, because the last chunk of a live run grows. */
  readonly #packed = new Recent<Uint8Array>(KEPT_PACKED)
  readonly #events = new Recent<readonly RunEvent[]>(KEPT_EVENTS)
  readonly #sends = new Recent<ReadonlyMap<number, number>>(KEPT_SENDS)

  constructor(db: Database.Database, file: string, tables: ChunkTables) {
    this.#file = file
    this.#tables = tables
    this.#index = db.prepare(
      'SELECT first_seq, last_seq, start_us, end_us, crc, contents FROM chunk WHERE first_seq >= ? ORDER BY first_seq',
    )
    this.#bytes = db.prepare('SELECT crc, bytes FROM chunk WHERE first_seq = ?')
    this.refresh()
  }

  get lastSeq(): number {
    return this.places.at(-1)?.lastSeq ?? 0
  }

  get endUs(): number {
    return this.places.at(-1)?.endUs ?? 0
  }

  /** Looks for chunks that were added, and for the last one having grown. */
  refresh(): void {
    const last = this.places.at(-1)
    const rows = this.#index.all(last?.firstSeq ?? 0) as Row[]
    if (rows.length === 1 && last && rows[0]?.last_seq === last.lastSeq) return
    if (last) this.places.pop()
    for (const row of rows) this.places.push(this.#place(row))
  }

  /** The number of the place that holds `seq`; that of the first chunk behind it when none does. */
  indexOf(seq: number): number {
    return lowest(this.places.length, (i) => (this.places[i] as ChunkPlace).lastSeq >= seq)
  }

  /** A reader at the beginning of the chunk. */
  reader(place: ChunkPlace): ChunkReader {
    return new ChunkReader(this.#read(place), this.#tables)
  }

  /** All events of the chunk; not to be changed. */
  events(place: ChunkPlace): readonly RunEvent[] {
    return this.#events.get(keyOf(place), () => readChunk(this.#read(place), this.#tables))
  }

  /** One event of the chunk, without making the others. */
  event(place: ChunkPlace, seq: number): RunEvent | undefined {
    const all = this.#events.peek(keyOf(place))
    if (all) return all[seq - place.firstSeq]
    const reader = this.reader(place)
    while (reader.next()) if (reader.seq === seq) return readEvent(reader)
    return undefined
  }

  /** The events of the chunk that are sends, by message. */
  sends(place: ChunkPlace): ReadonlyMap<number, number> {
    return this.#sends.get(keyOf(place), () => {
      const sends = new Map<number, number>()
      const reader = this.reader(place)
      while (reader.next()) if (reader.kind === ChunkKind.send) sends.set(reader.message, reader.seq)
      return sends
    })
  }

  #read(place: ChunkPlace): Uint8Array {
    return this.#packed.get(keyOf(place), () => {
      const row = this.#bytes.get(place.firstSeq) as { crc: number; bytes: Buffer } | undefined
      // The last chunk may have grown since: what we know of it stands at its beginning, in the header's count not.
      if (!row || crc32(row.bytes) !== row.crc)
        throw bad(this.#file, `the events from ${place.firstSeq} to ${place.lastSeq} do not match their checksum`)
      const bytes = unpressed(row.bytes)
      if (row.crc !== place.crc) new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, place.lastSeq - place.firstSeq + 1, true)
      return bytes
    })
  }

  #place(row: Row): ChunkPlace {
    const { first_seq: firstSeq, last_seq: lastSeq, start_us: startUs, end_us: endUs, crc, contents } = row
    if (firstSeq !== this.lastSeq + 1 || lastSeq < firstSeq)
      throw bad(this.#file, `events from ${this.lastSeq + 1} to ${firstSeq - 1} are missing`)
    if (contents.length !== this.#tables.endpoints.length * 20)
      throw bad(this.#file, `what is said of the events from ${firstSeq} to ${lastSeq}`)
    return { firstSeq, lastSeq, startUs, endUs, crc, contents: new ChunkContents(contents) }
  }
}

const keyOf = (place: ChunkPlace): string => `${place.firstSeq} ${place.lastSeq}`

/** The lowest of 0..count-1 for which `holds` is true, when it is true of all behind it too; `count` when of none. */
export function lowest(count: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
