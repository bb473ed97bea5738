/**
 * A recorded run of real processes, followed event by event so that it can be cut anywhere: every node's steps are taken
 * again, every link judges its messages again, and of the clients it is counted what they did. What is not recorded is
 * read in one way and said in the README.
 */
import { type Load, membersOf, type RunConfig } from '../../protocols/core/config.ts'
import type { ActionEvent, ClientRequestBody, InvokeEvent, RunEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import { CLIENTS, endpointIds, type FaultId, type MessageId, messageIdParts, type NodeId } from '../../protocols/core/ids.ts'
import type { JudgedStep } from '../../protocols/core/invariant.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage } from '../../protocols/core/machine.ts'
import { LinkFate } from '../../protocols/net/link.ts'
import { linksOf } from '../../protocols/net/target.ts'
import type { Cut } from '../../protocols/sim/cut.ts'
import { isOfLoad } from '../../protocols/sim/deeds.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import { Divergence, type Execution } from '../replay/execution.ts'
import type { RecordedHeader } from '../replay/source.ts'
import { NodeCutting } from './nodeCutting.ts'
import type { RunTime } from './runTime.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface CuttingOptions {
  readonly header: RecordedHeader & { readonly messageTypes: readonly string[]; readonly timers: readonly string[] }
  readonly execution: Execution
  readonly time: RunTime
  sendOf(message: MessageId): SendEvent | undefined
  /** How many records the node's next life found on its disk, if the recording says so. */
  keptAfter(node: NodeId, seq: number): number | undefined
  /** Every step as judges want it. */
  onStep?(step: JudgedStep<unknown, AnyMessage>): void
}

interface Flight {
  readonly letter: Letter
  dueUs: number
  readonly copies: number
  held: FaultId | undefined
}

type Open = Mutable<Cut['clients']['open'][number]>

export class Cutting {
  /** The last event that is in. */
  seq = 0
  readonly #options: CuttingOptions
  readonly #endpoints: readonly string[]
  readonly #nodes: NodeCutting[]
  readonly #fates: (LinkFate | undefined)[]
  readonly #flights = new Map<MessageId, Flight>()
  readonly #faults = new Map<FaultId, ArmedFault>()
  #nowUs = 0
  #armed = 0
  #load: Load | undefined
  #isLoadAwaited: boolean
  readonly #open = new Map<number, Open>()
  readonly #clients: Mutable<Omit<Cut['clients'], 'open'>>
  #asking: { readonly open: Open; readonly lamport: number } | undefined

  constructor(options: CuttingOptions) {
    const { header } = options
    this.#options = options
    const { config, nodes, timers, messageTypes } = header
    const endpoints = endpointIds(nodes)
    this.#endpoints = endpoints
    const members = membersOf(config).length
    this.#nodes = nodes.map((_, endpoint) => new NodeCutting(endpoint, { endpoints, timers, messageTypes, members }))
    this.#fates = endpoints.flatMap((_, from) => endpoints.map((_, to) => (from === to ? undefined : fateOf(config, from, to))))
    this.#isLoadAwaited = config.load !== undefined
    this.#clients = { asks: 0, messages: 0, step: 0, lamport: 0, clock: endpoints.map(() => 0), operations: 0, serial: 0, begun: 0 }
  }

