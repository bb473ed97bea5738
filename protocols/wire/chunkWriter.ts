/**
 * Packs events into a chunk (layout: chunk.ts). The recorder goes from the bytes of the feed straight to the bytes of the
 * chunk: no event objects on that path, JSON copied as it came. `event` takes events as objects, for everybody else.
 */
import type { RunEvent, Stamp } from '../core/event.ts'
import { messageIdParts } from '../core/ids.ts'
import {
  CHUNK_HEADER_BYTES,
  CHUNK_VERSION,
  ChunkError,
  ChunkKind,
  ChunkState,
  type ChunkTables,
  CopyFlag,
  ENDPOINTS_MAX,
  SendFlag,
  StampFlag,
  StepFlag,
} from './chunk.ts'
import { FRAME_HEADER_BYTES } from './frame.ts'
import { StepInputKind, TapKind } from './tap.ts'

const encoder = new TextEncoder()
const NONE = new Uint8Array(0)
/** More than any record takes besides its text and its timers, for 255 clock entries. */
const RECORD_BYTES_MAX = 128 + 255 * 6

export class ChunkWriter {
  /** Events written. */
  count = 0
  /** Bytes written, the header included. */
  length = CHUNK_HEADER_BYTES
  firstSeq = 1
  #bytes = new Uint8Array(64 * 1024)
  #view = new DataView(this.#bytes.buffer)
  readonly #state: ChunkState
  readonly #tables: ChunkTables
  /** The clock of the record at hand. */
  readonly #clock = new Uint32Array(256)

  constructor(tables: ChunkTables) {
    if (tables.endpoints.length > ENDPOINTS_MAX) throw new ChunkError(`a chunk has at most ${ENDPOINTS_MAX} endpoints`)
    this.#tables = tables
    this.#state = new ChunkState(tables.endpoints.length)
    this.begin(1, 0)
  }

  /** Begins an empty chunk whose first event will have `firstSeq`. */
  begin(firstSeq: number, atUs: number): void {
    this.firstSeq = firstSeq
    this.count = 0
    this.length = CHUNK_HEADER_BYTES
    this.#state.reset(Math.round(atUs))
    const view = this.#view
    view.setUint8(0, CHUNK_VERSION)
    view.setUint8(1, this.#state.endpoints)
    view.setUint16(2, 0, true)
    view.setFloat64(8, firstSeq, true)
    view.setFloat64(16, this.#state.atUs, true)
  }

  /** The chunk so far, as a view that the next write may invalidate. */
  written(): Uint8Array<ArrayBuffer> {
    this.#view.setUint32(4, this.count, true)
    return this.#bytes.subarray(0, this.length)
  }

  /** A step record of a tap (layout: tap.ts) whose length field is at `at`. */
  tapStep(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const n = view.getUint8(at + 6)
    const timers = view.getUint8(at + 7)
    for (let i = 0, from = at + 48; i < n; i++, from += 4) this.#clock[i] = view.getUint32(from, true)
    const timersAt = at + 48 + 4 * n
    const extrasAt = timersAt + 5 * timers
    this.#step(
      endpoint,
      life,
      view.getUint32(at + 8, true),
      view.getUint32(at + 28, true),
      n,
      view.getFloat64(at + 12, true),
      view.getFloat64(at + 20, true),
      view.getUint8(at + 5),
      view.getFloat64(at + 32, true),
      view.getUint32(at + 40, true),
      view.getUint16(at + 44, true),
      view.getUint16(at + 46, true),
      timers,
      view,
      timersAt,
      bytes,
      extrasAt,
      end,
    )
  }

  /** Any other record of a tap: checkpoint, invoke, return, reject. */
  tapText(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    const kind = view.getUint8(at + 4)
    const n = view.getUint8(at + 5)
    const textAt = at + 24 + 4 * n
    const atUs = view.getFloat64(at + 12, true)
    if (kind === TapKind.checkpoint) return this.#checkpoint(endpoint, life, view.getUint32(at + 8, true), atUs, bytes, textAt, end)
    if (kind === TapKind.reject) return this.#json(ChunkKind.reject, atUs, bytes, textAt, end)
    for (let i = 0, from = at + 24; i < n; i++, from += 4) this.#clock[i] = view.getUint32(from, true)
    const code = kind === TapKind.invoke ? ChunkKind.invoke : ChunkKind.return
    this.#stamped(code, endpoint, life, view.getUint32(at + 8, true), view.getUint32(at + 20, true), n, atUs, bytes, textAt, end)
  }

  /** A frame (layout: frame.ts) whose length field is at `at`: its send and, unless `handedUs` is NaN, its delivery. */
  frame(bytes: Uint8Array, view: DataView, at: number, end: number, sentUs: number, handedUs: number): void {
    const n = view.getUint8(at + 11)
    for (let i = 0, from = at + FRAME_HEADER_BYTES; i < n; i++, from += 4) this.#clock[i] = view.getUint32(from, true)
    this.#send(
      view.getUint8(at + 8),
      view.getUint8(at + 9),
      view.getUint8(at + 10),
      view.getUint16(at + 32, true),
      view.getUint32(at + 16, true),
      view.getUint32(at + 20, true),
      n,
      view.getUint32(at + 12, true),
      sentUs,
      handedUs,
      bytes,
      at + FRAME_HEADER_BYTES + 4 * n,
      end,
    )
  }

