/**
 * Looks for an event in a simulation with the very query that reads recordings: while somebody looks, what happens is
 * packed as it would be recorded and read back at once.
 */
import type { ActionEvent, DropEvent, NodeEvent, RunEvent, Unnumbered } from '../../protocols/core/event.ts'
import type { FaultId, NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { CompiledQuery, type PackedLetter } from '../../protocols/query/compile.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import type { Letter, Sink, StepSeen, Word } from '../../protocols/sim/sink.ts'
import type { ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { PackedLog } from '../../protocols/wire/packedLog.ts'
import { speechOf } from '../../protocols/words/speech.ts'
import { readQuery } from '../recorder/search.ts'

const encoder = new TextEncoder()

export class Tail extends PackedLog implements Sink {
  readonly #tables: ChunkTables
  readonly #protocol: AnyProtocol
  #recording: Recording | undefined
  #query: CompiledQuery | undefined
  #found: RunEvent | undefined
  #letter: Letter | undefined

  constructor(tables: ChunkTables, protocol: AnyProtocol) {
    super(tables)
    this.#tables = tables
    this.#protocol = protocol
  }

  /** From now on until `stop`. */
  look(where: string): void {
    this.#found = undefined
    this.#query = new CompiledQuery(readQuery(where, this.#tables), this.#tables, {
      letterOf: (message) => this.#letterOf(message),
      noteText: speechOf(this.#protocol.name, undefined).note,
    })
    this.#recording = new Recording(this, this.#protocol, this.#tables.endpoints.length - 1)
  }

  stop(): void {
    this.#recording = undefined
  }

  /** The first event that matched. */
  get found(): RunEvent | undefined {
    return this.#found
  }

  // What happens, on its way to the log below.

  stepped(step: StepSeen): void {
    this.#recording?.stepped(step)
  }

  spoke(word: Word): void {
    this.#recording?.spoke(word)
  }

  sent(letter: Letter, atUs: number): void {
    this.#letter = letter
    this.#recording?.sent(letter, atUs)
  }

  delivered(letter: Letter, copy: number, atUs: number): void {
    this.#letter = letter
    this.#recording?.delivered(letter, copy, atUs)
  }

  dropped(letter: Letter, copy: number, why: DropEvent['why'], atUs: number): void {
    this.#letter = letter
    this.#recording?.dropped(letter, copy, why, atUs)
  }

  held(letter: Letter, fault: FaultId, atUs: number): void {
    this.#letter = letter
    this.#recording?.held(letter, fault, atUs)
  }

  happened(event: Unnumbered<NodeEvent | ActionEvent>): void {
    this.#recording?.happened(event)
  }

  /** What happens now is about the last letter that was seen; a step handles the one that was delivered last. */
  #letterOf(message: number): PackedLetter | undefined {
    const letter = this.#letter
    if (letter?.message !== message) return undefined
    const { to, type, body } = letter
    const { endpoints, messageTypes } = this.#tables
    return {
      to,
      type,
      bytes: () => encoder.encode(JSON.stringify(body)),
      letter: () => ({ to: endpoints[to] as NodeId, type: messageTypes[type] ?? '', body: body as unknown as Json }),
    }
  }

  /** The one event of the chunk; the next begins a new one. */
  protected packed(): void {
    const reader = new ChunkReader(this.writer.written().slice(), this.#tables)
    while (reader.next()) if (!this.#found && this.#query?.lets(reader)) this.#found = readEvent(reader)
    this.writer.begin(1, 0)
  }
}
