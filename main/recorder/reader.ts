/**
 * Reads a run file, one that is being recorded included: what the timeline draws, events page by page, the moment after
 * any event, and what replay needs to run it again. Every method throws a LabError when the file is not what it should
 * be. Positions are found through the bounds of the chunks, so a run of a million events is no slower than a short one.
 */
import { existsSync, statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { CheckpointEvent, RunEvent, SendEvent } from '../../protocols/core/event.ts'
import type { MessageId, RunId } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { decodeMoment, firstMoment, type MomentData } from '../../protocols/core/moment.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { speechOf } from '../../protocols/words/speech.ts'
import { BOOKMARKS_MAX, type Bookmarks, bookmarkSchema } from '../contract/bookmarks.ts'
import type { ColumnsBlock } from '../contract/causality.ts'
import type { Overview, ParsedRequest, Responses, RunSummary, Violation } from '../contract/commands.ts'
import { Causes, type Work } from './causes.ts'
import { type ChunkPlace, Chunks, lowest } from './chunks.ts'
import { Cursor } from './cursor.ts'
import type { Branch, RunHeader } from './header.ts'
import { Hearing, type Wanted } from './hearing.ts'
import { openRunFile, reading, readMeta, statusIn } from './openRunFile.ts'
import { originOf } from './origin.ts'
import { Rows } from './rows.ts'
import { markSchema, tablesOf } from './runFile.ts'
import { RunningMoment } from './runningMoment.ts'
import { Search } from './search.ts'

const DENSITY_SLICES = 400
/** Up to so many events each is counted where it is; beyond, those of a chunk are spread over its time. */
const COUNTED_MAX = 50_000

export class RunReader {
  readonly file: string
  readonly header: RunHeader
  readonly #db: Database.Database
  readonly #tables: ChunkTables
  readonly #chunks: Chunks
  readonly #nearestMoment: Database.Statement
  readonly #checkpoint: Database.Statement
  #rows: Rows | undefined
  readonly #search: Search
  readonly #causes: Causes

  constructor(file: string) {
    this.file = file
    const { db, header } = openRunFile(file)
    this.#db = db
    this.header = header
    this.#tables = tablesOf(header)
    try {
      this.#chunks = reading(file, 'its list of events', () => new Chunks(db, file, this.#tables))
    } catch (error) {
      db.close()
      throw error
    }
    this.#search = new Search(this.#chunks, this.#tables, speechOf(header.config.protocol, header.config.service).note)
    this.#causes = new Causes({
      ...{ chunks: this.#chunks, tables: this.#tables, search: this.#search },
      marks: () => this.marks(),
      moment: (seq) => this.moment(seq),
    })
    this.#nearestMoment = db.prepare('SELECT data FROM moment WHERE seq <= ? ORDER BY seq DESC LIMIT 1')
    this.#checkpoint = db.prepare(
      'SELECT seq, step FROM checkpoint WHERE seq <= ? AND endpoint = ? AND life = ? AND step <= ? ORDER BY step DESC LIMIT 1',
    )
  }

  close(): void {
    this.#db.close()
  }

  get lastSeq(): number {
    return this.#chunks.lastSeq
  }

  get lengthUs(): number {
    return this.#chunks.endUs
  }

  /** Looks for what was recorded meanwhile; returns the last event. */
  refresh(): number {
    this.#reading('its list of events', () => this.#chunks.refresh())
    return this.lastSeq
  }

  /** `live`: this lab is recording it now. */
  summary(run: RunId, live: boolean): RunSummary {
    return this.#reading('its summary', () => {
      const { config, nodes, createdAt } = this.header
      const { count } = this.#db.prepare('SELECT count(*) AS count FROM finding').get() as { count: number }
      const verdict = readMeta(this.#db, 'verdict')
      const name = readMeta(this.#db, 'name')
      const status = statusIn(this.#db)
      return {
        run,
        name: typeof name === 'string' && name !== '' ? name : this.header.name,
        protocol: config.protocol,
        service: config.service,
        mode: config.mode,
        nodes: nodes.length - config.spares,
        startedAt: createdAt,
        status: status === 'live' && !live ? 'interrupted' : status,
        events: this.lastSeq,
        lengthUs: this.lengthUs,
        sizeBytes: sizeOf(this.file) + sizeOf(`${this.file}-wal`),
        violations: count,
        ...originOf(this.header.scenario),
        ...(this.header.branch ? { branch: this.#branch(this.header.branch) } : {}),
        ...(verdict === 'pass' || verdict === 'fail' || verdict === 'unknown' ? { verdict } : {}),
      }
    })
  }

  overview(run: RunId, live: boolean): Overview {
    this.refresh()
    const { config, nodes, messageTypes } = this.header
    return {
      summary: this.summary(run, live),
      config,
      nodes,
      messageTypes,
      ...(this.header.foreign ? { foreign: this.header.foreign } : {}),
      lastSeq: this.lastSeq,
      lengthUs: this.lengthUs,
      density: this.#reading('its events', () => this.#density()),
      marks: this.marks(),
    }
  }

  /** In order of events, those of the judge's findings included. */
  marks(): Mark[] {
    return this.#reading('its marks', () => {
      const marks = (this.#db.prepare('SELECT data FROM mark ORDER BY id').all() as { data: string }[]).map(
        ({ data }) => markSchema.parse(JSON.parse(data)) as unknown as Mark,
      )
      const found = this.findings().map(
        ({ seq, node, invariant, text }): Mark => ({ seq, atUs: this.timeOf(seq), kind: 'violation', text: `${invariant}: ${text}`, node }),
      )
      return [...marks, ...found].sort((a, b) => a.seq - b.seq)
    })
  }

  /** What a person marked; what is none of it, in a file from anywhere, is left out. */
  bookmarks(): Bookmarks {
    const kept = this.#reading('its bookmarks', () => readMeta(this.#db, 'bookmarks'))
    const marks = (Array.isArray(kept) ? kept.slice(0, BOOKMARKS_MAX) : []).flatMap((one) => bookmarkSchema.safeParse(one).data ?? [])
    return marks.sort((a, b) => a.seq - b.seq)
  }

  findings(): Violation[] {
    return this.#db.prepare('SELECT seq, invariant, node, text, source FROM finding ORDER BY seq').all() as Violation[]
  }

  events(request: Omit<ParsedRequest<'run.events'>, 'run'>): Responses['run.events'] {
    this.#refreshFor(request.from, request.direction)
    return this.#reading('its events', () => this.#search.events(request))
  }

  /** All events that pass a query, in order. For whoever need not answer others meanwhile. */
  *matching(where: string): Generator<RunEvent> {
    for (let from: number | undefined = 1; from !== undefined; ) {
      const page: Responses['run.events'] = this.events({ from, limit: 1000, direction: 'forward', where })
      yield* page.events
      from = page.next
    }
  }

  /** Where events are that pass a query, from `from` on: as many as are found in a short time. */
  find(request: Omit<ParsedRequest<'run.find'>, 'run'>): Responses['run.find'] {
    this.#refreshFor(request.from, 'forward')
    return this.#reading('its events', () => this.#search.find(request))
  }

  pick(seqs: readonly number[]): Responses['run.pick'] {
    if (seqs.some((seq) => seq > this.lastSeq)) this.refresh()
    return this.#reading('its events', () => this.#search.pick(seqs))
  }

  /** What became of a message. Rejects a message that was not sent. */
  message(message: MessageId): Work<Responses['run.message']> {
    this.refresh()
    return this.#working(`message ${message}`, this.#causes.message(message))
  }

  /** What an event follows from, and what follows from it. */
  causes(seq: number): Work<Responses['run.event']> {
    this.refresh()
    return this.#working(`event ${seq}`, this.#causes.event(seq))
  }

  event(seq: number): RunEvent | undefined {
    if (seq > this.lastSeq) this.refresh()
    return this.#reading(`event ${seq}`, () => {
      const place = this.#placeOf(seq)
      return place && this.#chunks.events(place)[seq - place.firstSeq]
    })
  }

  /** The events of the chunk that holds `seq`, from its first on; undefined behind the end. Not to be changed. */
  eventsAround(seq: number): readonly RunEvent[] | undefined {
    return this.#reading(`the events around ${seq}`, () => {
      const place = this.#placeOf(seq)
      return place && this.#chunks.events(place)
    })
  }

  /** Events `from`..`to`, one by one, as numbers: no object is made of any. The reader is valid during the call only. */
  scan(from: number, to: number, take: (at: ChunkReader) => void): void {
    this.#reading('its events', () => {
      for (let i = this.#chunks.indexOf(from); i < this.#chunks.places.length; i++) {
        const place = this.#chunks.places[i] as ChunkPlace
        if (place.firstSeq > to) return
        const reader = this.#chunks.reader(place)
        while (reader.next() && reader.seq <= to) if (reader.seq >= from) take(reader)
      }
    })
  }

  /** The last event that lies with event `seq` in one piece, which is read as cheaply as a part of it. */
  pieceEnd(seq: number): number {
    return this.#placeOf(seq)?.lastSeq ?? this.lastSeq
  }

  /** What the run looked like after event `seq`, or after its last when that is earlier. */
  moment(seq: number): MomentData {
    if (seq > this.lastSeq) this.refresh()
    return this.#reading(`the moment after event ${seq}`, () => {
      const row = this.#nearestMoment.get(seq) as { data: string } | undefined
      const start = row
        ? decodeMoment(JSON.parse(row.data))
        : firstMoment(this.header.nodes, this.header.config.timeScale, this.header.config.spares)
      const moment = new RunningMoment(start, this.#tables)
      const last = Math.min(seq, this.lastSeq)
      for (let i = this.#chunks.indexOf(start.seq + 1); i < this.#chunks.places.length; i++) {
        const place = this.#chunks.places[i] as ChunkPlace
        if (place.firstSeq > last) break
        const reader = this.#chunks.reader(place)
        while (reader.next() && reader.seq <= last) if (reader.seq > start.seq) moment.read(reader)
      }
      return moment.data()
    })
  }

  /** Events as rows of columns, from event `from` on; with `rows`, so many without those before them. */
  columns(from: number, rows?: number): ColumnsBlock {
    this.refresh()
    return this.#reading(`the events from ${from} on`, () => {
      this.#rows ??= new Rows(this.#chunks, this.header)
      return rows === undefined ? this.#rows.from(from) : this.#rows.apart(from, rows)
    })
  }

  /** The last event at or before a time of the run, which never goes back; 0 before the first. */
  seek(atUs: number): number {
    if (atUs > this.lengthUs) this.refresh()
    return this.#reading(`what happened at ${atUs} µs`, () => {
      const { places } = this.#chunks
      const place = places[lowest(places.length, (i) => (places[i] as ChunkPlace).endUs > atUs)]
      if (!place) return this.lastSeq
      const reader = this.#chunks.reader(place)
      if (place.startUs > atUs) return place.firstSeq - 1
      while (reader.next()) if (reader.atUs > atUs) return reader.seq - 1
      return place.lastSeq
    })
  }

  /** The time of the run right after event `seq`. */
  timeOf(seq: number): number {
    const place = this.#placeOf(seq)
    if (!place) return this.lengthUs
    let atUs = place.startUs
    const reader = this.#chunks.reader(place)
    while (reader.next() && reader.seq <= seq) atUs = Math.max(atUs, reader.atUs)
    return atUs
  }

  /** Goes on behind event `seq`. */
  cursor(seq: number): Cursor {
    return new Cursor(this.file, this.#chunks, seq)
  }

  /** Readers at the beginnings of the chunks that hold the events `from` to `to`, in order. */
  *readers(from: number, to: number): Generator<ChunkReader> {
    for (let i = this.#chunks.indexOf(from); i < this.#chunks.places.length; i++) {
      const place = this.#chunks.places[i] as ChunkPlace
      if (place.firstSeq > to) return
      yield this.#reading(`the events from ${place.firstSeq} on`, () => this.#chunks.reader(place))
    }
  }

  /** The send of a message, wherever in the run it is, or before event `before`. */
  sendOf(message: MessageId, before = Number.POSITIVE_INFINITY): SendEvent | undefined {
    return this.#reading(`message ${message}`, () => {
      const reader = this.#search.readerAtSend(message, before)
      return reader && (readEvent(reader) as SendEvent)
    })
  }

  /** The latest checkpoint of a life at or before a step and an event. */
  checkpoint(endpoint: number, life: number, step: number, seq: number): CheckpointEvent | undefined {
    return this.#reading('a checkpoint', () => {
      const row = this.#checkpoint.get(seq, endpoint, life, step) as { seq: number } | undefined
      const place = row && this.#placeOf(row.seq)
      const event = place && this.#chunks.event(place, row.seq)
      return event?.kind === 'checkpoint' ? event : undefined
    })
  }

  /** At which step that is. */
  checkpointStep(endpoint: number, life: number, step: number, seq: number): number | undefined {
    const row = this.#reading('a checkpoint', () => this.#checkpoint.get(seq, endpoint, life, step) as { step: number } | undefined)
    return row?.step
  }

  /** Steps `first`..`last` of a life that stand at or before event `seq`, in order, chunks without any of them unopened. */
  *steps(endpoint: number, life: number, first: number, last: number, seq: number): Generator<Extract<RunEvent, { kind: 'step' }>> {
    for (const place of this.#chunks.places) {
      if (place.firstSeq > seq) return
      if (!place.contents.mayStep(endpoint, life, first, last)) continue
      const reader = this.#reading('its steps', () => this.#chunks.reader(place))
      while (this.#reading('its steps', () => reader.next()) && reader.seq <= seq) {
        if (reader.kind !== ChunkKind.step || reader.endpoint !== endpoint || reader.life !== life) continue
        if (reader.step >= first && reader.step <= last) yield readEvent(reader) as Extract<RunEvent, { kind: 'step' }>
      }
    }
  }

  /** Goes over the steps that are wanted, once, and on from there whenever `advance` is called. */
  hear(wanted: Wanted): Hearing {
    return new Hearing(this.cursor(0), this.#tables, wanted)
  }

  /** Opens every chunk: throws a LabError when any is not what it should be. Calls `check` for each event. */
  verify(check: (event: RunEvent) => void): void {
    this.#reading('its events', () => {
      for (const place of this.#chunks.places) for (const event of this.#chunks.events(place)) check(event)
    })
  }

  #density(): Overview['density'] {
    const sliceUs = Math.max(1, Math.ceil((this.lengthUs + 1) / DENSITY_SLICES))
    const events = new Array<number>(Math.ceil((this.lengthUs + 1) / sliceUs)).fill(0)
    const slice = (atUs: number) => Math.min(events.length - 1, Math.max(0, Math.floor(atUs / sliceUs)))
    const isCounted = this.lastSeq <= COUNTED_MAX
    for (const place of this.#chunks.places) {
      if (isCounted) {
        const reader = this.#chunks.reader(place)
        while (reader.next()) (events[slice(reader.atUs)] as number) += 1
        continue
      }
      const first = slice(place.startUs)
      const last = slice(place.endUs)
      const share = (place.lastSeq - place.firstSeq + 1) / (last - first + 1)
      for (let i = first; i <= last; i++) (events[i] as number) += share
    }
    return { sliceUs, events: isCounted ? events : events.map(Math.round) }
  }

  #branch({ of, at, name, atUs }: Branch): NonNullable<RunSummary['branch']> {
    return { of: of as RunId, at, atUs: atUs ?? this.timeOf(at), ...(name === undefined ? {} : { name }) }
  }

  #placeOf(seq: number): ChunkPlace | undefined {
    const place = this.#chunks.places[this.#chunks.indexOf(seq)]
    return place && place.firstSeq <= seq ? place : undefined
  }

  /** The end may have moved, and a search that reaches it must not stop short. */
  #refreshFor(from: number, direction: 'forward' | 'backward'): void {
    if (direction === 'forward' || from > this.lastSeq) this.refresh()
  }

  *#working<T>(doing: string, work: Work<T>): Work<T> {
    for (;;) {
      const turn = this.#reading(doing, () => work.next())
      if (turn.done) return turn.value
      yield
    }
  }

  #reading<T>(doing: string, work: () => T): T {
    return reading(this.file, doing, work)
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}