  deliver(atUs: number, message: number, copy: number): void {
    this.#copied(ChunkKind.deliver, atUs, message, copy)
    this.count++
  }

  /** `why`: JSON of `DropEvent.why`. */
  drop(atUs: number, message: number, copy: number, why: Uint8Array): void {
    this.#copied(ChunkKind.drop, atUs, message, copy)
    this.#text(why, 0, why.length)
    this.count++
  }

  /** `fault`: the fault's id, not JSON. */
  hold(atUs: number, message: number, fault: Uint8Array): void {
    this.#copied(ChunkKind.hold, atUs, message, 0)
    this.#text(fault, 0, fault.length)
    this.count++
  }

  /** Any event; its seq must be the next. Throws ChunkError for a name that is not in the tables. */
  event(event: RunEvent): void {
    if (event.seq !== this.firstSeq + this.count) throw new ChunkError(`event ${event.seq} cannot follow ${this.firstSeq + this.count - 1}`)
    const { kind, seq: _seq, atUs, ...rest } = event
    switch (event.kind) {
      case 'step':
        return this.#stepEvent(event)
      case 'send': {
        const n = this.#loadClock(event.clock)
        const { number } = messageIdParts(event.message)
        const body = encoder.encode(JSON.stringify(event.body))
        const type = place(this.#tables.messageTypes, event.type)
        const { life, step, lamport } = event
        return this.#send(
          this.#of(event.from),
          this.#of(event.to),
          type,
          life,
          step,
          lamport,
          n,
          number,
          atUs,
          Number.NaN,
          body,
          0,
          body.length,
        )
      }
      case 'deliver':
        return this.deliver(atUs, event.message, event.copy)
      case 'drop':
        return this.drop(atUs, event.message, event.copy, encoder.encode(JSON.stringify(event.why)))
      case 'hold':
        return this.hold(atUs, event.message, encoder.encode(event.fault))
      case 'checkpoint': {
        const text = encoder.encode(JSON.stringify({ hash: event.hash, state: event.state }))
        return this.#checkpoint(this.#of(event.node), event.life, event.step, atUs, text, 0, text.length)
      }
      case 'invoke':
      case 'return': {
        const { life, step, lamport, clock, ...said } = rest as Stamp
        const n = this.#loadClock(clock)
        const text = encoder.encode(JSON.stringify(said))
        return this.#stamped(ChunkKind[event.kind], this.#state.endpoints - 1, life, step, lamport, n, atUs, text, 0, text.length)
      }
      case 'node':
      case 'action':
      case 'reject':
      case 'output': {
        const text = encoder.encode(JSON.stringify(rest))
        return this.#json(ChunkKind[event.kind], atUs, text, 0, text.length)
      }
      default:
        throw new ChunkError(`events of kind ${kind} are unknown`)
    }
  }

