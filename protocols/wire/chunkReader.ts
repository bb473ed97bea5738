/**
 * Takes a chunk apart (layout: chunk.ts). `next` moves to an event and reads its numbers only, which is all that a scan
 * needs; `event` makes the whole of it. Bytes are not trusted: whatever they are, they give events or a ChunkError.
 */
import type { RunEvent } from '../core/event.ts'
import { type EndpointId, type FaultId, type MessageId, messageId, type NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { readText } from './bytes.ts'
import {
  CHUNK_HEADER_BYTES,
  CHUNK_VERSION,
  ChunkError,
  ChunkKind,
  ChunkState,
  type ChunkTables,
  CopyFlag,
  ringIndex,
  SendFlag,
  StampFlag,
  StepFlag,
} from './chunk.ts'
import { StepInputKind } from './tap.ts'

const lenient = new TextDecoder()

export class ChunkReader {
  /** One of ChunkKind, never `pass`: that is given as a send and a deliver. */
  kind = 0
  seq: number
  atUs = 0
  /** Of a step, checkpoint, invoke or return: whose; of a send: from whom. */
  endpoint = 0
  to = 0
  type = 0
  life = 0
  step = 0
  lamport = 0
  /** Entries of `clock` that count. */
  clockSize = 0
  readonly clock: Uint32Array
  /** The message of a send, deliver, drop or hold. */
  message = 0
  copy = 0
  /** One of StepInputKind, and what it names: a message, a timer's index, records recovered. */
  input = 0
  subject = 0
  nowMs = 0
  sendFirst = 0
  sendCount = 0
  timers = 0
  persisted = 0
  /** The text of the event (extras, body, JSON, fault) within `bytes`. */
  textAt = 0
  textEnd = 0
  readonly firstSeq: number
  readonly count: number
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #tables: ChunkTables
  readonly #state: ChunkState
  #at = CHUNK_HEADER_BYTES
  #left: number
  #timersAt = 0
  /** When the delivery of the pass at hand was, until it has been given. */
  #handedUs: number | undefined

  constructor(bytes: Uint8Array, tables: ChunkTables) {
    if (bytes.length < CHUNK_HEADER_BYTES) throw new ChunkError('a chunk ends within its header')
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#tables = tables
    const version = this.#view.getUint8(0)
    if (version > CHUNK_VERSION) throw new ChunkError(`a chunk of version ${version} is newer than ${CHUNK_VERSION}`, true)
    if (version !== CHUNK_VERSION) throw new ChunkError(`a chunk cannot have version ${version}`)
    const endpoints = this.#view.getUint8(1)
    if (endpoints !== tables.endpoints.length)
      throw new ChunkError(`a chunk of ${endpoints} endpoints in a run of ${tables.endpoints.length}`)
    this.count = this.#view.getUint32(4, true)
    this.firstSeq = this.#view.getFloat64(8, true)
    if (!Number.isSafeInteger(this.firstSeq) || this.firstSeq < 1) throw new ChunkError(`a chunk cannot begin with event ${this.firstSeq}`)
    this.seq = this.firstSeq - 1
    this.#left = this.count
    this.#state = new ChunkState(endpoints)
    this.#state.reset(this.#view.getFloat64(16, true))
    this.clock = new Uint32Array(256)
  }

  /** Moves to the next event; false at the end. */
  next(): boolean {
    if (this.#left === 0) return false
    this.#left--
    this.seq++
    if (this.#handedUs !== undefined) {
      this.kind = ChunkKind.deliver
      this.atUs = this.#handedUs
      this.copy = 0
      this.textAt = this.textEnd
      this.#handedUs = undefined
      return true
    }
    const tag = this.#u8()
    const flags = tag >> 4
    this.kind = tag & 15
    switch (this.kind) {
      case ChunkKind.step:
        this.#readStep(flags)
        break
      case ChunkKind.send:
      case ChunkKind.pass:
        this.#readSend(flags)
        break
      case ChunkKind.deliver:
        this.#readCopy(flags)
        this.textAt = this.textEnd
        break
      case ChunkKind.drop:
      case ChunkKind.hold:
        this.#readCopy(flags)
        this.#readText()
        break
      case ChunkKind.checkpoint:
        this.endpoint = this.#endpoint(this.#u8())
        this.#time()
        this.life = this.#varint()
        this.step = this.#varint()
        this.#readText()
        break
      case ChunkKind.invoke:
      case ChunkKind.return:
        this.endpoint = this.#endpoint(this.#u8())
        this.#time()
        this.#stamp(this.endpoint)
        this.#readText()
        break
      case ChunkKind.node:
      case ChunkKind.action:
      case ChunkKind.reject:
      case ChunkKind.output:
        this.#time()
        this.#readText()
        break
      default:
        throw new ChunkError(`event ${this.seq} has the unknown kind ${this.kind}`)
    }
    if (this.#at > this.#bytes.length) throw new ChunkError(`a chunk ends within event ${this.seq}`)
    return true
  }

  /** The event at hand, whole. */
  event(): RunEvent {
    const { seq, atUs } = this
    switch (this.kind) {
      case ChunkKind.step:
        return this.#stepEvent()
      case ChunkKind.send:
        return {
          kind: 'send',
          seq,
          atUs,
          ...this.#stampOf(),
          message: this.message as MessageId,
          from: this.#name(this.endpoint),
          to: this.#name(this.to),
          type: this.#tables.messageTypes[this.type] ?? this.#unnamed('message type', this.type),
          body: this.#bodyOf(),
        }
      case ChunkKind.deliver:
        return { kind: 'deliver', seq, atUs, message: this.message as MessageId, copy: this.copy }
      case ChunkKind.drop:
        return { kind: 'drop', seq, atUs, message: this.message as MessageId, copy: this.copy, why: (this.json() ?? 'overflow') as never }
      case ChunkKind.hold:
        return { kind: 'hold', seq, atUs, message: this.message as MessageId, fault: this.text() as FaultId }
      case ChunkKind.checkpoint: {
        const text = this.#object()
        if (!text) return this.#unreadable('checkpoint')
        const { hash, state } = text
        return {
          kind: 'checkpoint',
          seq,
          atUs,
          node: this.#name(this.endpoint),
          life: this.life,
          step: this.step,
          hash: hash as string,
          state: state as Json,
        }
      }
      case ChunkKind.invoke:
        return this.#told('invoke', this.#stampOf())
      case ChunkKind.return:
        return this.#told('return', this.#stampOf())
      case ChunkKind.node:
        return this.#told('node')
      case ChunkKind.action:
        return this.#told('action')
      case ChunkKind.reject:
        return this.#told('reject')
      default:
        return this.#told('output')
    }
  }

  /** An event that is kept as its JSON. */
  #told(kind: RunEvent['kind'], stamp?: object): RunEvent {
    const text = this.#object()
    if (!text) return this.#unreadable(kind)
    return { ...text, kind, seq: this.seq, atUs: this.atUs, ...stamp } as unknown as RunEvent
  }

  text(): string {
    return lenient.decode(this.textBytes())
  }

  /** The text's bytes, as a view into the chunk. */
  textBytes(): Uint8Array {
    return this.#bytes.subarray(this.textAt, this.textEnd)
  }

  /** The text parsed; undefined when it is not JSON, as a program that is not ours may have written. */
  json(): Json | undefined {
    try {
      return JSON.parse(readText(this.textBytes()))
    } catch {
      return undefined
    }
  }

  #object(): { readonly [key: string]: Json } | undefined {
    const value = this.json()
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { [key: string]: Json }) : undefined
  }

  /** A body that is not JSON is shown as the text that it is. */
  #bodyOf(): Json {
    const body = this.json()
    return body === undefined ? this.text() : body
  }

  #unreadable(kind: string): RunEvent {
    return { kind: 'reject', seq: this.seq, atUs: this.atUs, where: 'recording', why: `The text of this ${kind} is not a JSON object.` }
  }

  #stepEvent(): RunEvent {
    const timers = new Array<{ name: string; ms?: number }>(this.timers)
    for (let i = 0, at = this.#timersAt; i < this.timers; i++, at += 5) {
      const name = this.#timerName(this.#view.getUint8(at))
      const ms = this.#view.getFloat32(at + 1, true)
      timers[i] = Number.isNaN(ms) ? { name } : { name, ms }
    }
    const extras = this.textAt === this.textEnd ? {} : (this.#object() ?? {})
    const { input, subject } = this
    const message = subject as MessageId
    return {
      kind: 'step',
      seq: this.seq,
      atUs: this.atUs,
      node: this.#name(this.endpoint),
      ...this.#stampOf(),
      nowMs: this.nowMs,
      input:
        input === StepInputKind.start
          ? { kind: 'start', recovered: subject }
          : input === StepInputKind.timer
            ? { kind: 'timer', name: this.#timerName(subject) }
            : { kind: input === StepInputKind.message ? 'message' : 'request', message },
      sends: { first: this.sendFirst, count: this.sendCount },
      timers,
      persisted: this.persisted,
      notes: (extras.notes ?? []) as never,
      ...(extras.observation === undefined ? {} : { observation: extras.observation as never }),
    }
  }

  #stampOf() {
    return { life: this.life, step: this.step, lamport: this.lamport, clock: Array.from(this.clock.subarray(0, this.clockSize)) }
  }

  #name(endpoint: number): EndpointId {
    return this.#tables.endpoints[endpoint] as NodeId
  }

  #timerName(index: number): string {
    return this.#tables.timers[index] ?? this.#unnamed('timer', index)
  }

  #unnamed(what: string, index: number): never {
    throw new ChunkError(`event ${this.seq} speaks of ${what} ${index}, which this run does not have`)
  }

  #readStep(flags: number): void {
    const state = this.#state
    const head = this.#u8()
    const endpoint = this.#endpoint(head & 63)
    this.endpoint = endpoint
    this.input = head >> 6
    this.#time()
    this.#stamp(endpoint)
    state.stepped(endpoint, this.life, this.step, this.lamport, this.clock)
    if (flags & StepFlag.nowDouble) {
      if (this.#at + 8 > this.#bytes.length) throw new ChunkError(`a chunk ends within event ${this.seq}`)
      this.nowMs = this.#view.getFloat64(this.#at, true)
      this.#at += 8
    } else {
      const milli = (state.now[endpoint] as number) + this.#zigzag()
      state.now[endpoint] = milli
      this.nowMs = milli / 1000
    }
    this.subject = this.input === StepInputKind.message || this.input === StepInputKind.request ? this.#message() : this.#varint()
    this.sendFirst = state.nextSend[endpoint] as number
    this.sendCount = 0
    if (flags & StepFlag.sends) {
      this.sendFirst += this.#zigzag()
      this.sendCount = this.#varint()
      state.nextSend[endpoint] = this.sendFirst + this.sendCount
    }
    this.timers = 0
    this.persisted = 0
    if (flags & StepFlag.effects) {
      this.timers = this.#varint()
      this.#timersAt = this.#at
      this.#at += 5 * this.timers
      this.persisted = this.#varint()
    }
    if (flags & StepFlag.extras) this.#readText()
    else this.textAt = this.textEnd
  }

  #readSend(flags: number): void {
    const state = this.#state
    const pass = this.kind === ChunkKind.pass
    this.kind = ChunkKind.send
    const link = this.#varint()
    const from = this.#endpoint(Math.floor(link / state.endpoints))
    this.endpoint = from
    this.to = link % state.endpoints
    this.type = this.#u8()
    this.#time()
    if (pass) {
      const sentUs = this.atUs
      this.#time()
      this.#handedUs = this.atUs
      this.atUs = sentUs
    }
    const number = (state.number[from] as number) + (flags & SendFlag.nextNumber ? 1 : this.#zigzag())
    if (flags & SendFlag.ring) {
      const at = ringIndex(from, this.#u8() & 31)
      this.life = state.ringLife[at] as number
      this.step = state.ringStep[at] as number
      this.lamport = state.ringLamport[at] as number
      this.clockSize = state.endpoints
      for (let i = 0, ring = at * state.endpoints; i < this.clockSize; i++, ring++) this.clock[i] = state.ringClock[ring] as number
    } else this.#stamp(from)
    state.number[from] = number
    state.numberLife[from] = this.life
    this.message = messageId(from, this.life, number)
    this.#readText()
  }

  #readCopy(flags: number): void {
    this.#time()
    this.message = this.#message()
    this.copy = flags & CopyFlag ? this.#varint() : 0
  }

  #readText(): void {
    const size = this.#varint()
    this.textAt = this.#at
    this.textEnd = this.#at + size
    this.#at = this.textEnd
  }

  #stamp(endpoint: number): void {
    const state = this.#state
    const E = state.endpoints
    const flags = this.#u8()
    this.life = flags & StampFlag.life ? this.#varint() : (state.life[endpoint] as number)
    this.step = (state.step[endpoint] as number) + 1 + (flags & StampFlag.step ? this.#zigzag() : 0)
    this.lamport = (state.lamport[endpoint] as number) + 1 + (flags & StampFlag.lamport ? this.#zigzag() : 0)
    const { clock } = this
    if (flags & StampFlag.size) {
      const n = this.#varint()
      if (n > 255) throw new ChunkError(`event ${this.seq} has a clock of ${n} entries`)
      for (let i = 0; i < n; i++) clock[i] = this.#varint()
      for (let i = n; i < E; i++) clock[i] = 0
      this.clockSize = n
      return
    }
    this.clockSize = E
    const base = endpoint * E
    for (let first = 0; first < E; first += 8) {
      const mask = this.#u8()
      const last = Math.min(E, first + 8)
      for (let i = first; i < last; i++) {
        const predicted = (state.clock[base + i] as number) + (i === endpoint ? 1 : 0)
        clock[i] = mask & (1 << (i - first)) ? predicted + this.#zigzag() : predicted
      }
    }
  }

  #message(): number {
    const state = this.#state
    const sender = this.#endpoint(this.#u8())
    const packed = this.#varint()
    const folded = Math.floor(packed / 2)
    const number = (state.number[sender] as number) + (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2)
    const life = packed % 2 === 0 ? (state.numberLife[sender] as number) : this.#varint()
    return messageId(sender, life, number)
  }

  #time(): void {
    this.#state.atUs += this.#zigzag()
    this.atUs = this.#state.atUs
  }

  #endpoint(index: number): number {
    if (index >= this.#state.endpoints) throw new ChunkError(`event ${this.seq} speaks of endpoint ${index}, which this run does not have`)
    return index
  }

  #u8(): number {
    return this.#bytes[this.#at++] ?? 0
  }

  #zigzag(): number {
    const folded = this.#varint()
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }

  #varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++] as number
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let scale = 0x80
    do {
      byte = bytes[this.#at++] as number
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80 && scale < 2 ** 53)
    return value
  }
}

/** All events of a chunk in order. Throws ChunkError. */
export function readChunk(bytes: Uint8Array, tables: ChunkTables): RunEvent[] {
  const reader = new ChunkReader(bytes, tables)
  const events: RunEvent[] = []
  while (reader.next()) events.push(reader.event())
  return events
}
