/**
 * A run as rows of columns, block by block. It is read from its first event on; whoever asks for what was given already makes
 * it begin anew. A stretch apart is read for itself, so that it is there at once wherever it lies.
 */
import { BlockWriter } from '../../protocols/causality/block.ts'
import { Gatherer } from '../../protocols/causality/gather.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import { type ColumnsBlock, ROWS_MAX } from '../contract/causality.ts'
import type { ChunkPlace, Chunks } from './chunks.ts'
import type { RunHeader } from './header.ts'

export class Rows {
  readonly #chunks: Chunks
  readonly #header: RunHeader
  #gatherer: Gatherer

  constructor(chunks: Chunks, header: RunHeader) {
    this.#chunks = chunks
    this.#header = header
    this.#gatherer = new Gatherer(header)
  }

  from(from: number): ColumnsBlock {
    if (from <= this.#gatherer.count) this.#gatherer = new Gatherer(this.#header)
    return this.#block(this.#gatherer, from, from + ROWS_MAX - 1)
  }

  /** From the beginning of the chunk that holds `from` on: its messages are known, then, for what they cost anyway. */
  apart(from: number, rows: number): ColumnsBlock {
    const first = this.#chunks.places[this.#chunks.indexOf(from)]?.firstSeq ?? from
    return this.#block(new Gatherer(this.#header, first - 1), first, from + rows - 1)
  }

  #block(gatherer: Gatherer, from: number, to: number): ColumnsBlock {
    const { lastSeq } = this.#chunks
    const last = Math.min(lastSeq, to)
    const block = new BlockWriter(from, Math.max(0, last - from + 1), gatherer.endpoints)
    const turns: ColumnsBlock['turns'][number][] = []
    for (let i = this.#chunks.indexOf(gatherer.count + 1); i < this.#chunks.places.length; i++) {
      const place = this.#chunks.places[i] as ChunkPlace
      if (place.firstSeq > last) break
      const reader = this.#chunks.reader(place)
      while (reader.next() && reader.seq <= last) {
        if (reader.seq <= gatherer.count) continue
        const row = gatherer.read(reader)
        if (reader.seq < from) continue
        block.add(row)
        if (reader.kind === ChunkKind.node || reader.kind === ChunkKind.action) turns.push(readEvent(reader) as (typeof turns)[number])
      }
    }
    return { from, rows: block.rows, bytes: block.bytes(), turns, lastSeq }
  }
}
