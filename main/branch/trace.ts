/**
 * A recorded run followed by a cursor, so that it can be cut anywhere, and copied: who is where and in which state, what
 * disks hold, which messages are on their way, what links and clients remember. It finds out what `Cutting` (main/futures) finds out,
 * several times as fast, and a copy of it costs next to nothing.
 */
import { type Load, membersOf, type RunConfig } from '../../protocols/core/config.ts'
import type { ActionEvent, RunEvent } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import { endpointIds, type FaultId, messageIdParts } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { LinkFate } from '../../protocols/net/link.ts'
import type { Passenger } from '../../protocols/net/rule.ts'
import { linksOf } from '../../protocols/net/target.ts'
import type { Cut } from '../../protocols/sim/cut.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { ownConfig, type RunHeader } from '../recorder/header.ts'
import type { Execution } from '../replay/execution.ts'
import { ClientsTrace } from './clientsTrace.ts'
import { NodeTrace } from './nodeTrace.ts'
import { type SentMessage, sentMessage } from './sentMessage.ts'

/** Run time of what a recording dates: see `RunTime` of main/futures. */
export interface Dating {
  /** Actions in order. */
  take(event: RunEvent): void
  at(us: number): number
}

interface TracedFlight {
  readonly sent: SentMessage
  dueUs: number
  readonly copies: number
  held: FaultId | undefined
}

export interface TraceOptions {
  readonly header: RunHeader
  readonly execution: Execution
  readonly time: Dating
  /** A message that is not on its way any more: one of which a copy came late. */
  lookUp(message: number): SentMessage | undefined
}

export class Trace {
  /** The last event that is in. */
  seq = 0
  readonly #options: TraceOptions
  readonly #size: number
  readonly #passenger = new ReadPassenger()
  #nowUs = 0
  #atUs = 0
  #armed = 0
  #load: Load | undefined
  #isLoadAwaited: boolean
  #timeScale: number
  #nodes: readonly NodeTrace[]
  #clients: ClientsTrace
  #flights = new Map<number, TracedFlight>()
  #faults = new Map<FaultId, ArmedFault>()
  #fates: readonly (LinkFate | undefined)[]
  #seeds: readonly { readonly after: number; readonly seed: number }[]
  #seed: number

