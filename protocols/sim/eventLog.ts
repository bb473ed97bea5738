/** What a simulation records, as events in memory: packed and unpacked as by the recorder of a run file. */
import { messageTypesOf, type RunEvent } from '../core/event.ts'
import { endpointIds, nodeIds } from '../core/ids.ts'
import type { AnyProtocol } from '../core/machine.ts'
import type { ChunkTables } from '../wire/chunk.ts'
import { readEvent } from '../wire/chunkEvents.ts'
import { ChunkReader } from '../wire/chunkReader.ts'
import { PackedLog } from '../wire/packedLog.ts'
import { Recording } from './recording.ts'

/** Events in a chunk. */
const CHUNK = 1000

export class EventLog extends PackedLog {
  readonly sink: Recording
  readonly #tables: ChunkTables
  /** Packed, and not looked at yet. */
  readonly #chunks: Uint8Array[] = []
  readonly #events: RunEvent[] = []
  #chunked = 0

  constructor(protocol: AnyProtocol, nodes: number) {
    const timers = protocol.timers.map(({ name }) => name)
    const tables = { endpoints: endpointIds(nodeIds(nodes)), messageTypes: messageTypesOf(protocol), timers }
    super(tables)
    this.#tables = tables
    this.sink = new Recording(this, protocol, nodes)
  }

  /** How many there are, without looking at them. */
  get count(): number {
    return this.#chunked + this.writer.count
  }

  /** So far, numbered from 1. */
  get events(): readonly RunEvent[] {
    this.#unpack()
    return this.#events
  }

  protected packed(): void {
    if (this.writer.count >= CHUNK) this.#endChunk()
  }

  #endChunk(): void {
    if (this.writer.count === 0) return
    this.#chunks.push(this.writer.written().slice())
    this.#chunked += this.writer.count
    this.writer.begin(this.#chunked + 1, 0)
  }

  #unpack(): void {
    this.#endChunk()
    for (const chunk of this.#chunks.splice(0)) {
      const reader = new ChunkReader(chunk, this.#tables)
      while (reader.next()) this.#events.push(readEvent(reader))
    }
  }
}
