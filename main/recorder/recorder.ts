/**
 * Takes the feed, numbers its events in causal order, packs them and puts them into the run file; keeps the moment at
 * the end of the recording, and says what is new. On the way of an ordinary message no object is made and no JSON is
 * read. It knows no thread and no timer: worker.ts calls `take` for each batch and `commit` some thirty times a second.
 */
import type { RunEvent, Unnumbered } from '../../protocols/core/event.ts'
import { type MessageId, messageIdParts } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { decodeMoment, firstMoment, type MomentData } from '../../protocols/core/moment.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent, writeEvent } from '../../protocols/wire/chunkEvents.ts'
import { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { ChunkWriter } from '../../protocols/wire/chunkWriter.ts'
import type { Log } from '../../protocols/wire/log.ts'
import { StepInputKind, TapKind } from '../../protocols/wire/tap.ts'
import { markOf } from '../../protocols/words/marks.ts'
import { speechOf } from '../../protocols/words/speech.ts'
import type { RecorderReport, RunHeader } from './header.ts'
import { LeaderWatch, RefusalWatch } from './marks.ts'
import { Rates } from './rates.ts'
import { ChunkContents, tablesOf } from './runFile.ts'
import { frameMessage, notesIn, observationIn, RunningMoment } from './runningMoment.ts'
import { type SequencedPast, Sequencer } from './sequencer.ts'
import type { RunStore } from './store.ts'

/** A chunk is full at either; smaller ones grow from commit to commit unless writing them again would cost too much. */
const CHUNK_EVENTS = 1024
const CHUNK_BYTES = 192 * 1024
const GROWING_BYTES_MAX = 16 * 1024
const MOMENT_EVERY = 8192
/** New events are reported one by one up to so many, beyond it as a moment with so many messages in flight. */
const REPORTED_EVENTS_MAX = 200
const REPORTED_FLIGHTS_MAX = 200
/** A century: what claims to be later, or is no number, is not a time. */
const TIME_US_MAX = 3.2e15

const NONE = new Uint8Array(0)

export class Recorder implements Log {
  readonly #store: RunStore
  readonly #tables: ChunkTables
  readonly #writer: ChunkWriter
  readonly #contents: ChunkContents
  readonly #sequencer: Sequencer
  readonly #moment: RunningMoment
  readonly #rates: Rates
  readonly #leaders: LeaderWatch
  readonly #refusals: RefusalWatch
  /** Time of the run at the beginning of the open chunk. */
  #startUs = 0
  /** Events of the open chunk that are in the file, and the last event of which a moment is. */
  #storedInChunk = 0
  #momentSeq = 0
  #reportedSeq = 0
  /** Events between the last report and the open chunk; undefined when they were too many. */
  #sealed: RunEvent[] | undefined = []
  #marks: Mark[] = []

  /** `past`: what the run looked like after the last event that is in the file already, of a run that another one has begun. */
  constructor(store: RunStore, header: RunHeader, past?: MomentData) {
    this.#store = store
    this.#tables = tablesOf(header)
    this.#writer = new ChunkWriter(this.#tables)
    this.#contents = new ChunkContents(this.#tables.endpoints.length)
    this.#sequencer = new Sequencer(this)
    this.#moment = new RunningMoment(
      past ? decodeMoment(past) : firstMoment(header.nodes, header.config.timeScale, header.config.spares),
      this.#tables,
    )
    this.#rates = new Rates(header.messageTypes)
    this.#leaders = new LeaderWatch(this.#tables.endpoints, speechOf(header.config.protocol, header.config.service))
    this.#refusals = new RefusalWatch(this.#tables.endpoints, findProtocol(header.config.protocol)?.notes ?? [])
    if (!past) return
    this.#startUs = past.atUs
    this.#momentSeq = past.seq
    this.#reportedSeq = past.seq
    this.#writer.begin(past.seq + 1, past.atUs)
    for (const [endpoint, { observation }] of past.nodes.entries())
      if (observation?.role === 'leader') this.#leaders.leads(endpoint, observation.epoch)
  }

  get lastSeq(): number {
    return this.#writer.firstSeq + this.#writer.count - 1
  }

  get lengthUs(): number {
    return this.#moment.atUs
  }

  /** Goes on behind a past whose messages and steps came another way. */
  continue(from: SequencedPast): void {
    this.#sequencer.continue(from)
  }

  /** One batch of the feed. */
  take(feed: Uint8Array): void {
    this.#sequencer.take(feed)
  }

  /** Everything that has its place is in the file when this returns. */
  commit(): void {
    if (this.#writer.count > this.#storedInChunk) {
      this.#storeChunk()
      if (this.#writer.length > GROWING_BYTES_MAX) this.#nextChunk()
    }
    this.#store.commit()
  }

  /** The feed has ended: what still waits for something gets its place, and all is in the file. */
  finish(): void {
    this.#sequencer.finish()
    if (this.#writer.count > this.#storedInChunk) this.#storeChunk()
    this.#store.commit()
  }

  /** What is new since the last report, if anything is. `nowMs`: any clock that does not go backwards. */
  report(nowMs: number): RecorderReport | undefined {
    const { lastSeq } = this
    if (lastSeq === this.#reportedSeq) return undefined
    const few = this.#sealed !== undefined && lastSeq - this.#reportedSeq <= REPORTED_EVENTS_MAX
    const events = few ? [...(this.#sealed ?? []), ...this.#openEvents()] : []
    const marks = this.#marks
    this.#reportedSeq = lastSeq
    this.#sealed = []
    this.#marks = []
    return {
      lastSeq,
      lengthUs: this.lengthUs,
      events,
      ...(few ? {} : { moment: this.#moment.data(REPORTED_FLIGHTS_MAX) }),
      rates: this.#rates.perSecond(nowMs),
      marks,
    }
  }

  // What the sequencer gives, in causal order.

  tap(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const kind = view.getUint8(at + 4)
    const problem = this.#tapProblem(endpoint, kind, view, at, end)
    if (problem) return this.#reject(problem)
    if (!this.#contents.holds(endpoint, life)) this.#sealFor(endpoint, life)
    const step = view.getUint32(at + 8, true)
    const atUs = view.getFloat64(at + 12, true)
    const seq = this.lastSeq + 1
    if (kind !== TapKind.step) {
      this.#writer.tapText(endpoint, life, bytes, view, at, end)
      if (kind === TapKind.checkpoint) this.#store.checkpoint(seq, endpoint, life, step)
      return this.#took(textKind(kind), atUs)
    }
    this.#writer.tapStep(endpoint, life, bytes, view, at, end)
    this.#contents.stepped(endpoint, step)
    const extrasAt = at + 48 + 4 * view.getUint8(at + 6) + 5 * view.getUint8(at + 7)
    const extras = extrasAt < end ? bytes.slice(extrasAt, end) : NONE
    this.#moment.step(endpoint, life, step, extras)
    if (extras.length > 0) {
      const mark = this.#leaders.step(endpoint, extras, seq, atUs, observationIn)
      if (mark) this.#mark(mark)
      const refusal = this.#refusals.step(endpoint, extras, seq, atUs, notesIn)
      if (refusal) this.#mark(refusal)
    }
    this.#took(ChunkKind.step, atUs)
  }

  frame(bytes: Uint8Array, view: DataView, at: number, end: number, readUs: number, handedUs: number): void {
    const from = view.getUint8(at + 8)
    const type = view.getUint8(at + 10)
    const life = view.getUint16(at + 32, true)
    if (
      from >= this.#tables.endpoints.length ||
      view.getUint8(at + 9) >= this.#tables.endpoints.length ||
      type >= this.#tables.messageTypes.length
    ) {
      return this.#reject(`A frame from endpoint ${from} to ${view.getUint8(at + 9)} of type ${type} cannot be in this run.`)
    }
    if (!this.#contents.holds(from, life)) this.#sealFor(from, life)
    // When it left, as its sender says, for as long as that is possible.
    const said = view.getFloat64(at + 24, true)
    const sentUs = said >= 0 && said <= readUs ? said : readUs
    this.#writer.frame(bytes, view, at, end, sentUs, handedUs)
    this.#contents.sent(from, view.getUint32(at + 12, true))
    this.#rates.sent(type)
    if (Number.isNaN(handedUs)) {
      this.#moment.sent(frameMessage(view, at), from, view.getUint8(at + 9), type, Math.round(sentUs))
      return this.#took(ChunkKind.send, sentUs)
    }
    this.#rates.kind(ChunkKind.deliver)
    this.#took(ChunkKind.pass, handedUs)
  }

  deliver(atUs: number, message: number, copy: number): void {
    this.#writer.deliver(atUs, message, copy)
    this.#moment.arrived(message, copy)
    this.#took(ChunkKind.deliver, atUs)
  }

  drop(atUs: number, message: number, copy: number, why: Uint8Array): void {
    this.#writer.drop(atUs, message, copy, why)
    this.#moment.arrived(message, copy)
    this.#took(ChunkKind.drop, atUs)
  }

  hold(atUs: number, message: number, fault: Uint8Array): void {
    this.#writer.hold(atUs, message, fault)
    this.#moment.held(message, readText(fault))
    this.#took(ChunkKind.hold, atUs)
  }

  event(json: Uint8Array): void {
    this.#event(JSON.parse(readText(json)) as Unnumbered)
  }

  outOfOrder(count: number, why: string): void {
    this.#reject(`${count} ${count === 1 ? 'entry was' : 'entries were'} recorded before what they follow from: ${why}.`)
  }

  #event(unnumbered: Unnumbered): void {
    const event = { ...unnumbered, atUs: Math.round(unnumbered.atUs), seq: this.lastSeq + 1 } as RunEvent
    writeEvent(this.#writer, event)
    const mark = markOf(event, this.#moment)
    if (mark) this.#mark(mark)
    this.#moment.event(event)
    if (event.kind === 'node' && event.change.is === 'down') this.#leaders.down(event.node)
    this.#took(ChunkKind[event.kind], event.atUs)
  }

  #reject(why: string): void {
    this.#event({ kind: 'reject', atUs: this.#moment.atUs, where: 'recorder', why })
  }

  #mark(mark: Mark): void {
    this.#store.mark(mark)
    this.#marks.push(mark)
  }

  /** Why a record of a tap cannot be in this run, if it cannot: a name that it speaks of by an index beyond the tables. */
  #tapProblem(endpoint: number, kind: number, view: DataView, at: number, end: number): string | undefined {
    if (endpoint >= this.#tables.endpoints.length) return `A tap record of endpoint ${endpoint} cannot be in this run.`
    const { endpoints, timers } = this.#tables
    if (!(Math.abs(view.getFloat64(at + 12, true)) < TIME_US_MAX)) return `A tap record of ${endpoints[endpoint]} has no time.`
    if (kind !== TapKind.step) return kind < TapKind.step || kind > TapKind.reject ? `A tap record of kind ${kind} is unknown.` : undefined
    const from = at + 48 + 4 * view.getUint8(at + 6)
    const count = view.getUint8(at + 7)
    const input = view.getUint8(at + 5)
    const subject = view.getFloat64(at + 32, true)
    if (from + 5 * count > end || input > StepInputKind.control || !(Number.isSafeInteger(subject) && subject >= 0)) {
      return `A step record of ${endpoints[endpoint]} is malformed.`
    }
    const isMessage = input === StepInputKind.message || input === StepInputKind.request
    if (isMessage && messageIdParts(subject as MessageId).sender >= endpoints.length) {
      return `A step of ${endpoints[endpoint]} speaks of a message from an endpoint that this run does not have.`
    }
    let unknown = input === StepInputKind.timer && subject >= timers.length
    for (let i = 0; i < count; i++) unknown ||= view.getUint8(from + 5 * i) >= timers.length
    return unknown ? `A step of ${endpoints[endpoint]} speaks of a timer that this run does not have.` : undefined
  }

  /** An event (or a send with its delivery) is in the open chunk. */
  #took(kind: number, atUs: number): void {
    if (kind !== ChunkKind.pass && kind !== ChunkKind.send) this.#rates.kind(kind)
    const { lastSeq } = this
    this.#moment.reached(lastSeq, Math.round(atUs))
    if (this.#writer.count >= CHUNK_EVENTS || this.#writer.length >= CHUNK_BYTES) {
      this.#storeChunk()
      this.#nextChunk()
    }
    // A moment holds every message in flight, so there are fewer of them while there are many of those.
    if (lastSeq - this.#momentSeq >= Math.max(MOMENT_EVERY, this.#moment.inFlight)) {
      this.#momentSeq = lastSeq
      this.#store.moment(this.#moment.data())
    }
  }

  #sealFor(endpoint: number, life: number): void {
    if (this.#writer.count > this.#storedInChunk) this.#storeChunk()
    this.#nextChunk()
    this.#contents.holds(endpoint, life)
  }

  #storeChunk(): void {
    this.#storedInChunk = this.#writer.count
    this.#store.chunk({
      firstSeq: this.#writer.firstSeq,
      lastSeq: this.lastSeq,
      startUs: this.#startUs,
      endUs: this.#moment.atUs,
      contents: this.#contents.words,
      bytes: this.#writer.written(),
    })
  }

  #nextChunk(): void {
    if (this.lastSeq - this.#reportedSeq > REPORTED_EVENTS_MAX) this.#sealed = undefined
    else this.#sealed?.push(...this.#openEvents())
    this.#startUs = this.#moment.atUs
    this.#storedInChunk = 0
    this.#writer.begin(this.lastSeq + 1, this.#startUs)
    this.#contents.reset()
  }

  /** Events of the open chunk that were not reported. */
  #openEvents(): RunEvent[] {
    const events: RunEvent[] = []
    if (this.lastSeq === this.#reportedSeq) return events
    const reader = new ChunkReader(this.#writer.written(), this.#tables)
    while (reader.next()) if (reader.seq > this.#reportedSeq) events.push(readEvent(reader))
    return events
  }
}

function textKind(kind: number): number {
  switch (kind) {
    case TapKind.checkpoint:
      return ChunkKind.checkpoint
    case TapKind.invoke:
      return ChunkKind.invoke
    case TapKind.return:
      return ChunkKind.return
    default:
      return ChunkKind.reject
  }
}
