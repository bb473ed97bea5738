/**
 * Takes a chunk apart (layout: chunk.ts). A cursor: `next` moves to an event and leaves its numbers in fields, which is
 * all that a scan needs; chunkEvents.ts makes an object of it. Bytes are not trusted: whatever they are, they give events
 * or a ChunkError.
 */
import { messageId } from '../core/ids.ts'
import {
  CHUNK_HEADER_BYTES,
  CHUNK_VERSION,
  ChunkError,
  ChunkKind,
  type ChunkTables,
  CopyFlag,
  ringIndex,
  SendFlag,
  StepFlag,
} from './chunk.ts'
import { ChunkUnpacker } from './chunkUnpacker.ts'
import { StepInputKind } from './tap.ts'

export class ChunkReader extends ChunkUnpacker {
  /** One of ChunkKind, never `pass`: that is given as a send and a deliver. */
  kind = 0
  /** Of a step, checkpoint, invoke, return or local event: whose; of a send: from whom. */
  endpoint = 0
  to = 0
  type = 0
  /** The message of a send, deliver, drop or hold. */
  message = 0
  copy = 0
  /** One of StepInputKind, and what it names: a message, a timer's index, a mark, records recovered. */
  input = 0
  subject = 0
  nowMs = 0
  sendFirst = 0
  sendCount = 0
  /** How many timers a step set, and where in `view` they are: u8 index and f32 run milliseconds each. */
  timers = 0
  timersAt = 0
  persisted = 0
  readonly firstSeq: number
  readonly count: number
  readonly tables: ChunkTables
  #left: number
  /** When the delivery of the pass at hand was, until it has been given. */
  #handedUs: number | undefined

  constructor(bytes: Uint8Array, tables: ChunkTables) {
    if (bytes.length < CHUNK_HEADER_BYTES) throw new ChunkError('a chunk ends within its header')
    super(bytes, tables.endpoints.length)
    this.tables = tables
    const version = this.view.getUint8(0)
    if (version > CHUNK_VERSION) throw new ChunkError(`a chunk of version ${version} is newer than ${CHUNK_VERSION}`, true)
    if (version < 1) throw new ChunkError(`a chunk cannot have version ${version}`)
    const endpoints = this.view.getUint8(1)
    if (endpoints !== tables.endpoints.length)
      throw new ChunkError(`a chunk of ${endpoints} endpoints in a run of ${tables.endpoints.length}`)
    this.count = this.view.getUint32(4, true)
    this.firstSeq = this.view.getFloat64(8, true)
    if (!Number.isSafeInteger(this.firstSeq) || this.firstSeq < 1) throw new ChunkError(`a chunk cannot begin with event ${this.firstSeq}`)
    this.seq = this.firstSeq - 1
    this.#left = this.count
    this.state.reset(this.view.getFloat64(16, true))
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
    const tag = this.u8()
    const flags = tag >> 4
    this.kind = tag & 15
    switch (this.kind) {
      case ChunkKind.step:
      case ChunkKind.late:
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
        this.readText()
        break
      case ChunkKind.checkpoint:
        this.endpoint = this.known(this.u8())
        this.readTime()
        this.life = this.varint()
        this.step = this.varint()
        this.readText()
        break
      case ChunkKind.invoke:
      case ChunkKind.return:
        this.endpoint = this.known(this.u8())
        this.readTime()
        this.readStamp(this.endpoint)
        this.readText()
        break
      case ChunkKind.local:
        this.endpoint = this.known(this.u8())
        this.readTime()
        this.readStamp(this.endpoint)
        this.state.stepped(this.endpoint, this.life, this.step, this.lamport, this.clock)
        this.readText()
        break
      case ChunkKind.node:
      case ChunkKind.action:
      case ChunkKind.reject:
      case ChunkKind.output:
        this.readTime()
        this.readText()
        break
      default:
        throw new ChunkError(`event ${this.seq} has the unknown kind ${this.kind}`)
    }
    if (this.at > this.bytes.length) throw new ChunkError(`a chunk ends within event ${this.seq}`)
    return true
  }

  #readStep(flags: number): void {
    const state = this.state
    const head = this.u8()
    const endpoint = this.known(head & 63)
    this.endpoint = endpoint
    this.input = (head >> 6) + (this.kind === ChunkKind.late ? StepInputKind.durable : 0)
    this.kind = ChunkKind.step
    this.readTime()
    this.readStamp(endpoint)
    state.stepped(endpoint, this.life, this.step, this.lamport, this.clock)
    if (flags & StepFlag.nowDouble) {
      if (this.at + 8 > this.bytes.length) throw new ChunkError(`a chunk ends within event ${this.seq}`)
      this.nowMs = this.view.getFloat64(this.at, true)
      this.at += 8
    } else {
      const milli = (state.now[endpoint] as number) + this.zigzag()
      state.now[endpoint] = milli
      this.nowMs = milli / 1000
    }
    this.subject = this.input === StepInputKind.message || this.input === StepInputKind.request ? this.messageId() : this.varint()
    this.sendFirst = state.nextSend[endpoint] as number
    this.sendCount = 0
    if (flags & StepFlag.sends) {
      this.sendFirst += this.zigzag()
      this.sendCount = this.varint()
      state.nextSend[endpoint] = this.sendFirst + this.sendCount
    }
    this.timers = 0
    this.persisted = 0
    if (flags & StepFlag.effects) {
      this.timers = this.varint()
      this.timersAt = this.at
      this.at += 5 * this.timers
      this.persisted = this.varint()
    }
    if (flags & StepFlag.extras) this.readText()
    else this.textAt = this.textEnd
  }

  #readSend(flags: number): void {
    const state = this.state
    const pass = this.kind === ChunkKind.pass
    this.kind = ChunkKind.send
    const link = this.varint()
    const from = this.known(Math.floor(link / state.endpoints))
    this.endpoint = from
    this.to = link % state.endpoints
    this.type = this.u8()
    this.readTime()
    if (pass) {
      const sentUs = this.atUs
      this.readTime()
      this.#handedUs = this.atUs
      this.atUs = sentUs
    }
    const number = (state.number[from] as number) + (flags & SendFlag.nextNumber ? 1 : this.zigzag())
    if (flags & SendFlag.ring) {
      const at = ringIndex(from, this.u8() & 31)
      this.life = state.ringLife[at] as number
      this.step = state.ringStep[at] as number
      this.lamport = state.ringLamport[at] as number
      this.clockSize = state.endpoints
      for (let i = 0, ring = at * state.endpoints; i < this.clockSize; i++, ring++) this.clock[i] = state.ringClock[ring] as number
    } else this.readStamp(from)
    state.number[from] = number
    state.numberLife[from] = this.life
    this.message = messageId(from, this.life, number)
    this.readText()
  }

  #readCopy(flags: number): void {
    this.readTime()
    this.message = this.messageId()
    this.copy = flags & CopyFlag ? this.varint() : 0
  }
}
