/** Decides which events a filter lets through: by numbers first, so that most are never made; by text last. */
import type { RunEvent } from '../../protocols/core/event.ts'
import { type MessageId, messageIdParts } from '../../protocols/core/ids.ts'
import { noteWords } from '../../protocols/core/noteWords.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import type { EventFilter } from '../contract/commands.ts'

/** To whom a message went, and of which type it was. */
export interface MessageFacts {
  readonly to: number
  readonly type: number
}

const KIND_NAMES = Object.fromEntries(Object.entries(ChunkKind).map(([name, kind]) => [kind, name])) as { [kind: number]: string }

export class EventQuery {
  readonly #nodes: ReadonlySet<number> | undefined
  readonly #kinds: ReadonlySet<string> | undefined
  readonly #types: ReadonlySet<number>
  readonly #text: string | undefined
  readonly #tables: ChunkTables
  readonly #factsOf: (message: number) => MessageFacts | undefined

  /** `factsOf` is asked about messages whose send may be far from the event at hand. */
  constructor(filter: EventFilter | undefined, tables: ChunkTables, factsOf: (message: number) => MessageFacts | undefined) {
    this.#tables = tables
    this.#factsOf = factsOf
    this.#nodes = filter?.nodes && new Set(filter.nodes.map((id) => tables.endpoints.indexOf(id)))
    this.#kinds = filter?.types && new Set(filter.types)
    this.#types = new Set(filter?.types?.map((type) => tables.messageTypes.indexOf(type)).filter((type) => type >= 0))
    this.#text = filter?.text?.toLowerCase() || undefined
  }

  get isOpen(): boolean {
    return !this.#nodes && !this.#kinds && !this.#text
  }

  /** The event at which the reader stands. */
  lets(reader: ChunkReader): boolean {
    if (this.#kinds && !this.#isOfKind(reader)) return false
    if (this.#nodes && !this.#isAt(reader)) return false
    return this.#text === undefined || this.#says(readEvent(reader), this.#text)
  }

  /** In what is recorded, or in the words that stand on the screen for it. */
  #says(event: RunEvent, text: string): boolean {
    if (JSON.stringify(event).toLowerCase().includes(text)) return true
    return event.kind === 'step' && event.notes.some(({ note }) => noteWords(note).includes(text))
  }

  #isOfKind(reader: ChunkReader): boolean {
    if (this.#kinds?.has(KIND_NAMES[reader.kind] ?? '')) return true
    if (this.#types.size === 0) return false
    switch (reader.kind) {
      case ChunkKind.send:
        return this.#types.has(reader.type)
      case ChunkKind.deliver:
      case ChunkKind.drop:
      case ChunkKind.hold:
        return this.#types.has(this.#factsOf(reader.message)?.type ?? -1)
      default:
        return false
    }
  }

  #isAt(reader: ChunkReader): boolean {
    const nodes = this.#nodes as ReadonlySet<number>
    switch (reader.kind) {
      case ChunkKind.step:
      case ChunkKind.checkpoint:
      case ChunkKind.invoke:
      case ChunkKind.return:
      case ChunkKind.local:
        return nodes.has(reader.endpoint)
      case ChunkKind.send:
        return nodes.has(reader.endpoint) || nodes.has(reader.to)
      case ChunkKind.deliver:
      case ChunkKind.drop:
      case ChunkKind.hold:
        return nodes.has(messageIdParts(reader.message as MessageId).sender) || nodes.has(this.#factsOf(reader.message)?.to ?? -1)
      case ChunkKind.reject:
        return false
      default:
        return this.#spokenOf(reader, nodes)
    }
  }

  #spokenOf(reader: ChunkReader, nodes: ReadonlySet<number>): boolean {
    const event = readEvent(reader)
    if (event.kind === 'node' || event.kind === 'output') return nodes.has(this.#tables.endpoints.indexOf(event.node))
    if (event.kind !== 'action') return false
    const { action } = event
    if (action.do === 'node') return nodes.has(this.#tables.endpoints.indexOf(action.node))
    if (action.do === 'release') return nodes.has(this.#factsOf(action.message)?.to ?? -1)
    if (action.do !== 'arm') return false
    const { target } = action.fault
    const touched = 'all' in target ? this.#tables.endpoints : 'links' in target ? target.links.flat() : target.groups.flat()
    return touched.some((id) => nodes.has(this.#tables.endpoints.indexOf(id)))
  }
}
