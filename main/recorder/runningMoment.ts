/**
 * The moment at the end of what has been taken in, kept from numbers and bytes: the same fold as `advance` of
 * protocols/core/moment.ts, without an object for each event. What a node shows is parsed only when somebody looks.
 */
import type { RunEvent, StepEvent } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import { type EndpointId, type FaultId, type MessageId, messageId, type NodeId } from '../../protocols/core/ids.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import {
  advance,
  emptyIn,
  encodeMoment,
  happened,
  type Moment,
  type MomentData,
  type NodeMoment,
  stepped,
} from '../../protocols/core/moment.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import { ChunkKind, type ChunkTables } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'

const LETTER_O = 'o'.charCodeAt(0)
/** Extras of a node that are kept unparsed at most: those without an observation do not replace each other. */
const UNPARSED_MAX = 32

export class RunningMoment {
  readonly #moment: Moment
  readonly #tables: ChunkTables
  /** Nodes by endpoint index; the clients have none. */
  readonly #nodes: (NodeMoment | undefined)[]
  /** Extras of each node's steps that may hold a newer observation, oldest first. */
  readonly #unparsed: Uint8Array[][]

  constructor(moment: Moment, tables: ChunkTables) {
    this.#moment = moment
    this.#tables = tables
    this.#nodes = tables.endpoints.map((id) => moment.nodes.get(id as NodeId))
    this.#unparsed = tables.endpoints.map(() => [])
  }

  get inFlight(): number {
    return this.#moment.inFlight.size
  }

  get atUs(): number {
    return this.#moment.atUs
  }

  /** Whatever the event: it is in, and this was its time. */
  reached(seq: number, atUs: number): void {
    this.#moment.seq = seq
    if (atUs > this.#moment.atUs) this.#moment.atUs = atUs
  }

  /** `extras`: JSON of `{ observation?, notes? }`, or empty; kept, so it must not change afterwards. */
  step(endpoint: number, life: number, step: number, extras: Uint8Array): void {
    const node = this.#nodes[endpoint]
    if (!node) return
    const unparsed = this.#unparsed[endpoint] as Uint8Array[]
    if (life > node.life) unparsed.length = 0
    if (!stepped(node, life, step) || extras.length < 3) return
    // `{"o...`: it begins with an observation, so nothing older matters. `{"n...`: notes first, it may hold one.
    if (extras[2] === LETTER_O) unparsed.length = 0
    unparsed.push(extras)
    if (unparsed.length > UNPARSED_MAX) this.#parse(endpoint)
  }

  sent(message: number, from: number, to: number, type: number, atUs: number): void {
    const { endpoints, messageTypes } = this.#tables
    this.#moment.inFlight.set(message as MessageId, {
      message: message as MessageId,
      from: endpoints[from] as EndpointId,
      to: endpoints[to] as EndpointId,
      type: messageTypes[type] as string,
      sentAtUs: atUs,
      held: undefined,
    })
  }

  arrived(message: number, copy: number): void {
    if (copy === 0) this.#moment.inFlight.delete(message as MessageId)
  }

  held(message: number, fault: string): void {
    const flight = this.#moment.inFlight.get(message as MessageId)
    if (flight) flight.held = fault as FaultId
  }

  /** One that is armed. */
  readonly fault = (id: FaultId): ArmedFault | undefined => this.#moment.faults.get(id)

  readonly isEmpty = (endpoint: EndpointId): boolean => emptyIn(this.#moment)(endpoint)

  /** An event of another kind. */
  event(event: RunEvent): void {
    if (event.kind === 'node') {
      const endpoint = this.#tables.endpoints.indexOf(event.node)
      if (endpoint >= 0) this.#parse(endpoint)
    }
    advance(this.#moment, event)
  }

  /** Takes in the event at which the reader stands. */
  read(reader: ChunkReader): void {
    const { seq } = reader
    switch (reader.kind) {
      case ChunkKind.step:
        this.step(reader.endpoint, reader.life, reader.step, reader.textBytes())
        break
      case ChunkKind.send:
        this.sent(reader.message, reader.endpoint, reader.to, reader.type, reader.atUs)
        break
      case ChunkKind.deliver:
      case ChunkKind.drop:
        this.arrived(reader.message, reader.copy)
        break
      case ChunkKind.hold:
        this.held(reader.message, reader.text())
        break
      case ChunkKind.local:
        happened(this.#moment, this.#tables.endpoints[reader.endpoint] as EndpointId, reader.step)
        break
      case ChunkKind.node:
      case ChunkKind.action:
        this.event(readEvent(reader))
        break
      default:
        break
    }
    this.reached(seq, reader.atUs)
  }

  /** The moment itself, up to date; it goes on changing. */
  moment(): Moment {
    for (let endpoint = 0; endpoint < this.#unparsed.length; endpoint++) this.#parse(endpoint)
    return this.#moment
  }

  /** As data; with `inFlightMax`, that many of the messages in flight, the oldest. */
  data(inFlightMax = Number.POSITIVE_INFINITY): MomentData {
    const moment = this.moment()
    if (moment.inFlight.size <= inFlightMax) return encodeMoment(moment)
    const sample: Moment['inFlight'] = new Map()
    for (const [id, flight] of moment.inFlight) {
      if (sample.size >= inFlightMax) break
      sample.set(id, flight)
    }
    return encodeMoment({ ...moment, inFlight: sample })
  }

  #parse(endpoint: number): void {
    const unparsed = this.#unparsed[endpoint] as Uint8Array[]
    const node = this.#nodes[endpoint]
    for (let i = unparsed.length - 1; node && i >= 0; i--) {
      const observation = observationIn(unparsed[i] as Uint8Array)
      if (!observation) continue
      node.observation = observation
      break
    }
    unparsed.length = 0
  }
}

/** The observation in a step's extras; undefined when there is none, or when they are not what they should be. */
export function observationIn(extras: Uint8Array): Observation | undefined {
  try {
    return (JSON.parse(readText(extras)) as { observation?: Observation }).observation
  } catch {
    return undefined
  }
}

/** The notes in a step's extras; none when they are not what they should be. */
export function notesIn(extras: Uint8Array): StepEvent['notes'] {
  try {
    return (JSON.parse(readText(extras)) as { notes?: StepEvent['notes'] }).notes ?? []
  } catch {
    return []
  }
}

/** The message of the frame at `at`. */
export const frameMessage = (view: DataView, at: number): number =>
  messageId(view.getUint8(at + 8), view.getUint16(at + 32, true), view.getUint32(at + 12, true))
