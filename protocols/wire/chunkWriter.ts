/**
 * Packs events into a chunk (layout: chunk.ts). The recorder goes from the bytes of taps and frames straight to the
 * bytes of the chunk: no event objects on that path, JSON copied as it came. Events as objects: chunkEvents.ts.
 */
import type { Stamp } from '../core/event.ts'
import { CHUNK_HEADER_BYTES, ChunkError, ChunkKind, type ChunkTables, CopyFlag, ENDPOINTS_MAX, SendFlag, StepFlag } from './chunk.ts'
import { ChunkPacker, RECORD_BYTES_MAX } from './chunkPacker.ts'
import { FRAME_HEADER_BYTES } from './frame.ts'
import { StepInputKind, TapKind } from './tap.ts'

export class ChunkWriter extends ChunkPacker {
  /** Events written. */
  count = 0
  firstSeq = 1
  readonly tables: ChunkTables

  constructor(tables: ChunkTables) {
    super(tables.endpoints.length)
    if (tables.endpoints.length > ENDPOINTS_MAX) throw new ChunkError(`a chunk has at most ${ENDPOINTS_MAX} endpoints`)
    this.tables = tables
    this.begin(1, 0)
  }

  /** Begins an empty chunk whose first event will have `firstSeq`. */
  begin(firstSeq: number, atUs: number): void {
    this.firstSeq = firstSeq
    this.count = 0
    this.length = CHUNK_HEADER_BYTES
    this.state.reset(Math.round(atUs))
    const view = this.view
    view.setUint8(0, 1)
    view.setUint8(1, this.state.endpoints)
    view.setUint16(2, 0, true)
    view.setFloat64(8, firstSeq, true)
    view.setFloat64(16, this.state.atUs, true)
  }

  /** The chunk so far, as a view that the next write may invalidate. */
  written(): Uint8Array<ArrayBuffer> {
    this.view.setUint32(4, this.count, true)
    return this.bytes.subarray(0, this.length)
  }

  /** A step record of a tap (layout: tap.ts) whose length field is at `at`. */
  tapStep(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const { state, clock } = this
    const n = view.getUint8(at + 6)
    const timers = view.getUint8(at + 7)
    const step = view.getUint32(at + 8, true)
    const nowMs = view.getFloat64(at + 20, true)
    const lamport = view.getUint32(at + 28, true)
    const input = view.getUint8(at + 5)
    const subject = view.getFloat64(at + 32, true)
    const sendFirst = view.getUint32(at + 40, true)
    const sendCount = view.getUint16(at + 44, true)
    const persisted = view.getUint16(at + 46, true)
    for (let i = 0, from = at + 48; i < n; i++, from += 4) clock[i] = view.getUint32(from, true)
    const timersAt = at + 48 + 4 * n
    const extrasAt = timersAt + 5 * timers
    this.reserve(RECORD_BYTES_MAX + 6 * timers + end - extrasAt)
    this.known(endpoint)
    const nowMilli = Math.round(nowMs * 1000)
    const nowDouble = nowMilli / 1000 !== nowMs || Math.abs(nowMilli) > 2 ** 51 || Object.is(nowMs, -0)
    let flags = 0
    if (nowDouble) flags |= StepFlag.nowDouble
    if (timers > 0 || persisted > 0) flags |= StepFlag.effects
    if (end > extrasAt) flags |= StepFlag.extras
    if (sendCount > 0 || sendFirst !== state.nextSend[endpoint]) flags |= StepFlag.sends
    const isLate = input >= StepInputKind.durable
    if (input > StepInputKind.durable) this.#needs(3)
    this.bytes[this.length++] = (isLate ? ChunkKind.late : ChunkKind.step) | (flags << 4)
    this.bytes[this.length++] = endpoint | ((isLate ? input - StepInputKind.durable : input) << 6)
    this.time(view.getFloat64(at + 12, true))
    this.stamp(endpoint, life, step, lamport, n)
    state.stepped(endpoint, life, step, lamport, clock)
    if (nowDouble) {
      this.view.setFloat64(this.length, nowMs, true)
      this.length += 8
    } else {
      this.zigzag(nowMilli - (state.now[endpoint] as number))
      state.now[endpoint] = nowMilli
    }
    if (input === StepInputKind.message || input === StepInputKind.request) this.message(subject)
    else this.varint(subject)
    if (flags & StepFlag.sends) {
      this.zigzag(sendFirst - (state.nextSend[endpoint] as number))
      this.varint(sendCount)
      state.nextSend[endpoint] = sendFirst + sendCount
    }
    if (flags & StepFlag.effects) {
      this.varint(timers)
      for (let i = 0, from = timersAt; i < timers; i++, from += 5) {
        this.bytes[this.length++] = view.getUint8(from)
        this.view.setUint32(this.length, view.getUint32(from + 1, true), true)
        this.length += 4
      }
      this.varint(persisted)
    }
    if (flags & StepFlag.extras) this.text(bytes, extrasAt, end)
    this.count++
  }

