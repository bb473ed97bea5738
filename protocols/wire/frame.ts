/**
 * The wire frame: what travels between nodes, clients and the proxy. Little-endian.
 *
 *     0  u32  length of all that follows this field        20  u32  lamport
 *     4  u16  magic 0x5359                                 24  f64  sentAtUs, real microseconds since the run began
 *     6  u8   version                                      32  u16  life of the sender
 *     7  u8   kind: 0 hello, 1 message                     34  u16  reserved, 0
 *     8  u8   from, endpoint index                         36  u32 × n  vector clock
 *     9  u8   to, endpoint index                           36+4n    body: UTF-8 JSON
 *    10  u8   type, index into the run's message types
 *    11  u8   n, entries of the vector clock
 *    12  u32  number of the message within the sender's life, from 1
 *    16  u32  step of the sender that sent it
 *
 * A connection starts with a hello whose body proves that its opener belongs to the run. The stamps stand in the
 * header, outside the protocol's reach, so a protocol that lies cannot falsify the causal record.
 */
import { type MessageId, messageId } from '../core/ids.ts'
import type { ByteWriter } from './bytes.ts'

export const FRAME_VERSION = 1
export const FRAME_MAGIC = 0x5359
/** Bytes before the vector clock, the length field included. */
export const FRAME_HEADER_BYTES = 36
export const FRAME_BYTES_MAX = 16 * 1024 * 1024
export const FrameKind = { hello: 0, message: 1 } as const

/** The body of a hello. `as`: a link from `from` to `to`, or the tap on which an endpoint reports its steps. */
export interface Hello {
  readonly run: string
  readonly secret: string
  readonly as: 'link' | 'tap'
}

export interface FrameHeader {
  readonly kind: number
  readonly from: number
  readonly to: number
  readonly type: number
  readonly number: number
  readonly step: number
  readonly lamport: number
  readonly sentAtUs: number
  readonly life: number
  readonly clock: readonly number[] | Uint32Array
}

/** Bytes that are not a frame. The connection that carried them cannot be trusted to find the next one. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** Appends a whole frame whose body is `bodyText`, JSON. Throws FrameError, and appends nothing, when it is larger than a frame may be. */
export function writeFrame(out: ByteWriter, header: FrameHeader, bodyText: string): void {
  const n = header.clock.length
  const start = out.length
  out.reserve(FRAME_HEADER_BYTES + 4 * n)
  const { view } = out
  view.setUint16(start + 4, FRAME_MAGIC, true)
  view.setUint8(start + 6, FRAME_VERSION)
  view.setUint8(start + 7, header.kind)
  view.setUint8(start + 8, header.from)
  view.setUint8(start + 9, header.to)
  view.setUint8(start + 10, header.type)
  view.setUint8(start + 11, n)
  view.setUint32(start + 12, header.number, true)
  view.setUint32(start + 16, header.step, true)
  view.setUint32(start + 20, header.lamport, true)
  view.setFloat64(start + 24, header.sentAtUs, true)
  view.setUint16(start + 32, header.life, true)
  view.setUint16(start + 34, 0, true)
  for (let i = 0; i < n; i++) view.setUint32(start + FRAME_HEADER_BYTES + 4 * i, header.clock[i] as number, true)
  out.length = start + FRAME_HEADER_BYTES + 4 * n
  out.text(bodyText)
  const length = out.length - start - 4
  if (length > FRAME_BYTES_MAX) {
    out.length = start
    throw new FrameError(`a frame of ${length} bytes is larger than the ${FRAME_BYTES_MAX} allowed`)
  }
  out.patchU32(start, length)
}

/** Reads the header of the frame that starts at `at` (its length field). The frame must be whole. */
export function readHeader(view: DataView, at: number): FrameHeader {
  const n = view.getUint8(at + 11)
  const clock = new Array<number>(n)
  for (let i = 0; i < n; i++) clock[i] = view.getUint32(at + FRAME_HEADER_BYTES + 4 * i, true)
  return {
    kind: view.getUint8(at + 7),
    from: view.getUint8(at + 8),
    to: view.getUint8(at + 9),
    type: view.getUint8(at + 10),
    number: view.getUint32(at + 12, true),
    step: view.getUint32(at + 16, true),
    lamport: view.getUint32(at + 20, true),
    sentAtUs: view.getFloat64(at + 24, true),
    life: view.getUint16(at + 32, true),
    clock,
  }
}

