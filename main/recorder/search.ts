/**
 * Looks for events in the chunks of a run: page by page, or only where they are. With a query every answer is a short piece of
 * work, whatever is asked, so that others are answered in between; it says where to go on.
 */
import type { RunEvent, SendEvent } from '../../protocols/core/event.ts'
import { type MessageId, messageIdParts } from '../../protocols/core/ids.ts'
import { CompiledQuery, type Knowledge } from '../../protocols/query/compile.ts'
import { parseQuery } from '../../protocols/query/parse.ts'
import { type Query, QueryError } from '../../protocols/query/syntax.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import type { ParsedRequest, Responses } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import type { Found, Picked } from '../contract/query.ts'
import type { ChunkPlace, Chunks } from './chunks.ts'
import { Letters } from './letters.ts'

/** An answer to a query takes no longer than about this, and what is at hand then. */
const WORK_MS = 6
/** The clock is looked at once in so many events: some of them take as long as it takes to find a send far back. */
const LOOK_EVERY = 16
/** Matches in one answer. */
const FOUND_MAX = 50_000

/** Reads a query over a run; what is wrong with it is a LabError that says where. */
export function readQuery(where: string, tables: ChunkTables): Query {
  try {
    return parseQuery(where, tables)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { at, end } = error.place
    const seen = where.slice(at, Math.min(end, at + 40))
    throw new LabError(
      'bad-request',
      `The query cannot be understood at character ${at + 1}${seen === '' ? '' : ` (${seen})`}: ${error.message}`,
      error.hint,
    )
  }
}

export class Search {
  readonly #chunks: Chunks
  readonly #tables: ChunkTables
  readonly #letters: Letters
  readonly #known: Knowledge
  /** Where the last answer stopped in the middle of a chunk. */
  #paused: { readonly query: CompiledQuery; readonly lastSeq: number; readonly reader: ChunkReader } | undefined
  /** The last query, ready: it is asked again for its next page. */
  #compiled: { readonly where: string; readonly query: CompiledQuery } | undefined

  constructor(chunks: Chunks, tables: ChunkTables, noteText: Knowledge['noteText']) {
    this.#chunks = chunks
    this.#tables = tables
    this.#letters = new Letters((message) => this.readerAtSend(message))
    this.#known = { letterOf: (message) => this.#letters.of(message), noteText }
  }

  events({ from, limit, direction, where }: Omit<ParsedRequest<'run.events'>, 'run'>): Responses['run.events'] {
    const query = this.#query(where ?? '')
    return direction === 'forward'
      ? this.#forward(Math.max(1, from), limit, query)
      : this.#backward(Math.min(from, this.#chunks.lastSeq), limit, query)
  }

