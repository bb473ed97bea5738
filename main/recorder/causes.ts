/**
 * Goes along the causes of a run: what became of a message, what an event follows from and what follows from it. Where the way
 * may be long it is gone in short pieces: the work is a generator that yields wherever others may be answered.
 */
import type { RunEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import { type FaultId, type MessageId, messageId, messageIdParts } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import { holds } from '../../protocols/net/rule.ts'
import { linksOf } from '../../protocols/net/target.ts'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { FRAME_HEADER_BYTES, FrameKind, writeFrame } from '../../protocols/wire/frame.ts'
import { StepInputKind } from '../../protocols/wire/tap.ts'
import { LabError } from '../contract/errors.ts'
import type { EventReport, FaultOnWay, MessageReport, Neighbour } from '../contract/query.ts'
import type { ChunkPlace, Chunks } from './chunks.ts'
import type { Search } from './search.ts'

/** Yields where others may be answered; returns what was found. */
export type Work<T> = Generator<undefined, T>

const PIECE_MS = 8
const LOOK_EVERY = 256
/** More effects of one event are counted, not listed. */
const EFFECTS_MAX = 60
/** What a person did is told of its node within so many events. */
const NEAR = 5000

export interface Run {
  readonly chunks: Chunks
  readonly tables: ChunkTables
  readonly search: Search
  marks(): Mark[]
  moment(seq: number): MomentData
}

type Fates = Pick<MessageReport, 'holds' | 'deliveries' | 'drops' | 'handled' | 'whole'>

export class Causes {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  *message(message: MessageId): Work<MessageReport> {
    const reader = this.#run.search.readerAtSend(message)
    if (!reader)
      throw new LabError(
        'not-found',
        `No message ${message} was sent in this run.`,
        'It may have been sent by a node that was killed before it reported it.',
      )
    const send = readEvent(reader) as SendEvent
    const { frame, bodyBytes } = frameOf(reader)
    const armed = this.#armed(send)
    const fates = yield* this.#fates(
      send,
      armed.some(({ fault }) => fault.kind === 'duplicate'),
    )
    const { sender, life } = messageIdParts(message)
    return {
      send,
      frame: hexOf(frame),
      headerBytes: frame.length - bodyBytes,
      bodyBytes,
      step: this.#stepOf(sender, life, send.step),
      ...fates,
      faults: this.#faults(armed, fates),
    }
  }

  *event(seq: number): Work<EventReport> {
    const event = this.#at(seq)
    if (!event) throw new LabError('not-found', `There is no event ${seq} in this run.`, `Its last is ${this.#run.chunks.lastSeq}.`)
    const causes: Neighbour[] = []
    const effects: Neighbour[] = []
    const because = (by: Neighbour['by'], ...events: readonly (RunEvent | undefined)[]) => causes.push(...this.#beside(by, events))
    const then = (by: Neighbour['by'], ...events: readonly (RunEvent | undefined)[]) => effects.push(...this.#beside(by, events))
    const send = this.#sendFor(event)
    let more = 0
    switch (event.kind) {
      case 'step': {
        const endpoint = this.#run.tables.endpoints.indexOf(event.node)
        if (send) because('input', yield* this.#delivery(send, seq))
        if (event.input.kind === 'timer') because('timer', yield* this.#whoSet(endpoint, event))
        because('order', this.#stepOf(endpoint, event.life, event.step - 1))
        const { first, count } = event.sends
        for (let i = 0; i < Math.min(count, EFFECTS_MAX); i++) then('step', this.#sendOf(messageId(endpoint, event.life, first + i)))
        more = Math.max(0, count - EFFECTS_MAX)
        then('order', this.#stepOf(endpoint, event.life, event.step + 1))
        break
      }
      case 'send': {
        const { sender, life } = messageIdParts(event.message)
        because('step', this.#stepOf(sender, life, event.step))
        const { holds, deliveries, drops } = yield* this.#fates(
          event,
          this.#armed(event).some(({ fault }) => fault.kind === 'duplicate'),
        )
        then('message', ...[...holds, ...deliveries, ...drops].sort((a, b) => a.seq - b.seq))
        break
      }
      case 'deliver':
      case 'drop':
      case 'hold': {
        because('message', send)
        if (!send) break
        const { holds, deliveries, drops, handled } = yield* this.#fates(send, false, seq + NEAR)
        if (event.kind !== 'hold') because('message', ...holds)
        const fault =
          event.kind === 'hold' ? event.fault : event.kind === 'drop' && typeof event.why !== 'string' ? event.why.fault : undefined
        if (fault !== undefined) because('fault', this.#armOf(fault, seq))
        if (event.kind === 'hold') then('message', ...deliveries, ...drops)
        if (event.kind === 'deliver' && event.seq === deliveries[0]?.seq) then('input', handled)
        break
      }
      case 'checkpoint':
        because('step', this.#stepOf(this.#run.tables.endpoints.indexOf(event.node), event.life, event.step))
        break
      case 'invoke':
        then('operation', yield* this.#other(event.operation, 'return', seq))
        break
      case 'return':
        because('operation', yield* this.#other(event.operation, 'invoke', seq))
        break
      case 'action': {
        const { action } = event
        if (action.do === 'arm')
          then(
            'fault',
            this.#mark(({ kind, fault, seq: at }) => kind === 'lift' && fault === action.fault.id && at > seq),
          )
        if (action.do === 'lift') because('fault', this.#armOf(action.fault, seq))
        if (action.do === 'node')
          then(
            'step',
            this.#near(seq, 1, (other) => other.kind === 'node' && other.node === action.node),
          )
        break
      }
      case 'node': {
        const { node } = event
        because(
          'step',
          this.#near(seq, -1, (other) => other.kind === 'action' && other.action.do === 'node' && other.action.node === node),
        )
        break
      }
      case 'local':
        because('message', ...event.after.map((before) => this.#at(before)))
        break
      case 'reject':
      case 'output':
        break
      default:
        event satisfies never
    }
    return { event, send, causes: inOrder(causes), effects: inOrder(effects), more }
  }

  /** From the send on, until the message has ended and was handled; to the end of the run where copies of it may come. */
  *#fates(send: SendEvent, mayBeCopied: boolean, until = Number.POSITIVE_INFINITY): Work<Fates> {
    const found = { holds: [] as never[], deliveries: [] as never[], drops: [] as never[] }
    const { endpoints } = this.#run.tables
    const to = endpoints.indexOf(send.to)
    const isToClients = to === endpoints.length - 1
    let handled: StepEvent | undefined
    let ended = false
    for (const reader of this.#walk(send.seq + 1)) {
      if (!reader) {
        yield
        continue
      }
      if (reader.seq > until) break
      if (reader.kind === ChunkKind.step) {
        if (reader.endpoint !== to) continue
        if ((reader.input === StepInputKind.message || reader.input === StepInputKind.request) && reader.subject === send.message)
          handled ??= readEvent(reader) as StepEvent
      } else if (reader.message === send.message && isFate(reader.kind)) {
        const list = reader.kind === ChunkKind.deliver ? found.deliveries : reader.kind === ChunkKind.drop ? found.drops : found.holds
        list.push(readEvent(reader) as never)
        if (reader.kind !== ChunkKind.hold && reader.copy === 0) ended = true
      }
      const isHandled = handled !== undefined || isToClients || found.deliveries.length === 0
      if (ended && isHandled && !mayBeCopied) return { ...found, handled, whole: true }
    }
    return { ...found, handled, whole: ended && (handled !== undefined || isToClients || found.deliveries.length === 0) }
  }

  /** Readers at every event from `from` on; undefined now and then, when it was at work for long enough. */
  *#walk(from: number): Generator<ChunkReader | undefined> {
    const { places } = this.#run.chunks
    let untilMs = performance.now() + PIECE_MS
    let looked = 0
    for (let i = this.#run.chunks.indexOf(from); i < places.length; i++) {
      const reader = this.#run.chunks.reader(places[i] as ChunkPlace)
      while (reader.next()) {
        if (reader.seq < from) continue
        yield reader
        if (++looked % LOOK_EVERY !== 0 || performance.now() < untilMs) continue
        yield undefined
        untilMs = performance.now() + PIECE_MS
      }
    }
  }

  /** The delivery that brought a message to the step at `before`. */
  *#delivery(send: SendEvent, before: number): Work<RunEvent | undefined> {
    for (const reader of this.#walk(send.seq + 1)) {
      if (!reader) yield
      else if (reader.seq >= before) return undefined
      else if (reader.kind === ChunkKind.deliver && reader.message === send.message) return readEvent(reader)
    }
    return undefined
  }

  /** The step that set the timer which started this one. */
  *#whoSet(endpoint: number, step: StepEvent): Work<RunEvent | undefined> {
    const timer = step.input.kind === 'timer' ? this.#run.tables.timers.indexOf(step.input.name) : -1
    const { places } = this.#run.chunks
    let untilMs = performance.now() + PIECE_MS
    for (let i = this.#run.chunks.indexOf(step.seq); i >= 0; i--) {
      const place = places[i] as ChunkPlace
      if (!place.contents.mayStep(endpoint, step.life, 1, step.step - 1)) continue
      let last: RunEvent | undefined
      const reader = this.#run.chunks.reader(place)
      while (reader.next() && reader.seq < step.seq)
        if (reader.kind === ChunkKind.step && reader.endpoint === endpoint && reader.life === step.life && sets(reader, timer))
          last = readEvent(reader)
      if (last) return last
      if (performance.now() < untilMs) continue
      yield
      untilMs = performance.now() + PIECE_MS
    }
    return undefined
  }

  /** The other end of an operation. */
  *#other(operation: number, kind: 'invoke' | 'return', from: number): Work<RunEvent | undefined> {
    if (kind === 'return') {
      for (const reader of this.#walk(from + 1)) {
        if (!reader) yield
        else if (reader.kind === ChunkKind.return && isOf(reader, operation)) return readEvent(reader)
      }
      return undefined
    }
    let untilMs = performance.now() + PIECE_MS
    for (let i = this.#run.chunks.indexOf(from); i >= 0; i--) {
      const reader = this.#run.chunks.reader(this.#run.chunks.places[i] as ChunkPlace)
      while (reader.next() && reader.seq < from) if (reader.kind === ChunkKind.invoke && isOf(reader, operation)) return readEvent(reader)
      if (performance.now() < untilMs) continue
      yield
      untilMs = performance.now() + PIECE_MS
    }
    return undefined
  }

  /** The nearest event behind (1) or before (-1) that is meant, within a few thousand. */
  #near(seq: number, direction: 1 | -1, is: (event: RunEvent) => boolean): RunEvent | undefined {
    const [from, to] = direction === 1 ? [seq + 1, seq + NEAR] : [Math.max(1, seq - NEAR), seq - 1]
    let found: RunEvent | undefined
    for (const reader of this.#walk(from)) {
      if (!reader) continue
      if (reader.seq > to) break
      if (reader.kind !== ChunkKind.node && reader.kind !== ChunkKind.action) continue
      const event = readEvent(reader)
      if (!is(event)) continue
      if (direction === 1) return event
      found = event
    }
    return found
  }

  #at(seq: number): RunEvent | undefined {
    const reader = this.#run.search.readerAt(seq)
    return reader && readEvent(reader)
  }

  #sendOf(message: MessageId): SendEvent | undefined {
    const reader = this.#run.search.readerAtSend(message)
    return reader && (readEvent(reader) as SendEvent)
  }

  /** The send of the message that an event is about, unless it is that. */
  #sendFor(event: RunEvent): SendEvent | undefined {
    if (event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'hold') return this.#sendOf(event.message)
    if (event.kind === 'step' && (event.input.kind === 'message' || event.input.kind === 'request'))
      return this.#sendOf(event.input.message)
    return undefined
  }

  #stepOf(endpoint: number, life: number, step: number): StepEvent | undefined {
    if (step < 1) return undefined
    for (const place of this.#run.chunks.places) {
      if (!place.contents.mayStep(endpoint, life, step, step)) continue
      const reader = this.#run.chunks.reader(place)
      while (reader.next())
        if (reader.kind === ChunkKind.step && reader.endpoint === endpoint && reader.life === life && reader.step === step)
          return readEvent(reader) as StepEvent
    }
    return undefined
  }

  #beside(by: Neighbour['by'], events: readonly (RunEvent | undefined)[]): Neighbour[] {
    return events.flatMap((event) => {
      if (!event) return []
      const send = this.#sendFor(event)
      return [send ? { event, by, send } : { event, by }]
    })
  }

  #mark(is: (mark: Mark) => boolean): RunEvent | undefined {
    const mark = this.#run.marks().find(is)
    return mark && this.#at(mark.seq)
  }

  /** The event that armed a fault, before event `seq`. */
  #armOf(fault: FaultId, seq: number): RunEvent | undefined {
    const marks = this.#run.marks().filter((mark) => mark.kind === 'fault' && mark.fault === fault)
    const mark = marks.findLast((one) => one.seq <= seq)
    return mark && this.#at(mark.seq)
  }

  /** Faults that stood on the message's way when it was sent, as far as their target, types and fields say. */
  #armed(send: SendEvent): { readonly fault: FaultOnWay['fault']; readonly armedSeq: number }[] {
    const { endpoints } = this.#run.tables
    const marks = this.#run.marks().filter(({ kind, seq }) => kind === 'fault' && seq <= send.seq)
    return this.#run.moment(send.seq).faults.flatMap((fault) => {
      const { target, rule } = fault
      const isOnWay = linksOf(target, endpoints as never).some(({ from, to }) => endpoints[from] === send.from && endpoints[to] === send.to)
      if (!isOnWay || (rule?.types && !rule.types.includes(send.type))) return []
      if (rule?.where && !rule.where.every((test) => holds(test, send.body))) return []
      return [{ fault, armedSeq: marks.findLast((mark) => mark.fault === fault.id)?.seq ?? 0 }]
    })
  }

  /** Those that stood on its way, and those that its fate names. */
  #faults(armed: readonly Omit<FaultOnWay, 'did'>[], { holds, drops }: Fates): FaultOnWay[] {
    const named = new Set<FaultId>([
      ...holds.map(({ fault }) => fault),
      ...drops.flatMap(({ why }) => (typeof why === 'string' ? [] : [why.fault])),
    ])
    const found = armed.map((one) => ({ ...one, did: named.delete(one.fault.id) || surely(one.fault) }))
    for (const id of named) {
      const event = this.#armOf(id, Number.POSITIVE_INFINITY)
      if (event?.kind === 'action' && event.action.do === 'arm') found.push({ fault: event.action.fault, armedSeq: event.seq, did: true })
    }
    return found
  }
}