  /** Events in order, every one. Throws Divergence when the run does not go there again. */
  take(event: RunEvent): void {
    const reseed = this.#options.header.branch?.seeds.find(({ after }) => after === event.seq - 1)
    if (reseed) for (const fate of this.#fates) fate?.reseed(reseed.seed)
    this.seq = event.seq
    this.#nowUs = Math.max(this.#nowUs, this.#options.time.at(event.atUs))
    switch (event.kind) {
      case 'step':
        return this.#stepped(event)
      case 'send':
        return this.#sent(event)
      case 'deliver':
        return this.#delivered(event.message, event.copy)
      case 'drop':
        if (event.copy === 0) this.#flights.delete(event.message)
        return
      case 'hold': {
        const flight = this.#flights.get(event.message)
        if (flight) flight.held = event.fault
        return
      }
      case 'node':
        return this.#node(event.node)?.changed(event.change)
      case 'action':
        return this.#act(event.action)
      case 'invoke':
        return this.#invoked(event)
      case 'return':
        this.#open.delete(event.operation)
        this.#spoke(event)
        return
      default:
        return // what a process wrote, turned away or checkpointed
    }
  }

  cut(): Cut {
    const { keptAfter } = this.#options
    const size = this.#endpoints.length
    return {
      atUs: this.#nowUs,
      nodes: this.#nodes.map((node) => node.cut(keptAfter(node.id, this.seq))),
      links: this.#fates.flatMap((fate, at) => (fate ? [{ from: Math.floor(at / size), to: at % size, fate: fate.data }] : [])),
      flights: [...this.#flights.values()].map((flight) => ({ ...flight })),
      faults: [...this.#faults.values()],
      armed: this.#armed,
      clients: { ...this.#clients, open: [...this.#open.values()].map((open) => ({ ...open })) },
      load: this.#load,
      isLoadAwaited: this.#isLoadAwaited,
    }
  }

  #stepped(event: StepEvent): void {
    const { execution, onStep, sendOf, time } = this.#options
    const node = this.#node(event.node)
    if (!node) return
    const { input } = event
    if (input.kind !== 'start' && !node.follows(event))
      throw new Divergence(`Steps of ${event.node} before event ${event.seq} are not in the recording.`)
    if (input.kind === 'start') node.found(input.recovered)
    const before = input.kind === 'start' ? undefined : node.memory
    const send = input.kind === 'message' || input.kind === 'request' ? sendOf(input.message) : undefined
    const executed = input.kind === 'start' ? execution.start(event, node.disk) : execution.step(event, before, send)
    node.stepped(event, executed, time.at(event.atUs))
    const { node: id, life } = event
    onStep?.({ node: id, life, input: executed.input, before, after: executed.state, effects: executed.effects } as JudgedStep<
      unknown,
      AnyMessage
    >)
  }

  #sent(event: SendEvent): void {
    const letter = this.#letterOf(event)
    const { from, to, message } = letter
    this.#nodes[from]?.sent(message)
    if (event.from === CLIENTS) {
      const { id } = event.body as unknown as ClientRequestBody
      this.#clients.asks = Math.max(this.#clients.asks, id)
      this.#clients.messages = Math.max(this.#clients.messages, letter.number)
      this.#stamp(event.lamport, event.clock)
      if (this.#asking?.lamport === event.lamport) this.#asking.open.of ??= event.to as NodeId
    }
    const verdict = this.#fate(from, to).judge(this.#nowUs / 1e3, { type: event.type, body: () => event.body })
    const isLate = verdict.kind === 'deliver'
    const dueUs = isLate ? Math.round(verdict.dueMs * 1e3) : this.#nowUs
    this.#flights.set(message, { letter, dueUs, copies: isLate ? verdict.copies : 0, held: undefined })
  }

  #delivered(message: MessageId, copy: number): void {
    const send = copy === 0 ? undefined : this.#options.sendOf(message)
    const letter = this.#flights.get(message)?.letter ?? (send && this.#letterOf(send))
    if (copy === 0) this.#flights.delete(message)
    if (!letter) return
    const node = this.#nodes[letter.to]
    if (node) return node.received(letter)
    const { lamport, clock } = this.#clients
    const own = clock.length - 1
    const heard = clock.map((count, index) => (index === own ? count + 1 : Math.max(count, letter.clock[index] as number)))
    this.#stamp(Math.max(lamport, letter.lamport) + 1, heard)
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
      case 'load':
        this.#load = action.load ?? undefined
        this.#isLoadAwaited = false
        this.#clients.begun = 0
        return
      default:
        return // of time, and of the run's end
    }
  }

  /** What it kept, and on links that it slowed all that is on its way, arrives now. */
  #lift(fault: ArmedFault): void {
    const healed = new Set(this.#fatesOf(fault).filter((fate) => fate.lift(fault.id)))
    for (const flight of this.#flights.values()) {
      const { from, to } = flight.letter
      if (flight.held === fault.id || (flight.held === undefined && healed.has(this.#fate(from, to)))) this.#letGo(flight)
    }
  }

  #letGo(flight: Flight): void {
    flight.held = undefined
    flight.dueUs = this.#nowUs
  }

  #invoked(event: InvokeEvent): void {
    const { operation, client, op, lamport } = event
    const clients = this.#clients
    clients.operations = Math.max(clients.operations, operation)
    const again = !isOfLoad(client)
    if (!again) {
      clients.serial += 1
      clients.begun += 1
    }
    const open: Open = { operation, client, op: op as Json, of: undefined, again }
    this.#open.set(operation, open)
    this.#asking = { open, lamport }
    this.#spoke(event)
  }

  #spoke({ step, lamport, clock }: { readonly step: number; readonly lamport: number; readonly clock: readonly number[] }): void {
    this.#clients.step = step
    this.#stamp(lamport, clock)
  }

  /** What the clients sent and what they heard is recorded in two places, and not always in order. */
  #stamp(lamport: number, clock: readonly number[]): void {
    const clients = this.#clients
    clients.lamport = Math.max(clients.lamport, lamport)
    clients.clock = clients.clock.map((count, index) => Math.max(count, clock[index] as number))
  }

  #letterOf(event: SendEvent): Letter {
    const { execution, time, header } = this.#options
    const { message, life, step, lamport, clock, type } = event
    return {
      ...{
        message,
        from: this.#endpoints.indexOf(event.from),
        to: this.#endpoints.indexOf(event.to),
        type: header.messageTypes.indexOf(type),
      },
      ...{ number: messageIdParts(message).number, life, step, lamport, clock: Uint32Array.from(clock), sentAtUs: time.at(event.atUs) },
      body: execution.bodyOf(event),
    }
  }

  #node(id: NodeId): NodeCutting | undefined {
    return this.#nodes[this.#endpoints.indexOf(id)]
  }

  #fate(from: number, to: number): LinkFate {
    return this.#fates[from * this.#endpoints.length + to] as LinkFate
  }

  #fatesOf({ target }: ArmedFault): LinkFate[] {
    return linksOf(target, this.#endpoints as never).map(({ from, to }) => this.#fate(from, to))
  }
}

/** As in the proxy: what a link costs by itself is between nodes alone. */
function fateOf({ seed, network, nodes }: Pick<RunConfig, 'seed' | 'network' | 'nodes'>, from: number, to: number): LinkFate {
  const isBetweenNodes = from < nodes && to < nodes
  return new LinkFate({ seed, from, to, network: isBetweenNodes ? network : { delayMs: 0, jitterMs: 0 } })
}
