/**
 * The parts that records of a chunk have in common, read: numbers, times, stamps, identities of messages, texts (layout:
 * chunk.ts; the records: chunkReader.ts). The mirror of chunkPacker.ts. What a part says is left in fields, so that a
 * scan makes no objects; bytes beyond the end read as zeroes, and whoever reads a record looks at its end once.
 */

import { messageId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { readText } from './bytes.ts'
import { CHUNK_HEADER_BYTES, ChunkError, ChunkState, StampFlag } from './chunk.ts'

const lenient = new TextDecoder()

export class ChunkUnpacker {
  seq = 0
  atUs = 0
  life = 0
  step = 0
  lamport = 0
  /** Entries of `clock` that count. */
  clockSize = 0
  readonly clock = new Uint32Array(256)
  /** The text of the record (extras, body, JSON, fault) within `bytes`. */
  textAt = 0
  textEnd = 0
  readonly view: DataView
  protected readonly bytes: Uint8Array
  protected readonly state: ChunkState
  protected at = CHUNK_HEADER_BYTES

  protected constructor(bytes: Uint8Array, endpoints: number) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.state = new ChunkState(endpoints)
  }

  /** All bytes of the chunk. */
  get source(): Uint8Array {
    return this.bytes
  }

  text(): string {
    return lenient.decode(this.textBytes())
  }

  /** The text's bytes, as a view into the chunk. */
  textBytes(): Uint8Array {
    return this.bytes.subarray(this.textAt, this.textEnd)
  }

  /** The text parsed; undefined when it is not JSON, as a program that is not ours may have written. */
  json(): Json | undefined {
    try {
      return JSON.parse(readText(this.textBytes()))
    } catch {
      return undefined
    }
  }

  protected readText(): void {
    const size = this.varint()
    this.textAt = this.at
    this.textEnd = this.at + size
    this.at = this.textEnd
  }

  protected readStamp(endpoint: number): void {
    const state = this.state
    const E = state.endpoints
    const flags = this.u8()
    this.life = flags & StampFlag.life ? this.varint() : (state.life[endpoint] as number)
    this.step = (state.step[endpoint] as number) + 1 + (flags & StampFlag.step ? this.zigzag() : 0)
    this.lamport = (state.lamport[endpoint] as number) + 1 + (flags & StampFlag.lamport ? this.zigzag() : 0)
    const { clock } = this
    if (flags & StampFlag.size) {
      const n = this.varint()
      if (n > 255) throw new ChunkError(`event ${this.seq} has a clock of ${n} entries`)
      for (let i = 0; i < n; i++) clock[i] = this.varint()
      for (let i = n; i < E; i++) clock[i] = 0
      this.clockSize = n
      return
    }
    this.clockSize = E
    const base = endpoint * E
    for (let first = 0; first < E; first += 8) {
      const mask = this.u8()
      const last = Math.min(E, first + 8)
      for (let i = first; i < last; i++) {
        const predicted = (state.clock[base + i] as number) + (i === endpoint ? 1 : 0)
        clock[i] = mask & (1 << (i - first)) ? predicted + this.zigzag() : predicted
      }
    }
  }

  protected messageId(): number {
    const state = this.state
    const sender = this.known(this.u8())
    const packed = this.varint()
    const folded = Math.floor(packed / 2)
    const number = (state.number[sender] as number) + (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2)
    const life = packed % 2 === 0 ? (state.numberLife[sender] as number) : this.varint()
    return messageId(sender, life, number)
  }

  protected readTime(): void {
    this.state.atUs += this.zigzag()
    this.atUs = this.state.atUs
  }

  protected known(index: number): number {
    if (index >= this.state.endpoints) throw new ChunkError(`event ${this.seq} speaks of endpoint ${index}, which this run does not have`)
    return index
  }

  protected u8(): number {
    return this.bytes[this.at++] ?? 0
  }

  protected zigzag(): number {
    const folded = this.varint()
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }

  protected varint(): number {
    const bytes = this.bytes
    let byte = bytes[this.at++] as number
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let scale = 0x80
    do {
      byte = bytes[this.at++] as number
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80 && scale < 2 ** 53)
    return value
  }
}