/** Where the body of the frame at `at` begins; it ends where the frame ends. */
export const bodyStart = (view: DataView, at: number): number => at + FRAME_HEADER_BYTES + 4 * view.getUint8(at + 11)

/** The identity of the message in the frame at `at`. */
export const frameMessageId = (view: DataView, at: number): MessageId =>
  messageId(view.getUint8(at + 8), view.getUint16(at + 32, true), view.getUint32(at + 12, true))

/**
 * Cuts a byte stream into frames: many in one read and one over many reads are both ordinary. `push` calls `onFrame`
 * with a buffer and the frame's bounds in it: the chunk itself, or a buffer of its own for a frame that came in parts,
 * which is never written again. Work and memory are linear in the bytes that came, whatever a length field claims.
 * Throws FrameError on bytes that are no frame; nothing can be read from that stream afterwards.
 */
export class FrameSplitter {
  /** A frame that has begun and not ended: `#begun` bytes of it, in a buffer that grows with what came. */
  #part = NOTHING
  #begun = 0

  /** Bytes of a frame that has begun and not ended. */
  get pendingBytes(): number {
    return this.#begun
  }

  push(chunk: Uint8Array, onFrame: (bytes: Uint8Array, view: DataView, start: number, end: number) => void): void {
    let at = this.#begun === 0 ? 0 : this.#complete(chunk, onFrame)
    if (at === chunk.length) return
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    while (chunk.length - at >= 4) {
      const end = at + frameBytes(view, at)
      if (chunk.length - at >= 8) checkPrefix(view, at)
      if (end > chunk.length) break
      if (bodyStart(view, at) > end) throw new FrameError('a frame ends within its vector clock')
      onFrame(chunk, view, at, end)
      at = end
    }
    if (at < chunk.length) this.#take(chunk, at, chunk.length)
  }

  /** Adds to the frame that has begun until it is whole or the chunk is used up; returns how much of the chunk was used. */
  #complete(chunk: Uint8Array, onFrame: (bytes: Uint8Array, view: DataView, start: number, end: number) => void): number {
    let at = 0
    if (this.#begun < 8) {
      at = Math.min(8 - this.#begun, chunk.length)
      this.#take(chunk, 0, at)
    }
    if (this.#begun < 4) return at
    const length = frameBytes(viewOf(this.#part), 0)
    if (this.#begun < 8) return at
    checkPrefix(viewOf(this.#part), 0)
    const end = Math.min(at + length - this.#begun, chunk.length)
    this.#take(chunk, at, end, length)
    if (this.#begun < length) return end
    const whole = this.#part
    this.#part = NOTHING
    this.#begun = 0
    const view = viewOf(whole)
    if (bodyStart(view, 0) > length) throw new FrameError('a frame ends within its vector clock')
    onFrame(whole, view, 0, length)
    return end
  }

  /** Doubling keeps the copying linear; never more than `most`, so that a claimed length costs nothing by itself. */
  #take(chunk: Uint8Array, start: number, end: number, most = Number.POSITIVE_INFINITY): void {
    const needed = this.#begun + end - start
    if (needed > this.#part.length) {
      const grown = new Uint8Array(Math.max(needed, Math.min(most, 2 * this.#part.length), 64))
      grown.set(this.#part.subarray(0, this.#begun))
      this.#part = grown
    }
    this.#part.set(chunk.subarray(start, end), this.#begun)
    this.#begun = needed
  }
}

const NOTHING = new Uint8Array(0)
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Bytes of the frame at `at`, its length field included. */
function frameBytes(view: DataView, at: number): number {
  const length = view.getUint32(at, true)
  if (length < FRAME_HEADER_BYTES - 4 || length > FRAME_BYTES_MAX) throw new FrameError(`a frame cannot be ${length} bytes long`)
  return 4 + length
}

function checkPrefix(view: DataView, at: number): void {
  const magic = view.getUint16(at + 4, true)
  if (magic !== FRAME_MAGIC) throw new FrameError(`magic 0x${magic.toString(16)} is not 0x${FRAME_MAGIC.toString(16)}`)
  const version = view.getUint8(at + 6)
  if (version !== FRAME_VERSION) throw new FrameError(`frame version ${version} is not ${FRAME_VERSION}`)
  if (view.getUint8(at + 7) > FrameKind.message) throw new FrameError(`frame kind ${view.getUint8(at + 7)} is unknown`)
}