  #stepEvent(event: Extract<RunEvent, { kind: 'step' }>): void {
    const { input } = event
    const subject =
      input.kind === 'start' ? input.recovered : input.kind === 'timer' ? place(this.#tables.timers, input.name) : input.message
    const extras =
      event.notes.length > 0 || event.observation
        ? encoder.encode(
            JSON.stringify({
              ...(event.observation ? { observation: event.observation } : {}),
              ...(event.notes.length > 0 ? { notes: event.notes } : {}),
            }),
          )
        : NONE
    const timers = new DataView(new ArrayBuffer(event.timers.length * 5))
    event.timers.forEach(({ name, ms }, i) => {
      timers.setUint8(5 * i, place(this.#tables.timers, name))
      timers.setFloat32(5 * i + 1, ms ?? Number.NaN, true)
    })
    this.#step(
      this.#of(event.node),
      event.life,
      event.step,
      event.lamport,
      this.#loadClock(event.clock),
      event.atUs,
      event.nowMs,
      StepInputKind[input.kind],
      subject,
      event.sends.first,
      event.sends.count,
      event.persisted,
      event.timers.length,
      timers,
      0,
      extras,
      0,
      extras.length,
    )
  }

  #step(
    endpoint: number,
    life: number,
    step: number,
    lamport: number,
    n: number,
    atUs: number,
    nowMs: number,
    input: number,
    subject: number,
    sendFirst: number,
    sendCount: number,
    persisted: number,
    timers: number,
    timersView: DataView,
    timersAt: number,
    extras: Uint8Array,
    extrasAt: number,
    extrasEnd: number,
  ): void {
    const state = this.#state
    this.#reserve(RECORD_BYTES_MAX + 6 * timers + extrasEnd - extrasAt)
    this.#endpoint(endpoint)
    const nowMilli = Math.round(nowMs * 1000)
    const nowDouble = nowMilli / 1000 !== nowMs || Math.abs(nowMilli) > 2 ** 51 || Object.is(nowMs, -0)
    let flags = 0
    if (nowDouble) flags |= StepFlag.nowDouble
    if (timers > 0 || persisted > 0) flags |= StepFlag.effects
    if (extrasEnd > extrasAt) flags |= StepFlag.extras
    if (sendCount > 0 || sendFirst !== state.nextSend[endpoint]) flags |= StepFlag.sends
    this.#bytes[this.length++] = ChunkKind.step | (flags << 4)
    this.#bytes[this.length++] = endpoint | (input << 6)
    this.#time(atUs)
    this.#stamp(endpoint, life, step, lamport, n)
    state.stepped(endpoint, life, step, lamport, this.#clock)
    if (nowDouble) {
      this.#view.setFloat64(this.length, nowMs, true)
      this.length += 8
    } else {
      this.#zigzag(nowMilli - (state.now[endpoint] as number))
      state.now[endpoint] = nowMilli
    }
    if (input === StepInputKind.message || input === StepInputKind.request) this.#message(subject)
    else this.#varint(subject)
    if (flags & StepFlag.sends) {
      this.#zigzag(sendFirst - (state.nextSend[endpoint] as number))
      this.#varint(sendCount)
      state.nextSend[endpoint] = sendFirst + sendCount
    }
    if (flags & StepFlag.effects) {
      this.#varint(timers)
      for (let i = 0, from = timersAt; i < timers; i++, from += 5) {
        this.#bytes[this.length++] = timersView.getUint8(from)
        this.#view.setUint32(this.length, timersView.getUint32(from + 1, true), true)
        this.length += 4
      }
      this.#varint(persisted)
    }
    if (flags & StepFlag.extras) this.#text(extras, extrasAt, extrasEnd)
    this.count++
  }

  #send(
    from: number,
    to: number,
    type: number,
    life: number,
    step: number,
    lamport: number,
    n: number,
    number: number,
    sentUs: number,
    handedUs: number,
    body: Uint8Array,
    bodyAt: number,
    bodyEnd: number,
  ): void {
    const state = this.#state
    this.#reserve(RECORD_BYTES_MAX + bodyEnd - bodyAt)
    this.#endpoint(from)
    this.#endpoint(to)
    const pass = !Number.isNaN(handedUs)
    const ring = n === state.endpoints ? state.ringPlace(from, life, step, lamport, this.#clock) : -1
    const next = number === (state.number[from] as number) + 1
    this.#bytes[this.length++] =
      (pass ? ChunkKind.pass : ChunkKind.send) | ((ring >= 0 ? SendFlag.ring : 0) << 4) | ((next ? SendFlag.nextNumber : 0) << 4)
    this.#varint(from * state.endpoints + to)
    this.#bytes[this.length++] = type
    this.#time(sentUs)
    if (pass) this.#time(handedUs)
    if (!next) this.#zigzag(number - (state.number[from] as number))
    if (ring >= 0) this.#bytes[this.length++] = ring
    else this.#stamp(from, life, step, lamport, n)
    state.number[from] = number
    state.numberLife[from] = life
    this.#text(body, bodyAt, bodyEnd)
    this.count += pass ? 2 : 1
  }

  #checkpoint(endpoint: number, life: number, step: number, atUs: number, text: Uint8Array, textAt: number, textEnd: number): void {
    this.#reserve(RECORD_BYTES_MAX)
    this.#endpoint(endpoint)
    this.#bytes[this.length++] = ChunkKind.checkpoint
    this.#bytes[this.length++] = endpoint
    this.#time(atUs)
    this.#varint(life)
    this.#varint(step)
    this.#text(text, textAt, textEnd)
    this.count++
  }

