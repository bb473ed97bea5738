/** A growing buffer written from the front, little-endian. Reused: `take` hands out a copy, `reset` begins anew. */
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads UTF-8. Throws a TypeError when the bytes are not. */
export const readText = (bytes: Uint8Array): string => decoder.decode(bytes)

export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  length = 0

  /** With so much room, or in bytes that nobody else uses. */
  constructor(room: number | Uint8Array<ArrayBuffer> = 4096) {
    this.bytes = typeof room === 'number' ? new Uint8Array(room) : room
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset)
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  u8(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  u16(value: number): void {
    this.reserve(2)
    this.view.setUint16(this.length, value, true)
    this.length += 2
  }

  u32(value: number): void {
    this.reserve(4)
    this.view.setUint32(this.length, value, true)
    this.length += 4
  }

  f32(value: number): void {
    this.reserve(4)
    this.view.setFloat32(this.length, value, true)
    this.length += 4
  }

  f64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  /** A non-negative safe integer in 7-bit groups, lowest first. */
  varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.bytes[this.length++] = rest
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** UTF-8 without a length; returns how many bytes it took. */
  text(text: string): number {
    this.reserve(text.length * 3)
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.length))
    this.length += written
    return written
  }

  /** Overwrites four bytes that were written before. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true)
  }

  /** What was written so far, as a view that the next write may invalidate. */
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length)
  }

  /** A copy of what was written so far; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const copy = this.bytes.slice(0, this.length)
    this.length = 0
    return copy
  }

  reset(): void {
    this.length = 0
  }
}
