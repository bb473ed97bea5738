/** What a simulation records, as events in memory: packed and unpacked as by the recorder of a run file. */
import { messageTypesOf, type RunEvent, type Unnumbered } from '../core/event.ts'
import { endpointIds, nodeIds } from '../core/ids.ts'
import type { AnyProtocol } from '../core/machine.ts'
import { readText } from '../wire/bytes.ts'
import type { ChunkTables } from '../wire/chunk.ts'
import { readEvent, writeEvent } from '../wire/chunkEvents.ts'
import { ChunkReader } from '../wire/chunkReader.ts'
import { ChunkWriter } from '../wire/chunkWriter.ts'
import type { Log } from '../wire/log.ts'
import { TapKind } from '../wire/tap.ts'
import { Recording } from './recording.ts'

/** Events in a chunk. */
const CHUNK = 1000

export class EventLog implements Log {
  readonly sink: Recording
  readonly #tables: ChunkTables
  readonly #writer: ChunkWriter
  /** Packed, and not looked at yet. */
  readonly #chunks: Uint8Array[] = []
  readonly #events: RunEvent[] = []
  #chunked = 0

  constructor(protocol: AnyProtocol, nodes: number) {
    const timers = protocol.timers.map(({ name }) => name)
    this.#tables = { endpoints: endpointIds(nodeIds(nodes)), messageTypes: messageTypesOf(protocol), timers }
    this.#writer = new ChunkWriter(this.#tables)
    this.sink = new Recording(this, protocol, nodes)
  }

  /** How many there are, without looking at them. */
  get count(): number {
    return this.#chunked + this.#writer.count
  }

  /** So far, numbered from 1. */
  get events(): readonly RunEvent[] {
    this.#unpack()
    return this.#events
  }

  tap(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    if (view.getUint8(at + 4) === TapKind.step) this.#writer.tapStep(endpoint, life, bytes, view, at, end)
    else this.#writer.tapText(endpoint, life, bytes, view, at, end)
    this.#packed()
  }

  frame(bytes: Uint8Array, view: DataView, at: number, end: number, readUs: number, handedUs: number): void {
    this.#writer.frame(bytes, view, at, end, readUs, handedUs)
    this.#packed()
  }

  deliver(atUs: number, message: number, copy: number): void {
    this.#writer.deliver(atUs, message, copy)
    this.#packed()
  }

  drop(atUs: number, message: number, copy: number, why: Uint8Array): void {
    this.#writer.drop(atUs, message, copy, why)
    this.#packed()
  }

  hold(atUs: number, message: number, fault: Uint8Array): void {
    this.#writer.hold(atUs, message, fault)
    this.#packed()
  }

  event(json: Uint8Array): void {
    const event = { ...(JSON.parse(readText(json)) as Unnumbered), seq: this.#writer.firstSeq + this.#writer.count } as RunEvent
    writeEvent(this.#writer, event)
    this.#packed()
  }

  outOfOrder(): void {}

  #packed(): void {
    if (this.#writer.count >= CHUNK) this.#endChunk()
  }

  #endChunk(): void {
    if (this.#writer.count === 0) return
    this.#chunks.push(this.#writer.written().slice())
    this.#chunked += this.#writer.count
    this.#writer.begin(this.#chunked + 1, 0)
  }

  #unpack(): void {
    this.#endChunk()
    for (const chunk of this.#chunks.splice(0)) {
      const reader = new ChunkReader(chunk, this.#tables)
      while (reader.next()) this.#events.push(readEvent(reader))
    }
  }
}