  constructor(options: TraceOptions) {
    const { config, nodes, timers, messageTypes, branch } = options.header
    this.#options = options
    this.#size = nodes.length + 1
    const endpoints = endpointIds(nodes)
    this.#nodes = nodes.map(
      (_, endpoint) => new NodeTrace(endpoint, { endpoints, timers, messageTypes, members: membersOf(config).length }),
    )
    this.#clients = new ClientsTrace(this.#size)
    this.#isLoadAwaited = config.load !== undefined
    this.#timeScale = config.timeScale
    this.#seeds = branch?.seeds ?? []
    this.#seed = config.seed
    this.#fates = this.#makeFates()
  }

  /** Of the recording: real microseconds, where processes ran, and how many real milliseconds were one of run time. */
  get atUs(): number {
    return this.#atUs
  }

  get timeScale(): number {
    return this.#timeScale
  }

  /** The seed of what is drawn here. */
  get seed(): number {
    return this.#seed
  }

  /** Events in order, every one. Throws Divergence when the run does not go there again. */
  take(reader: ChunkReader): void {
    while (this.#seeds[0] && this.#seeds[0].after < reader.seq) this.#reseed(this.#seeds[0].seed)
    this.seq = reader.seq
    if (reader.atUs > this.#atUs) this.#atUs = reader.atUs
    const nowUs = this.#options.time.at(reader.atUs)
    if (nowUs > this.#nowUs) this.#nowUs = nowUs
    switch (reader.kind) {
      case ChunkKind.step:
        return this.#nodes[reader.endpoint]?.stepped(reader, this.#options.execution, this.#options.lookUp, nowUs)
      case ChunkKind.send:
        return this.#sent(reader, nowUs)
      case ChunkKind.deliver:
        return this.#delivered(reader.message, reader.copy)
      case ChunkKind.drop:
        if (reader.copy === 0) this.#flights.delete(reader.message)
        return
      case ChunkKind.hold: {
        const flight = this.#flights.get(reader.message)
        if (flight) flight.held = reader.text() as FaultId
        return
      }
      case ChunkKind.invoke:
        return this.#clients.invoked(reader)
      case ChunkKind.return:
        return this.#clients.returned(reader)
      case ChunkKind.node: {
        const event = readEvent(reader)
        if (event.kind === 'node') this.#node(event.node)?.changed(event.change)
        return
      }
      case ChunkKind.action: {
        const event = readEvent(reader)
        return event.kind === 'action' ? this.#act(event.action) : undefined
      }
      default:
        return // what a process wrote, turned away or checkpointed
    }
  }

  /** `foundAfter`: how many records the life after this one found on the node's disk, if the recording says so. */
  cut(foundAfter: (endpoint: number, life: number) => number | undefined): Cut {
    const letterOf = (sent: SentMessage) => this.#letterOf(sent)
    return {
      atUs: this.#nowUs,
      nodes: this.#nodes.map((node, endpoint) => node.cut(letterOf, (life) => foundAfter(endpoint, life))),
      links: this.#fates.flatMap((fate, at) => (fate ? [{ from: Math.floor(at / this.#size), to: at % this.#size, fate: fate.data }] : [])),
      flights: [...this.#flights.values()].map(({ sent, ...flight }) => ({ letter: letterOf(sent), ...flight })),
      faults: [...this.#faults.values()],
      armed: this.#armed,
      clients: this.#clients.cut(),
      load: this.#load,
      isLoadAwaited: this.#isLoadAwaited,
    }
  }

  copy(): Trace {
    const copy = new Trace(this.#options)
    copy.seq = this.seq
    copy.#nowUs = this.#nowUs
    copy.#atUs = this.#atUs
    copy.#armed = this.#armed
    copy.#load = this.#load
    copy.#isLoadAwaited = this.#isLoadAwaited
    copy.#timeScale = this.#timeScale
    copy.#nodes = this.#nodes.map((node) => node.copy())
    copy.#clients = this.#clients.copy()
    copy.#flights = new Map([...this.#flights].map(([message, flight]) => [message, { ...flight }]))
    copy.#faults = new Map(this.#faults)
    copy.#seeds = this.#seeds
    copy.#seed = this.#seed
    for (const [at, fate] of copy.#fates.entries()) {
      fate?.continue((this.#fates[at] as LinkFate).data)
      fate?.reseed(this.#seed)
    }
    return copy
  }

  #reseed(seed: number): void {
    this.#seeds = this.#seeds.slice(1)
    this.#seed = seed
    for (const fate of this.#fates) fate?.reseed(seed)
  }

  #makeFates(): (LinkFate | undefined)[] {
    const config = ownConfig(this.#options.header)
    const ends = Array.from({ length: this.#size }, (_, index) => index)
    return ends.flatMap((from) => ends.map((to) => (from === to ? undefined : fateOf(config, from, to))))
  }

  #sent(reader: ChunkReader, atUs: number): void {
    const { endpoint: from, to } = reader
    const sent = sentMessage(reader, atUs)
    this.#nodes[from]?.sent(reader.message, reader.life)
    if (from === this.#size - 1) this.#clients.sent(sent)
    const fate = this.#fates[from * this.#size + to]
    if (!fate) return
    this.#passenger.sent = sent
    const verdict = fate.judge(this.#nowUs / 1e3, this.#passenger)
    const isLate = verdict.kind === 'deliver'
    const dueUs = isLate ? Math.round(verdict.dueMs * 1e3) : this.#nowUs
    this.#flights.set(reader.message, { sent, dueUs, copies: isLate ? verdict.copies : 0, held: undefined })
  }

  #delivered(message: number, copy: number): void {
    const sent = this.#flights.get(message)?.sent ?? (copy > 0 ? this.#options.lookUp(message) : undefined)
    if (copy === 0) this.#flights.delete(message)
    if (!sent) return
    const node = this.#nodes[sent.toIndex]
    if (node) return node.received(sent)
    this.#clients.heard(sent)
  }

  #act(action: ActionEvent['action']): void {
    switch (action.do) {
      case 'arm':
        this.#armed += 1
        this.#faults.set(action.fault.id, action.fault)
        for (const fate of this.#fatesOf(action.fault)) fate.arm(action.fault, this.#armed)
        return
      case 'lift': {
        const fault = this.#faults.get(action.fault)
        this.#faults.delete(action.fault)
        if (fault) this.#lift(fault)
        return
      }
      case 'release': {
        const flight = this.#flights.get(action.message)
        if (flight) this.#letGo(flight)
        return
      }
      case 'node':
        return this.#node(action.node)?.act(action.what)
      case 'control':
        return // its step says what came of it
      case 'clock':
        return this.#node(action.node)?.setClock(action, this.#nowUs)
      case 'disk':
        return this.#node(action.node)?.setSync(action.syncMs ?? undefined)
      case 'timeScale':
        this.#timeScale = action.scale
        return
      case 'load':
        this.#load = action.load ?? undefined
        this.#isLoadAwaited = false
        return this.#clients.loaded()
      case 'end':
        return
      default:
        return action satisfies never
    }
  }

  /** What it kept, and on links that it slowed all that is on its way, arrives now. */
  #lift(fault: ArmedFault): void {
    const healed = new Set(this.#fatesOf(fault).filter((fate) => fate.lift(fault.id)))
    for (const flight of this.#flights.values()) {
      const fate = this.#fates[flight.sent.fromIndex * this.#size + flight.sent.toIndex] as LinkFate
      if (flight.held === fault.id || (flight.held === undefined && healed.has(fate))) this.#letGo(flight)
    }
  }

  #letGo(flight: TracedFlight): void {
    flight.held = undefined
    flight.dueUs = this.#nowUs
  }

  #letterOf(sent: SentMessage): Letter {
    const { message, fromIndex: from, toIndex: to, typeIndex: type, life, step, lamport, atUs: sentAtUs } = sent
    const stamps = { life, step, lamport, clock: Uint32Array.from(sent.clock), sentAtUs }
    return { message, from, to, type, number: messageIdParts(message).number, ...stamps, body: this.#options.execution.bodyOf(sent) }
  }

  #node(id: string): NodeTrace | undefined {
    return this.#nodes[this.#options.header.nodes.indexOf(id as never)]
  }

  #fatesOf({ target }: ArmedFault): LinkFate[] {
    return linksOf(target, endpointIds(this.#options.header.nodes)).map(({ from, to }) => this.#fates[from * this.#size + to] as LinkFate)
  }
}

/** As in the proxy: what a link costs by itself is between nodes alone. */
function fateOf({ seed, network, nodes }: RunConfig, from: number, to: number): LinkFate {
  const isBetweenNodes = from < nodes && to < nodes
  return new LinkFate({ seed, from, to, network: isBetweenNodes ? network : { delayMs: 0, jitterMs: 0 } })
}

/** The message under judgement, as rules see it. */
class ReadPassenger implements Passenger {
  sent: SentMessage | undefined

  get type(): string {
    return (this.sent as SentMessage).type
  }

  body(): Json | undefined {
    return this.sent?.body
  }
}
