/**
 * The parts that records of a chunk have in common, written: numbers, times, stamps, identities of messages, texts
 * (layout: chunk.ts; what records are made of them: chunkWriter.ts). Every part is a difference from what `state`
 * predicts. Whoever writes a record reserves its bytes first; the parts do not look again.
 */
import { CHUNK_HEADER_BYTES, ChunkError, ChunkState, StampFlag } from './chunk.ts'

/** More than any record takes besides its text and its timers, for 255 clock entries. */
export const RECORD_BYTES_MAX = 128 + 255 * 6

export class ChunkPacker {
  /** Bytes written, the header included. */
  length = CHUNK_HEADER_BYTES
  protected bytes = new Uint8Array(64 * 1024)
  protected view = new DataView(this.bytes.buffer)
  protected readonly state: ChunkState
  /** The clock of the record at hand. */
  protected readonly clock = new Uint32Array(256)

  protected constructor(endpoints: number) {
    this.state = new ChunkState(endpoints)
  }

  /** Against the endpoint's last step; the clock is in `clock`. */
  protected stamp(endpoint: number, life: number, step: number, lamport: number, n: number): void {
    const state = this.state
    const E = state.endpoints
    const flagsAt = this.length++
    let flags = 0
    if (life !== state.life[endpoint]) {
      flags |= StampFlag.life
      this.varint(life)
    }
    const stepDelta = step - (state.step[endpoint] as number) - 1
    if (stepDelta !== 0) {
      flags |= StampFlag.step
      this.zigzag(stepDelta)
    }
    const lamportDelta = lamport - (state.lamport[endpoint] as number) - 1
    if (lamportDelta !== 0) {
      flags |= StampFlag.lamport
      this.zigzag(lamportDelta)
    }
    const clock = this.clock
    if (n !== E) {
      flags |= StampFlag.size
      this.varint(n)
      for (let i = 0; i < n; i++) this.varint(clock[i] as number)
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
          this.zigzag(delta)
        }
        this.bytes[maskAt] = mask
      }
    }
    this.bytes[flagsAt] = flags
  }

  protected message(id: number): void {
    const state = this.state
    const high = Math.floor(id / 2 ** 32)
    const number = id - high * 2 ** 32
    const sender = Math.floor(high / 8192)
    const life = high - sender * 8192
    this.known(sender)
    this.bytes[this.length++] = sender
    const delta = number - (state.number[sender] as number)
    const folded = delta >= 0 ? delta * 2 : -delta * 2 - 1
    if (life === state.numberLife[sender]) this.varint(folded * 2)
    else {
      this.varint(folded * 2 + 1)
      this.varint(life)
    }
  }

  protected time(atUs: number): void {
    const whole = Math.round(atUs)
    this.zigzag(whole - this.state.atUs)
    this.state.atUs = whole
  }

  protected zigzag(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  protected varint(value: number): void {
    const bytes = this.bytes
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

  protected text(text: Uint8Array, at: number, end: number): void {
    const size = end - at
    this.reserve(size + 8)
    this.varint(size)
    // A call into native code costs more than copying a short text byte by byte.
    if (size < 64) for (let i = at, to = this.length; i < end; i++, to++) this.bytes[to] = text[i] as number
    else this.bytes.set(text.subarray(at, end), this.length)
    this.length += size
  }

  protected known(index: number): void {
    if (index >= this.state.endpoints) throw new ChunkError(`there is no endpoint ${index} in this run`)
  }

  protected reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}
