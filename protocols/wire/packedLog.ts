/** A log that packs what it takes into a chunk; whoever extends it says what becomes of that. */
import type { RunEvent, Unnumbered } from '../core/event.ts'
import { readText } from './bytes.ts'
import type { ChunkTables } from './chunk.ts'
import { writeEvent } from './chunkEvents.ts'
import { ChunkWriter } from './chunkWriter.ts'
import type { Log } from './log.ts'
import { TapKind } from './tap.ts'

export abstract class PackedLog implements Log {
  protected readonly writer: ChunkWriter

  constructor(tables: ChunkTables) {
    this.writer = new ChunkWriter(tables)
  }

  /** One more event stands in `writer`. */
  protected abstract packed(): void

  tap(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    if (view.getUint8(at + 4) === TapKind.step) this.writer.tapStep(endpoint, life, bytes, view, at, end)
    else this.writer.tapText(endpoint, life, bytes, view, at, end)
    this.packed()
  }

  frame(bytes: Uint8Array, view: DataView, at: number, end: number, readUs: number, handedUs: number): void {
    this.writer.frame(bytes, view, at, end, readUs, handedUs)
    this.packed()
  }

  deliver(atUs: number, message: number, copy: number): void {
    this.writer.deliver(atUs, message, copy)
    this.packed()
  }

  drop(atUs: number, message: number, copy: number, why: Uint8Array): void {
    this.writer.drop(atUs, message, copy, why)
    this.packed()
  }

  hold(atUs: number, message: number, fault: Uint8Array): void {
    this.writer.hold(atUs, message, fault)
    this.packed()
  }

  event(json: Uint8Array): void {
    const event = { ...(JSON.parse(readText(json)) as Unnumbered), seq: this.writer.firstSeq + this.writer.count } as RunEvent
    writeEvent(this.writer, event)
    this.packed()
  }

  outOfOrder(): void {}
}
