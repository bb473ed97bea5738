/** What a simulation would have recorded, as events: packed and unpacked as by the recorder. */
import { messageTypesOf, type RunEvent, type Unnumbered } from '../../../protocols/core/event.ts'
import { endpointIds, nodeIds } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { Recording } from '../../../protocols/sim/recording.ts'
import { readText } from '../../../protocols/wire/bytes.ts'
import type { ChunkTables } from '../../../protocols/wire/chunk.ts'
import { readEvent, writeEvent } from '../../../protocols/wire/chunkEvents.ts'
import { ChunkReader } from '../../../protocols/wire/chunkReader.ts'
import { ChunkWriter } from '../../../protocols/wire/chunkWriter.ts'
import type { Log } from '../../../protocols/wire/log.ts'
import { TapKind } from '../../../protocols/wire/tap.ts'

export class EventLog implements Log {
  readonly sink: Recording
  readonly #tables: ChunkTables
  readonly #writer: ChunkWriter
  readonly #events: RunEvent[] = []

  constructor(protocol: AnyProtocol, nodes: number) {
    const timers = protocol.timers.map(({ name }) => name)
    this.#tables = { endpoints: endpointIds(nodeIds(nodes)), messageTypes: messageTypesOf(protocol), timers }
    this.#writer = new ChunkWriter(this.#tables)
    this.sink = new Recording(this, protocol, nodes)
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
    if (this.#writer.count >= 1000) this.#unpack()
  }

  #unpack(): void {
    const reader = new ChunkReader(this.#writer.written().slice(), this.#tables)
    while (reader.next()) this.#events.push(readEvent(reader))
    this.#writer.begin(this.#events.length + 1, 0)
  }
}
