/**
 * A whole cluster in one thread and in simulated time: nodes, links, disks, clocks and clients around one agenda. It is a
 * pure function of its setup and of what is done to it: the same calls at the same times give the same events, byte for
 * byte, on every machine. What happens is said to a sink; nothing is kept of it here.
 */
import type { Asking } from '../clients/bar.ts'
import { acceptsOf, mannersOf, readsAnywhere } from '../clients/manners.ts'
import type { Finished } from '../clients/session.ts'
import { type Load, membersOf, type RunConfig } from '../core/config.ts'
import { type ActionEvent, CLIENT_MESSAGE_TYPES, type DropEvent, messageTypesOf, type NodeEvent, type Unnumbered } from '../core/event.ts'
import type { ArmedFault, NetworkFault, NodeAction } from '../core/fault.ts'
import { type EndpointId, endpointIds, type FaultId, faultId, type MessageId, type NodeId, nodeIds } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { AnyProtocol, Observation } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import { linksOf } from '../net/target.ts'
import { Agenda } from './agenda.ts'
import { SimClients } from './clients.ts'
import { type ClockSetting, TRUE_CLOCK } from './clock.ts'
import { arriving, type Cut } from './cut.ts'
import { SimDesk } from './desk.ts'
import { SimLink } from './link.ts'
import { type NodeWorld, SimNode } from './node.ts'
import type { Letter, Sink, StepSeen, Word } from './sink.ts'
import { Standstill } from './standstill.ts'
import { whyNot } from './whyNot.ts'

export interface SimulationSetup {
  readonly protocol: AnyProtocol
  readonly service: AnyService
  /** `timeScale` means nothing here: simulated time is run time. */
  readonly config: RunConfig
  /** Where it is said what happens; nowhere when absent. */
  readonly sink?: Sink
  /** What things cost by themselves, run milliseconds, each drawn from the seed. */
  readonly costs?: Partial<Costs>
  /** Where it begins, when not at the beginning, and of what seed chance is drawn there. */
  readonly from?: { readonly cut: Cut; readonly seed: number }
}

export interface Range {
  readonly min: number
  readonly max: number
}

export interface Costs {
  /** A message on any link, on top of the configuration's network. */
  readonly latencyMs: Range
  /** Making durable what was written. */
  readonly syncMs: Range
  /** From the wish to start a process until it is up. */
  readonly bootMs: Range
}

/** As on a machine of today: loopback, a solid-state disk, a process of Node. */
const COSTS: Costs = { latencyMs: { min: 0.1, max: 0.6 }, syncMs: { min: 0.2, max: 1.5 }, bootMs: { min: 20, max: 60 } }

/** What was asked cannot be done in this state of the run. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError'
  /** `absent`: the run has no such node, fault or message. `down`: the node does not run. */
  readonly why: 'absent' | 'down' | 'state'

  constructor(message: string, why: SimulationError['why'] = 'state') {
    super(message)
    this.why = why
  }
}

export class Simulation {
  readonly nodes: readonly NodeId[]
  readonly endpoints: readonly EndpointId[]
  readonly messageTypes: readonly string[]
  readonly config: RunConfig
  readonly faults = new Map<FaultId, ArmedFault>()
  /** Events so far, counted as a recording would. */
  events = 0
  steps = 0
  readonly #setup: SimulationSetup
  readonly #agenda = new Agenda()
  readonly #sink: Sink
  readonly #world: NodeWorld
  readonly #nodes: SimNode[]
  readonly #standstill: Standstill
  readonly #links: (SimLink | undefined)[]
  readonly #desk: SimDesk
  readonly #clients: SimClients
  #armed = 0
  #load: Load | undefined
  #isLoadAwaited: boolean
  #isEnded = false
  /** What a node shows, as long as its state is this one. */
  readonly #shown: { state: unknown; observation: Observation | undefined }[]

