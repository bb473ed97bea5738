/**
 * Makes rows of a recording: of events as objects, or as they lie packed in its chunks, without making any. It remembers where
 * messages are, so it wants every event from the first on; one that begins later knows nothing of what was sent before.
 */
import type { RunEvent } from '../core/event.ts'
import { endpointIds, type NodeId } from '../core/ids.ts'
import { ChunkKind } from '../wire/chunk.ts'
import type { ChunkReader } from '../wire/chunkReader.ts'
import { StepInputKind } from '../wire/tap.ts'
import { NO_LANE, NODE_CHANGES, NOTED, type Row } from './columns.ts'
import { Pages } from './pages.ts'

const LETTER_N = 'n'.charCodeAt(0)

export class Gatherer {
  /** The last event seen. */
  count: number
  readonly endpoints: number
  readonly #lanes: ReadonlyMap<string, number>
  readonly #types: ReadonlyMap<string, number>
  /** By message: the row of its send, and of the last delivery of it. */
  readonly #sent = new Pages()
  readonly #delivered = new Pages()
  readonly #row: Row = { kind: 0, lane: 0, to: 0, type: 0, atUs: 0, cause: 0, stamp: undefined }

  /** `before`: so many events are passed over. */
  constructor({ nodes, messageTypes }: { readonly nodes: readonly NodeId[]; readonly messageTypes: readonly string[] }, before = 0) {
    this.count = before
    const endpoints = endpointIds(nodes)
    this.endpoints = endpoints.length
    this.#lanes = new Map(endpoints.map((id, index) => [id, index]))
    this.#types = new Map(messageTypes.map((type, index) => [type, index]))
  }

  /** The event at which the reader stands; it must follow the last one. The row serves for the next one, too. */
  read(reader: ChunkReader): Row {
    const row = this.#begin(reader.kind, reader.atUs)
    switch (reader.kind) {
      case ChunkKind.step: {
        const noted = reader.textEnd > reader.textAt && reader.view.getUint8(reader.textAt + 2) === LETTER_N
        const isMessage = reader.input === StepInputKind.message || reader.input === StepInputKind.request
        this.#step(reader.endpoint, reader.input, noted, isMessage ? reader.subject : undefined)
        row.stamp = stampOf(reader)
        break
      }
      case ChunkKind.send:
        this.#send(reader.message, reader.endpoint, reader.to, reader.type)
        row.stamp = stampOf(reader)
        break
      case ChunkKind.deliver:
      case ChunkKind.drop:
      case ChunkKind.hold:
        this.#copy(reader.kind, reader.message)
        break
      case ChunkKind.invoke:
      case ChunkKind.return:
        row.lane = reader.endpoint
        row.stamp = stampOf(reader)
        break
      case ChunkKind.local:
        row.lane = reader.endpoint
        row.stamp = stampOf(reader)
        row.after = (reader.json() as { after?: number[] } | undefined)?.after
        break
      case ChunkKind.checkpoint:
        row.lane = reader.endpoint
        break
      case ChunkKind.node:
      case ChunkKind.output:
      case ChunkKind.action:
        this.#spoken(reader.json() as unknown as Spoken)
    }
    return row
  }

  take(event: RunEvent): Row {
    const row = this.#begin(ChunkKind[event.kind], event.atUs)
    switch (event.kind) {
      case 'step': {
        const { input } = event
        const message = input.kind === 'message' || input.kind === 'request' ? input.message : undefined
        this.#step(this.#laneOf(event.node), StepInputKind[input.kind], event.notes.length > 0, message)
        row.stamp = event
        break
      }
      case 'send':
        this.#send(event.message, this.#laneOf(event.from), this.#laneOf(event.to), this.#types.get(event.type) ?? NO_LANE)
        row.stamp = event
        break
      case 'deliver':
      case 'drop':
      case 'hold':
        this.#copy(row.kind, event.message)
        break
      case 'invoke':
      case 'return':
        row.lane = this.endpoints - 1
        row.stamp = event
        break
      case 'local':
        row.lane = this.#laneOf(event.host)
        row.stamp = event
        row.after = event.after
        break
      case 'checkpoint':
        row.lane = this.#laneOf(event.node)
        break
      case 'node':
      case 'output':
      case 'action':
        this.#spoken(event)
        break
      case 'reject':
        break
      default:
        event satisfies never
    }
    return row
  }

  #begin(kind: number, atUs: number): Row {
    this.count++
    return Object.assign(this.#row, { kind, lane: NO_LANE, to: NO_LANE, type: 0, atUs, cause: 0, after: undefined, stamp: undefined })
  }

  #step(lane: number, input: number, noted: boolean, message: number | undefined): void {
    this.#row.lane = lane
    this.#row.type = input | (noted ? NOTED : 0)
    if (message !== undefined) this.#row.cause = this.#delivered.get(message)
  }

  #send(message: number, from: number, to: number, type: number): void {
    this.#row.lane = from
    this.#row.to = to
    this.#row.type = type
    this.#sent.set(message, this.count)
  }

  #copy(kind: number, message: number): void {
    this.#row.cause = this.#sent.get(message)
    if (kind === ChunkKind.deliver) this.#delivered.set(message, this.count)
  }

  #spoken({ node, change, action }: Spoken): void {
    const who = node ?? (action?.do === 'node' ? action.node : undefined)
    if (who !== undefined) this.#row.lane = this.#laneOf(who)
    if (change) this.#row.type = Math.max(0, NODE_CHANGES.indexOf(change.is))
  }

  #laneOf(id: string): number {
    return this.#lanes.get(id) ?? NO_LANE
  }
}

/** What a `node`, `output` or `action` says of whom it is about. */
interface Spoken {
  readonly node?: string
  readonly change?: { readonly is: (typeof NODE_CHANGES)[number] }
  readonly action?: { readonly do: string; readonly node?: string }
}

const stampOf = (reader: ChunkReader) => ({ lamport: reader.lamport, clock: reader.clockSize === 0 ? [] : reader.clock })