const inOrder = (list: Neighbour[]): Neighbour[] => list.sort((a, b) => a.event.seq - b.event.seq)
const isFate = (kind: number): boolean => kind === ChunkKind.deliver || kind === ChunkKind.drop || kind === ChunkKind.hold

/** A delay without chance or count touches every message that it is meant for; every other fault is told by what became of the message. */
function surely({ kind, rule }: FaultOnWay['fault']): boolean {
  return kind === 'delay' && rule?.skip === undefined && rule?.count === undefined && rule?.probability === undefined
}

function isOf(reader: ChunkReader, operation: number): boolean {
  const said = reader.json()
  return typeof said === 'object' && said !== null && 'operation' in said && said.operation === operation
}

/** Does the step set this timer, not cancel it? */
function sets(reader: ChunkReader, timer: number): boolean {
  for (let i = 0, at = reader.timersAt; i < reader.timers; i++, at += 5)
    if (reader.view.getUint8(at) === timer && !Number.isNaN(reader.view.getFloat32(at + 1, true))) return true
  return false
}

/** The frame of a send: its body as it was recorded, its header written from the stamps. */
function frameOf(reader: ChunkReader): { frame: Uint8Array; bodyBytes: number } {
  const out = new ByteWriter(FRAME_HEADER_BYTES + 512)
  const { endpoint: from, to, type, message, step, lamport, life, atUs } = reader
  const clock = reader.clock.slice(0, reader.clockSize)
  const { number } = messageIdParts(message as MessageId)
  writeFrame(out, { kind: FrameKind.message, from, to, type, number, step, lamport, sentAtUs: atUs, life, clock }, '')
  const body = reader.textBytes()
  out.raw(body)
  out.patchU32(0, out.length - 4)
  return { frame: out.take(), bodyBytes: body.length }
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