  #stamped(
    kind: number,
    endpoint: number,
    life: number,
    step: number,
    lamport: number,
    n: number,
    atUs: number,
    text: Uint8Array,
    textAt: number,
    textEnd: number,
  ): void {
    this.#reserve(RECORD_BYTES_MAX)
    this.#endpoint(endpoint)
    this.#bytes[this.length++] = kind
    this.#bytes[this.length++] = endpoint
    this.#time(atUs)
    this.#stamp(endpoint, life, step, lamport, n)
    this.#text(text, textAt, textEnd)
    this.count++
  }

  #json(kind: number, atUs: number, text: Uint8Array, textAt: number, textEnd: number): void {
    this.#reserve(RECORD_BYTES_MAX)
    this.#bytes[this.length++] = kind
    this.#time(atUs)
    this.#text(text, textAt, textEnd)
    this.count++
  }

  #copied(kind: number, atUs: number, message: number, copy: number): void {
    this.#reserve(RECORD_BYTES_MAX)
    this.#bytes[this.length++] = kind | ((copy === 0 ? 0 : CopyFlag) << 4)
    this.#time(atUs)
    this.#message(message)
    if (copy !== 0) this.#varint(copy)
  }

  /** Against the endpoint's last step; the clock is in `#clock`. */
  #stamp(endpoint: number, life: number, step: number, lamport: number, n: number): void {
    const state = this.#state
    const E = state.endpoints
    const flagsAt = this.length++
    let flags = 0
    if (life !== state.life[endpoint]) {
      flags |= StampFlag.life
      this.#varint(life)
    }
    const stepDelta = step - (state.step[endpoint] as number) - 1
    if (stepDelta !== 0) {
      flags |= StampFlag.step
      this.#zigzag(stepDelta)
    }
    const lamportDelta = lamport - (state.lamport[endpoint] as number) - 1
    if (lamportDelta !== 0) {
      flags |= StampFlag.lamport
      this.#zigzag(lamportDelta)
    }
    const clock = this.#clock
    if (n !== E) {
      flags |= StampFlag.size
      this.#varint(n)
      for (let i = 0; i < n; i++) this.#varint(clock[i] as number)
      for (let i = n; i < E; i++) clock[i] = 0
    } else {
      // One bit for each entry that is not as predicted: eight to a byte, each byte followed by its differences.
      const base = endpoint * E
      for (let first = 0; first < E; first += 8) {
        const maskAt = this.length++
        let mask = 0
        const last = Math.min(E, first + 8)
        for (let i = first; i < last; i++) {
          const delta = (clock[i] as number) - (state.clock[base + i] as number) - (i === endpoint ? 1 : 0)
          if (delta === 0) continue
          mask |= 1 << (i - first)
          this.#zigzag(delta)
        }
        this.#bytes[maskAt] = mask
      }
    }
    this.#bytes[flagsAt] = flags
  }

  #message(id: number): void {
    const state = this.#state
    const high = Math.floor(id / 2 ** 32)
    const number = id - high * 2 ** 32
    const sender = Math.floor(high / 8192)
    const life = high - sender * 8192
    this.#endpoint(sender)
    this.#bytes[this.length++] = sender
    const delta = number - (state.number[sender] as number)
    const folded = delta >= 0 ? delta * 2 : -delta * 2 - 1
    if (life === state.numberLife[sender]) this.#varint(folded * 2)
    else {
      this.#varint(folded * 2 + 1)
      this.#varint(life)
    }
  }

  #time(atUs: number): void {
    const whole = Math.round(atUs)
    this.#zigzag(whole - this.#state.atUs)
    this.#state.atUs = whole
  }

  #zigzag(value: number): void {
    this.#varint(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  #varint(value: number): void {
    const bytes = this.#bytes
    let rest = value
    while (rest >= 0x8000000) {
      bytes[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    while (rest >= 0x80) {
      bytes[this.length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[this.length++] = rest
  }

  #text(text: Uint8Array, at: number, end: number): void {
    const size = end - at
    this.#reserve(size + 8)
    this.#varint(size)
    // A call into native code costs more than copying a short text byte by byte.
    if (size < 64) for (let i = at, to = this.length; i < end; i++, to++) this.#bytes[to] = text[i] as number
    else this.#bytes.set(text.subarray(at, end), this.length)
    this.length += size
  }

  #endpoint(index: number): void {
    if (index >= this.#state.endpoints) throw new ChunkError(`there is no endpoint ${index} in this run`)
  }

  #of(endpoint: string): number {
    return place(this.#tables.endpoints, endpoint)
  }

  #loadClock(clock: readonly number[]): number {
    for (let i = 0; i < clock.length; i++) this.#clock[i] = clock[i] as number
    return clock.length
  }

  #reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function place(table: readonly string[], name: string): number {
  const index = table.indexOf(name)
  if (index < 0) throw new ChunkError(`${name} is not a name of this run`)
  return index
}