  find({ from, where }: Omit<ParsedRequest<'run.find'>, 'run'>): Found {
    const query = this.#query(where)
    const seqs: number[] = []
    const timesUs: number[] = []
    const { next, scanned } = this.#scan(from, query, FOUND_MAX, (reader) => {
      seqs.push(reader.seq)
      timesUs.push(reader.atUs)
      return seqs.length
    })
    return { seqs, timesUs, next, scanned }
  }

  pick(seqs: readonly number[]): Picked {
    const events: RunEvent[] = []
    const sends = new Map<number, SendEvent>()
    let reader: ChunkReader | undefined
    for (const seq of seqs) {
      // Those that are asked for in order are met on one way through their chunk.
      if (!reader || !this.#goesOnTo(reader, seq)) reader = this.readerAt(seq)
      if (!reader) continue
      const event = readEvent(reader)
      events.push(event)
      const message = messageAbout(event)
      if (message === undefined || sends.has(message)) continue
      const at = this.readerAtSend(message)
      if (at) sends.set(message, readEvent(at) as SendEvent)
    }
    return { events, sends: [...sends.values()] }
  }

  #goesOnTo(reader: ChunkReader, seq: number): boolean {
    if (seq < reader.seq || seq >= reader.firstSeq + reader.count) return false
    while (reader.seq < seq && reader.next());
    return reader.seq === seq
  }

  /** A reader that stands at an event. */
  readerAt(seq: number): ChunkReader | undefined {
    const place = this.#chunks.places[this.#chunks.indexOf(seq)]
    if (!place || place.firstSeq > seq) return undefined
    const reader = this.#chunks.reader(place)
    while (reader.next()) if (reader.seq === seq) return reader
    return undefined
  }

  /** Wherever in the run it was sent, or before event `before`. */
  readerAtSend(message: number, before = Number.POSITIVE_INFINITY): ChunkReader | undefined {
    const { sender, life, number } = messageIdParts(message as MessageId)
    if (sender >= this.#tables.endpoints.length) return undefined
    // The newest first: a message is mostly asked for soon after it was sent.
    for (let i = Math.min(this.#chunks.indexOf(before), this.#chunks.places.length - 1); i >= 0; i--) {
      const place = this.#chunks.places[i] as ChunkPlace
      if (!place.contents.maySend(sender, life, number)) continue
      const seq = this.#chunks.sends(place).get(message)
      if (seq !== undefined) return this.readerAt(seq)
    }
    return undefined
  }

  #query(where: string): CompiledQuery {
    if (this.#compiled?.where !== where) {
      const query = readQuery(where, this.#tables)
      this.#compiled = { where, query: new CompiledQuery(query, this.#tables, this.#known) }
    }
    return this.#compiled.query
  }

  #forward(from: number, limit: number, query: CompiledQuery): Responses['run.events'] {
    const events: RunEvent[] = []
    const { next, scanned } = this.#scan(from, query, limit, (reader) => events.push(readEvent(reader)))
    return { events, next, scanned }
  }

  /** `take` is given a reader at each match from `from` on, and says how many there are by now; `limit` of them are enough. */
  #scan(
    from: number,
    query: CompiledQuery,
    limit: number,
    take: (reader: ChunkReader) => number,
  ): { next: number | undefined; scanned: number } {
    const { fromSeq, toSeq, fromUs } = query.bounds
    const untilMs = query.asks ? performance.now() + WORK_MS : Number.POSITIVE_INFINITY
    const first = Math.max(from, fromSeq)
    const { places } = this.#chunks
    let count = 0
    let scanned = 0
    for (let i = this.#chunks.indexOf(first); i < places.length; i++) {
      const place = places[i] as ChunkPlace
      if (place.firstSeq > toSeq) return { next: undefined, scanned }
      if (place.endUs < fromUs) continue
      const paused = this.#takeUp(query, place, first)
      const reader = paused ?? this.#chunks.reader(place)
      for (let isThere = paused !== undefined || reader.next(); isThere; isThere = reader.next()) {
        if (query.asksLetters && reader.kind === ChunkKind.send) this.#letters.learn(reader)
        if (reader.seq < first) continue
        if (count >= limit || (scanned % LOOK_EVERY === LOOK_EVERY - 1 && performance.now() > untilMs)) {
          this.#paused = { query, lastSeq: place.lastSeq, reader }
          return { next: reader.seq, scanned }
        }
        scanned++
        if (query.lets(reader)) count = take(reader)
      }
    }
    return { next: undefined, scanned }
  }

  /** The reader of the answer before, where that stopped at this very event: nothing of its chunk is read twice. */
  #takeUp(query: CompiledQuery, { lastSeq }: ChunkPlace, seq: number): ChunkReader | undefined {
    const paused = this.#paused
    this.#paused = undefined
    return paused?.query === query && paused.lastSeq === lastSeq && paused.reader.seq === seq ? paused.reader : undefined
  }

  /** From `from` back towards the first; the answer is in that order. */
  #backward(from: number, limit: number, query: CompiledQuery): Responses['run.events'] {
    const { fromSeq, toSeq, fromUs } = query.bounds
    const untilMs = query.asks ? performance.now() + WORK_MS : Number.POSITIVE_INFINITY
    const last = Math.min(from, toSeq)
    const events: RunEvent[] = []
    let scanned = 0
    for (let i = Math.min(this.#chunks.indexOf(last), this.#chunks.places.length - 1); i >= 0; i--) {
      const place = this.#chunks.places[i] as ChunkPlace
      if (place.lastSeq < fromSeq) break
      const passing: RunEvent[] = []
      if (place.endUs >= fromUs) {
        const reader = this.#chunks.reader(place)
        while (reader.next() && reader.seq <= last) {
          if (query.asksLetters && reader.kind === ChunkKind.send) this.#letters.learn(reader)
          if (query.lets(reader)) passing.push(readEvent(reader))
        }
      }
      for (const event of passing.reverse()) {
        if (events.length === limit) return { events, next: event.seq, scanned: scanned + Math.min(last, place.lastSeq) - event.seq }
        events.push(event)
      }
      scanned += Math.max(0, Math.min(last, place.lastSeq) - place.firstSeq + 1)
      if (place.firstSeq > 1 && performance.now() > untilMs) return { events, next: place.firstSeq - 1, scanned }
    }
    return { events, next: undefined, scanned }
  }
}

/** The message that an event names, whose send says more of it. */
function messageAbout(event: RunEvent): MessageId | undefined {
  if (event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'hold') return event.message
  return event.kind === 'step' && (event.input.kind === 'message' || event.input.kind === 'request') ? event.input.message : undefined
}
