/**
 * The tap: what an endpoint's process reports of itself, on a connection of its own. After a hello frame, records of
 * u32 length and u8 kind. A step's record is written here before the messages of the step are written to their links,
 * so even a process killed in mid-step leaves no message without its step. Message types and timers are spoken of by
 * their index in the run's tables.
 */
import type { ByteWriter } from './bytes.ts'

export const TapKind = { step: 1, checkpoint: 2, invoke: 3, return: 4, reject: 5 } as const
export const StepInputKind = { start: 0, message: 1, timer: 2, request: 3, durable: 4, control: 5 } as const
export const TAP_RECORD_BYTES_MAX = 256 * 1024 * 1024

export interface StepRecord {
  readonly step: number
  readonly atUs: number
  readonly nowMs: number
  readonly lamport: number
  readonly clock: readonly number[] | Uint32Array
  /** One of StepInputKind. */
  readonly input: number
  /** The message id of a message or request, the timer's index, the mark that is durable, or how many records were recovered; 0 for a control, which stands in `extras`. */
  readonly subject: number
  readonly sendFirst: number
  readonly sendCount: number
  readonly persisted: number
  /** Timer index and drawn run milliseconds; NaN when cancelled. */
  readonly timers: readonly { readonly timer: number; readonly ms: number }[]
  /** JSON of `{ control?, notes?, observation? }`, or empty. */
  readonly extras: string
}

/** Layout after u32 length, u8 kind: u8 input, u8 n, u8 timers, u32 step, f64 atUs, f64 nowMs, u32 lamport, f64 subject, u32 sendFirst, u16 sendCount, u16 persisted, u32 × n clock, (u8 timer, f32 ms) × timers, extras. */
export function writeStepRecord(out: ByteWriter, record: StepRecord): void {
  const n = record.clock.length
  const start = out.length
  out.reserve(49 + 4 * n + 5 * record.timers.length)
  const { view } = out
  view.setUint8(start + 4, TapKind.step)
  view.setUint8(start + 5, record.input)
  view.setUint8(start + 6, n)
  view.setUint8(start + 7, record.timers.length)
  view.setUint32(start + 8, record.step, true)
  view.setFloat64(start + 12, record.atUs, true)
  view.setFloat64(start + 20, record.nowMs, true)
  view.setUint32(start + 28, record.lamport, true)
  view.setFloat64(start + 32, record.subject, true)
  view.setUint32(start + 40, record.sendFirst, true)
  view.setUint16(start + 44, record.sendCount, true)
  view.setUint16(start + 46, Math.min(record.persisted, 0xffff), true)
  let at = start + 48
  for (let i = 0; i < n; i++, at += 4) view.setUint32(at, record.clock[i] as number, true)
  for (const { timer, ms } of record.timers) {
    view.setUint8(at, timer)
    view.setFloat32(at + 1, ms, true)
    at += 5
  }
  out.length = at
  if (record.extras !== '') out.text(record.extras)
  out.patchU32(start, out.length - start - 4)
}

/** The other records carry `step`, `atUs`, `lamport` and clock (0 and empty where they do not apply), then JSON text. Layout: u8 kind, u8 n, u16 0, u32 step, f64 atUs, u32 lamport, u32 × n clock, text. */
export interface TextRecord {
  readonly kind: number
  readonly step: number
  readonly atUs: number
  readonly lamport: number
  readonly clock: readonly number[] | Uint32Array
  readonly text: string
}

export function writeTextRecord(out: ByteWriter, record: TextRecord): void {
  const start = out.length
  out.u32(0)
  out.u8(record.kind)
  out.u8(record.clock.length)
  out.u16(0)
  out.u32(record.step)
  out.f64(record.atUs)
  out.u32(record.lamport)
  for (const entry of record.clock) out.u32(entry)
  out.text(record.text)
  out.patchU32(start, out.length - start - 4)
}

/** The step of the record whose length field is at `at`; every kind of record has it in the same place. */
export const stepOf = (view: DataView, at: number): number => view.getUint32(at + 8, true)