  constructor(setup: SimulationSetup) {
    const { protocol, service, config, from } = setup
    const costs = { ...COSTS, ...setup.costs }
    this.#setup = setup
    this.config = config
    this.nodes = nodeIds(config.nodes)
    this.endpoints = endpointIds(this.nodes)
    this.messageTypes = messageTypesOf(protocol)
    this.#sink = new Counted(this, setup.sink)
    const agenda = this.#agenda
    const sink = this.#sink
    const members = membersOf(config)
    const post = (letter: Letter) => this.#post(letter)
    this.#world = {
      ...{
        agenda,
        sink,
        post,
        nodes: this.nodes,
        members,
        seed: config.seed,
        sync: config.sync,
        syncMs: costs.syncMs,
        bootMs: costs.bootMs,
      },
      machine: protocol.machine(service),
      timerNames: protocol.timers.map(({ name }) => name),
      typeOf: new Map(this.messageTypes.map((type, index) => [type, index])),
      options: protocol.options.parse(config.options),
    }
    this.#nodes = this.nodes.map((_, endpoint) => new SimNode(this.#world, endpoint))
    this.#standstill = new Standstill(this.#nodes)
    const empty = this.#nodes.filter(({ endpoint }) => (from ? from.cut.nodes[endpoint]?.status === 'empty' : endpoint >= members.length))
    this.#links = this.#makeLinks(costs.latencyMs)
    const [request] = CLIENT_MESSAGE_TYPES
    this.#desk = new SimDesk({ agenda, sink, post, endpoint: this.nodes.length, requestType: this.messageTypes.indexOf(request) })
    const later = { happen: () => this.setLoad(null) } // it has stopped by itself; this says that it has
    const onLoadDone = () => agenda.add(agenda.nowUs, later)
    this.#clients = new SimClients({
      ...{
        agenda,
        desk: this.#desk,
        service,
        manners: mannersOf(protocol),
        accepts: acceptsOf(protocol, config.nodes, config.options),
        readsAnywhere: readsAnywhere(protocol, config.options),
        nodes: this.nodes,
        empty: empty.map(({ endpoint }) => endpoint),
        seed: config.seed,
        onLoadDone,
      },
      ...(from ? { cut: from.cut.clients } : {}),
    })
    this.#isLoadAwaited = from ? from.cut.isLoadAwaited : config.load !== undefined
    this.#shown = this.nodes.map(() => ({ state: undefined, observation: undefined }))
    if (from) this.#continue(from.cut, from.seed, costs.latencyMs.max)
    else
      for (const node of this.#nodes)
        if (empty.includes(node)) node.status = 'empty'
        else node.boot()
  }

  get nowUs(): number {
    return this.#agenda.nowUs
  }

  /** Operations that clients began. */
  get operations(): number {
    return this.#clients.operations
  }

  get load(): Load | undefined {
    return this.#load
  }

  node(id: NodeId): SimNode {
    const node = this.#nodes[this.nodes.indexOf(id)]
    if (!node) throw new SimulationError(`There is no node ${id} in this run, which has ${this.nodes.join(', ')}.`, 'absent')
    return node
  }

  /** What a node that runs shows. Cheap to ask again while its state is the same. */
  observation(id: NodeId): Observation | undefined {
    const { endpoint, state } = this.node(id)
    if (state === undefined) return undefined
    const shown = this.#shown[endpoint] as { state: unknown; observation: Observation | undefined }
    if (shown.state !== state) {
      shown.state = state
      shown.observation = this.#setup.protocol.observe(state)
    }
    return shown.observation
  }

  /** Lets things happen up to `untilUs`, or until `isDone`, asked after each of them, says so: then true. Throws a StandstillError when time does not go on. */
  run(untilUs: number, isDone?: () => boolean): boolean {
    const agenda = this.#agenda
    while (agenda.next(untilUs)) {
      this.#standstill.happened(agenda.nowUs)
      if (this.#isLoadAwaited) this.#beginLoad()
      if (isDone?.()) return true
    }
    if (untilUs > agenda.nowUs) agenda.nowUs = untilUs
    return false
  }

  /**
   * Another chance: what the network, disks, timers and processes draw from here on, they draw from this seed. What was drawn
   * before stays: messages on their way, timers that are set. The operations of the load stay those of the run's own seed.
   */
  reseed(seed: number): void {
    this.#world.seed = seed
    for (const link of this.#links) link?.reseed(seed)
  }

  /** Something that will be done to the run at its time. */
  at(atUs: number, act: () => void): void {
    this.#agenda.add(atUs, { happen: act })
  }

  /** Throws SimulationError when the node is not in a state for it. */
  act(id: NodeId, what: NodeAction): void {
    const node = this.node(id)
    const problem = whyNot(id, node.status, what, this.#setup.protocol)
    if (problem) throw new SimulationError(problem.text, problem.why)
    this.#action({ do: 'node', node: id, what })
    switch (what) {
      case 'crash':
        return node.crash()
      case 'restart':
        return node.boot()
      case 'pause':
        return node.pause()
      case 'resume':
        return node.resume()
      case 'wipe':
        return node.wipe()
      case 'add':
        this.#clients.seat(node.endpoint, true)
        return node.boot()
      case 'remove':
        this.#clients.seat(node.endpoint, false)
        return node.remove()
      default:
        return what satisfies never
    }
  }

  setClock(id: NodeId, setting: ClockSetting): void {
    const node = this.node(id)
    this.#action({ do: 'clock', node: id, ...setting })
    node.setClock(setting)
  }

  /** Makes a disk slow, or (undefined) what it usually is. */
  setSync(id: NodeId, syncMs: Range | undefined): void {
    const node = this.node(id)
    this.#action({ do: 'disk', node: id, syncMs: syncMs ?? null })
    node.syncMs = syncMs
  }

  /** Tells a node something that is no message of its protocol. Throws when it does not run. */
  tell(id: NodeId, control: Control): void {
    const node = this.node(id)
    if (node.status !== 'up')
      throw new SimulationError(`${id} is ${node.status === 'empty' ? 'not there' : node.status}: it hears nothing.`, 'down')
    this.#action({ do: 'control', node: id, control })
    node.tell(control)
  }

  arm(fault: NetworkFault): ArmedFault {
    this.#armed += 1
    const armed: ArmedFault = { ...fault, id: faultId(`f${this.#armed}`) }
    for (const link of this.#linksOf(armed)) link.arm(armed, this.#armed)
    this.faults.set(armed.id, armed)
    this.#action({ do: 'arm', fault: armed })
    return armed
  }

  lift(id: FaultId): void {
    const fault = this.#armedFault(id)
    this.faults.delete(id)
    this.#action({ do: 'lift', fault: id })
    for (const link of this.#linksOf(fault)) link.lift(id)
  }

  /** Returns how many messages were let go. */
  release(id: FaultId, message?: MessageId): number {
    const fault = this.#armedFault(id)
    if (fault.kind !== 'hold') throw new SimulationError(`${id} is a ${fault.kind}: only a hold has messages to release.`)
    let count = 0
    for (const link of this.#linksOf(fault))
      count += link.release(id, message, (released) => this.#action({ do: 'release', fault: id, message: released }))
    return count
  }

  /** Every node that is there has taken its first step. */
  get isBegun(): boolean {
    return this.#nodes.every(({ status, step }) => status === 'empty' || step > 0)
  }

  /** Lifts every fault, sets clocks and disks right, resumes paused nodes, restarts those that are down. Empty seats stay empty. */
  heal(): void {
    for (const id of [...this.faults.keys()]) this.lift(id)
    for (const { id, status, clock, syncMs } of this.#nodes) {
      if (!clock.isTrue) this.setClock(id, TRUE_CLOCK)
      if (syncMs !== undefined) this.setSync(id, undefined)
      if (status === 'paused') this.act(id, 'resume')
      else if (status === 'down') this.act(id, 'restart')
    }
  }

  /** Recorded, as everything that is done; simulated time itself goes as fast as it can be computed. */
  setTimeScale(scale: number): void {
    this.#action({ do: 'timeScale', scale })
  }

  setLoad(load: Load | null): void {
    this.#load = load ?? undefined
    this.#isLoadAwaited = false
    this.#action({ do: 'load', load })
    this.#clients.set(this.#load)
  }

  /** One operation of the client `you` or of another; those of one client wait for one another. */
  operate(op: Json, done: (finished: Finished) => void, asking?: Asking): void {
    this.#clients.operate(op, done, asking)
  }

  /** Ends the run: operations under way stay without a result. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#clients.end()
    this.#action({ do: 'end' })
  }

  /** Goes on where another run was. */
  #continue(cut: Cut, seed: number, latencyMsMax: number): void {
    const { nodes, links, flights, faults, armed, clients, load } = cut
    this.#agenda.nowUs = cut.atUs
    this.reseed(seed)
    for (const fault of faults) this.faults.set(fault.id, fault)
    this.#armed = armed
    for (const { from, to, fate } of links) this.#link(from, to).continue(fate)
    for (const [endpoint, node] of nodes.entries()) this.#nodes[endpoint]?.continue(node)
    for (const flight of arriving(flights, cut.atUs, seed, latencyMsMax)) this.#link(flight.letter.from, flight.letter.to).put(flight)
    for (const [endpoint, { doing }] of nodes.entries()) if (doing) this.#finish(this.#nodes[endpoint] as SimNode, doing)
    this.#desk.continue(clients)
    this.#load = load
    if (load) this.#clients.set(load, clients.begun)
    for (const { op, client: by, of, again } of clients.open) {
      if (again) this.operate(op, () => {}, { by, ...(of === undefined ? {} : { of: this.nodes.indexOf(of) }) })
    }
  }

  /** Somebody has begun to do this to a node. */
  #finish(node: SimNode, doing: NodeAction): void {
    const runs = node.status === 'up' || node.status === 'paused'
    switch (doing) {
      case 'crash':
        return runs ? node.crash() : undefined
      case 'restart':
        if (runs) node.crash()
        return node.status === 'down' ? node.boot() : undefined
      case 'pause':
        return node.status === 'up' ? node.pause() : undefined
      case 'resume':
        return node.status === 'paused' ? node.resume() : undefined
      case 'wipe':
        return node.status === 'down' ? node.wipe() : undefined
      case 'add':
        return undefined // it is starting
      case 'remove':
        return node.status === 'empty' ? undefined : node.remove()
      default:
        return doing satisfies never
    }
  }

  /** The load of the configuration begins when all nodes are up for the first time. */
  #beginLoad(): void {
    const { load } = this.config
    if (load && this.isBegun) this.setLoad(load)
  }

  #post(letter: Letter): void {
    this.#link(letter.from, letter.to).enter(letter)
  }

  #link(from: number, to: number): SimLink {
    return this.#links[from * this.endpoints.length + to] as SimLink
  }

  #linksOf({ target }: ArmedFault): SimLink[] {
    return linksOf(target, this.endpoints).map(({ from, to }) => this.#link(from, to))
  }

  #armedFault(id: FaultId): ArmedFault {
    const armed = this.faults.get(id)
    if (!armed) throw new SimulationError(`${id} is not armed.`, 'absent')
    return armed
  }

  #action(action: ActionEvent['action']): void {
    this.#sink.happened({ kind: 'action', atUs: this.#agenda.nowUs, action })
  }

  /** The base latency is the middle and the half of a jitter, so that the link's own dice draw it. */
  #makeLinks(latencyMs: Range): (SimLink | undefined)[] {
    const { seed, network } = this.config
    const clients = this.nodes.length
    const half = (latencyMs.max - latencyMs.min) / 2
    const world = {
      ...{ agenda: this.#agenda, sink: this.#sink },
      isThere: (to: number) => to === clients || this.#isUp(to),
      receive: (letter: Letter) => (letter.to === clients ? this.#desk.receive(letter) : this.#nodes[letter.to]?.receive(letter)),
      typeName: (type: number) => this.messageTypes[type] as string,
    }
    return this.endpoints.flatMap((_, from) =>
      this.endpoints.map((_, to) => {
        if (from === to) return undefined
        const own = from === clients || to === clients ? { delayMs: 0, jitterMs: 0 } : network
        const cost = { delayMs: own.delayMs + latencyMs.min + half, jitterMs: own.jitterMs + half }
        return new SimLink(world, { seed, from, to, network: cost })
      }),
    )
  }

  #isUp(endpoint: number): boolean {
    const { status } = this.#nodes[endpoint] as SimNode
    return status === 'up' || status === 'paused'
  }
}