  /** Any other record of a tap: checkpoint, invoke, return, reject. */
  tapText(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const kind = view.getUint8(at + 4)
    const n = view.getUint8(at + 5)
    const textAt = at + 24 + 4 * n
    const atUs = view.getFloat64(at + 12, true)
    if (kind === TapKind.reject) return this.told(ChunkKind.reject, atUs, bytes, textAt, end)
    this.reserve(RECORD_BYTES_MAX)
    this.known(endpoint)
    const code = kind === TapKind.checkpoint ? ChunkKind.checkpoint : kind === TapKind.invoke ? ChunkKind.invoke : ChunkKind.return
    this.bytes[this.length++] = code
    this.bytes[this.length++] = endpoint
    this.time(atUs)
    const step = view.getUint32(at + 8, true)
    if (kind === TapKind.checkpoint) {
      this.varint(life)
      this.varint(step)
    } else {
      for (let i = 0, from = at + 24; i < n; i++, from += 4) this.clock[i] = view.getUint32(from, true)
      this.stamp(endpoint, life, step, view.getUint32(at + 20, true), n)
    }
    this.text(bytes, textAt, end)
    this.count++
  }

  /** A frame (layout: frame.ts) whose length field is at `at`: its send and, unless `handedUs` is NaN, its delivery. */
  frame(bytes: Uint8Array, view: DataView, at: number, end: number, sentUs: number, handedUs: number): void {
    const { state, clock } = this
    const from = view.getUint8(at + 8)
    const to = view.getUint8(at + 9)
    const n = view.getUint8(at + 11)
    const number = view.getUint32(at + 12, true)
    const step = view.getUint32(at + 16, true)
    const lamport = view.getUint32(at + 20, true)
    const life = view.getUint16(at + 32, true)
    for (let i = 0, entry = at + FRAME_HEADER_BYTES; i < n; i++, entry += 4) clock[i] = view.getUint32(entry, true)
    const bodyAt = at + FRAME_HEADER_BYTES + 4 * n
    this.reserve(RECORD_BYTES_MAX + end - bodyAt)
    this.known(from)
    this.known(to)
    const pass = !Number.isNaN(handedUs)
    const ring = n === state.endpoints ? state.ringPlace(from, life, step, lamport, clock) : -1
    const next = number === (state.number[from] as number) + 1
    const flags = (ring >= 0 ? SendFlag.ring : 0) | (next ? SendFlag.nextNumber : 0)
    this.bytes[this.length++] = (pass ? ChunkKind.pass : ChunkKind.send) | (flags << 4)
    this.varint(from * state.endpoints + to)
    this.bytes[this.length++] = view.getUint8(at + 10)
    this.time(sentUs)
    if (pass) this.time(handedUs)
    if (!next) this.zigzag(number - (state.number[from] as number))
    if (ring >= 0) this.bytes[this.length++] = ring
    else this.stamp(from, life, step, lamport, n)
    state.number[from] = number
    state.numberLife[from] = life
    this.text(bytes, bodyAt, end)
    this.count += pass ? 2 : 1
  }

  deliver(atUs: number, message: number, copy: number): void {
    this.#copied(ChunkKind.deliver, atUs, message, copy)
    this.count++
  }

  /** `why`: JSON of `DropEvent.why`. */
  drop(atUs: number, message: number, copy: number, why: Uint8Array): void {
    this.#copied(ChunkKind.drop, atUs, message, copy)
    this.text(why, 0, why.length)
    this.count++
  }

  /** `fault`: the fault's id, not JSON. */
  hold(atUs: number, message: number, fault: Uint8Array): void {
    this.#copied(ChunkKind.hold, atUs, message, 0)
    this.text(fault, 0, fault.length)
    this.count++
  }

  /** This chunk cannot be read by those who know no more than an earlier version. */
  #needs(version: number): void {
    if (this.view.getUint8(0) < version) this.view.setUint8(0, version)
  }

  /** An event of a host from elsewhere. `json`: of `{ text, after, data? }`. */
  local(endpoint: number, atUs: number, { life, step, lamport, clock }: Stamp, json: Uint8Array): void {
    this.reserve(RECORD_BYTES_MAX)
    this.known(endpoint)
    if (clock.length > 255) throw new ChunkError(`a clock of ${clock.length} entries is too long`)
    this.#needs(2)
    for (const [i, entry] of clock.entries()) this.clock[i] = entry
    this.bytes[this.length++] = ChunkKind.local
    this.bytes[this.length++] = endpoint
    this.time(atUs)
    this.stamp(endpoint, life, step, lamport, clock.length)
    this.state.stepped(endpoint, life, step, lamport, this.clock)
    this.text(json, 0, json.length)
    this.count++
  }

  /** An event of a kind that is kept as its JSON: node, action, reject, output. */
  told(kind: number, atUs: number, json: Uint8Array, jsonAt: number, jsonEnd: number): void {
    this.reserve(RECORD_BYTES_MAX)
    this.bytes[this.length++] = kind
    this.time(atUs)
    this.text(json, jsonAt, jsonEnd)
    this.count++
  }

  #copied(kind: number, atUs: number, message: number, copy: number): void {
    this.reserve(RECORD_BYTES_MAX)
    this.bytes[this.length++] = kind | ((copy === 0 ? 0 : CopyFlag) << 4)
    this.time(atUs)
    this.message(message)
    if (copy !== 0) this.varint(copy)
  }
}
