/**
 * Goes over a recording once and hands over the steps that somebody wants to hear of: those with certain notes, and those that
 * were given certain messages. Everything else is passed over as bytes, so that a million events are a matter of a second; it
 * goes on from where it stopped when the recording has grown.
 */
import { type MessageId, messageIdParts, type NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { StepInputKind } from '../../protocols/wire/tap.ts'
import type { Cursor } from './cursor.ts'

export interface Wanted {
  readonly notes: readonly string[]
  readonly messages: readonly string[]
}

export interface HeardStep {
  readonly seq: number
  readonly atUs: number
  readonly node: NodeId
  readonly notes: readonly { readonly note: string; readonly data: { readonly [key: string]: Json } }[]
  /** The message of a wanted type that it was given. */
  readonly given: { readonly from: NodeId; readonly type: string; readonly body: Json } | undefined
  shows(): Observation | undefined
}

interface Extras {
  readonly notes?: HeardStep['notes']
  readonly observation?: Observation
}

const NOTES = Buffer.from('"notes":')
const OBSERVATION = Buffer.from('"observation":')
/** Messages whose step is awaited; those sent long before are forgotten, for most of them were lost. */
const AWAITED_MAX = 50_000
const LOOK_EVERY = 256

export class Hearing {
  readonly #cursor: Cursor
  readonly #tables: ChunkTables
  readonly #types: ReadonlySet<number>
  readonly #notes: readonly Buffer[]
  /** Wanted messages on their way, by number. */
  readonly #sent = new Map<number, { readonly from: number; readonly type: number; readonly body: Json }>()
  /** What each endpoint showed last, not parsed, and the life in which it did. */
  readonly #shown: ({ readonly life: number; readonly extras: Buffer } | undefined)[]

  constructor(cursor: Cursor, tables: ChunkTables, { notes, messages }: Wanted) {
    this.#cursor = cursor
    this.#tables = tables
    this.#types = new Set(messages.map((type) => tables.messageTypes.indexOf(type)))
    this.#notes = notes.map((note) => Buffer.from(JSON.stringify(note)))
    this.#shown = tables.endpoints.map(() => undefined)
  }

  /** The last event that was gone over. */
  get seq(): number {
    return this.#cursor.seq
  }

  /** Goes on until the end or until `untilMs` (of performance.now) has come. */
  advance(untilMs: number, visit: (step: HeardStep) => void): void {
    for (let reader = this.#cursor.next(); reader; reader = this.#cursor.next()) {
      this.#cursor.pass()
      if (reader.kind === ChunkKind.step) this.#step(reader, visit)
      else if (reader.kind === ChunkKind.send && this.#types.has(reader.type)) this.#send(reader)
      if (reader.seq % LOOK_EVERY === 0 && performance.now() >= untilMs) return
    }
  }

  #send(reader: ChunkReader): void {
    if (this.#sent.size >= AWAITED_MAX) this.#sent.delete(this.#sent.keys().next().value as number)
    const body = this.#cursor.read(() => reader.json() ?? null)
    this.#sent.set(reader.message, { from: reader.endpoint, type: reader.type, body })
  }

  #step(reader: ChunkReader, visit: (step: HeardStep) => void): void {
    const { endpoint, life, seq, atUs } = reader
    const bytes = reader.textAt === reader.textEnd ? undefined : reader.textBytes()
    const extras = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (extras?.includes(OBSERVATION)) this.#shown[endpoint] = { life, extras }
    const sent = reader.input === StepInputKind.message ? this.#sent.get(reader.subject) : undefined
    const isNoted = extras?.includes(NOTES) && this.#notes.some((note) => extras.includes(note))
    if (!sent && !isNoted) return
    const shown = this.#shown[endpoint]
    visit({
      ...{ seq, atUs: Math.max(0, atUs), node: this.#tables.endpoints[endpoint] as NodeId },
      notes: (extras && parse(extras)?.notes) ?? [],
      given: sent && {
        from: this.#tables.endpoints[messageIdParts(reader.subject as MessageId).sender] as NodeId,
        type: this.#tables.messageTypes[sent.type] as string,
        body: sent.body,
      },
      shows: () => (shown?.life === life ? parse(shown.extras)?.observation : undefined),
    })
  }
}

/** What a program that is not ours wrote may be no JSON. */
function parse(extras: Buffer): Extras | undefined {
  try {
    const value: unknown = JSON.parse(extras.toString())
    return typeof value === 'object' && value !== null ? (value as Extras) : undefined
  } catch {
    return undefined
  }
}