/** Counts what passes; a bare run ends here. */
class Counted implements Sink {
  readonly #run: Simulation
  readonly #sink: Sink | undefined

  constructor(run: Simulation, sink: Sink | undefined) {
    this.#run = run
    this.#sink = sink
  }

  stepped(step: StepSeen): void {
    this.#run.events += 1
    this.#run.steps += 1
    this.#sink?.stepped(step)
  }

  spoke(word: Word): void {
    this.#run.events += 1
    this.#sink?.spoke(word)
  }

  sent(letter: Letter, atUs: number): void {
    this.#run.events += 1
    this.#sink?.sent(letter, atUs)
  }

  delivered(letter: Letter, copy: number, atUs: number): void {
    this.#run.events += 1
    this.#sink?.delivered(letter, copy, atUs)
  }

  dropped(letter: Letter, copy: number, why: DropEvent['why'], atUs: number): void {
    this.#run.events += 1
    this.#sink?.dropped(letter, copy, why, atUs)
  }

  held(letter: Letter, fault: FaultId, atUs: number): void {
    this.#run.events += 1
    this.#sink?.held(letter, fault, atUs)
  }

  happened(event: Unnumbered<NodeEvent | ActionEvent>): void {
    this.#run.events += 1
    this.#sink?.happened(event)
  }
}