export function readStepRecord(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  readText: (bytes: Uint8Array) => string,
): StepRecord {
  const n = view.getUint8(at + 6)
  const timerCount = view.getUint8(at + 7)
  const clock = new Array<number>(n)
  let cursor = at + 48
  for (let i = 0; i < n; i++, cursor += 4) clock[i] = view.getUint32(cursor, true)
  const timers = new Array<{ timer: number; ms: number }>(timerCount)
  for (let i = 0; i < timerCount; i++, cursor += 5) timers[i] = { timer: view.getUint8(cursor), ms: view.getFloat32(cursor + 1, true) }
  return {
    input: view.getUint8(at + 5),
    step: view.getUint32(at + 8, true),
    atUs: view.getFloat64(at + 12, true),
    nowMs: view.getFloat64(at + 20, true),
    lamport: view.getUint32(at + 28, true),
    subject: view.getFloat64(at + 32, true),
    sendFirst: view.getUint32(at + 40, true),
    sendCount: view.getUint16(at + 44, true),
    persisted: view.getUint16(at + 46, true),
    clock,
    timers,
    extras: cursor < end ? readText(bytes.subarray(cursor, end)) : '',
  }
}

export function readTextRecord(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  readText: (bytes: Uint8Array) => string,
): TextRecord {
  const n = view.getUint8(at + 5)
  const clock = new Array<number>(n)
  let cursor = at + 24
  for (let i = 0; i < n; i++, cursor += 4) clock[i] = view.getUint32(cursor, true)
  return {
    kind: view.getUint8(at + 4),
    step: view.getUint32(at + 8, true),
    atUs: view.getFloat64(at + 12, true),
    lamport: view.getUint32(at + 20, true),
    clock,
    text: readText(bytes.subarray(cursor, end)),
  }
}

/** Bytes that are no tap records. */
export class TapError extends Error {
  override readonly name = 'TapError'
}

/**
 * Cuts a byte stream into whole tap records. `push` calls `onRecords` with runs of them, as many at once as came;
 * what is passed may be kept. A record that came in parts is put together once. Throws TapError on bytes that are none.
 */
export class TapSplitter {
  #parts: Uint8Array[] = []
  #begun = 0

  push(chunk: Uint8Array, onRecords: (records: Uint8Array) => void): void {
    let at = this.#begun === 0 ? 0 : this.#complete(chunk, onRecords)
    const first = at
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    while (chunk.length - at >= TAP_PREFIX_BYTES) {
      const end = at + recordBytes(view, at)
      if (end > chunk.length) break
      at = end
    }
    if (at > first) onRecords(chunk.subarray(first, at))
    if (at < chunk.length) this.#keep(chunk.slice(at))
  }

  #complete(chunk: Uint8Array, onRecords: (records: Uint8Array) => void): number {
    let at = 0
    if (this.#begun < TAP_PREFIX_BYTES) {
      at = Math.min(TAP_PREFIX_BYTES - this.#begun, chunk.length)
      this.#parts = [joined([...this.#parts, chunk.subarray(0, at)])]
      this.#begun += at
      if (this.#begun < TAP_PREFIX_BYTES) return at
    }
    const head = this.#parts[0] as Uint8Array
    const length = recordBytes(new DataView(head.buffer, head.byteOffset, head.byteLength), 0)
    const end = Math.min(at + length - this.#begun, chunk.length)
    if (end > at) this.#keep(chunk.slice(at, end))
    if (this.#begun < length) return end
    const whole = joined(this.#parts)
    this.#parts = []
    this.#begun = 0
    onRecords(whole)
    return end
  }

  #keep(part: Uint8Array): void {
    this.#parts.push(part)
    this.#begun += part.length
  }
}

/** Length and kind: what must be seen of a record before its end is believed. */
const TAP_PREFIX_BYTES = 5

function recordBytes(view: DataView, at: number): number {
  const length = view.getUint32(at, true)
  if (length < 8 || length > TAP_RECORD_BYTES_MAX) throw new TapError(`a tap record cannot be ${length} bytes long`)
  const kind = view.getUint8(at + 4)
  if (kind < TapKind.step || kind > TapKind.reject) throw new TapError(`tap record kind ${kind} is unknown`)
  return 4 + length
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
