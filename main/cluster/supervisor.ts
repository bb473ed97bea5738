/**
 * Keeps the processes of one live run: a process per node, and one for all clients. What it does to them it does for
 * real: crash is kill -9, pause is SIGSTOP, and a node comes back from its own disk or not at all.
 */
import path from 'node:path'
import { type Load, membersOf, type RunConfig } from '../../protocols/core/config.ts'
import type { ActionEvent, NodeChange, Unnumbered } from '../../protocols/core/event.ts'
import type { NodeAction } from '../../protocols/core/fault.ts'
import { CLIENTS, type EndpointId, type NodeId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import { isOut, type NodeStatus } from '../../protocols/core/moment.ts'
import { LabError } from '../contract/errors.ts'
import {
  type ClientsSettings,
  type ContinuedClients,
  type FromProcess,
  type NodeSettings,
  type Onset,
  SETTINGS_VARIABLE,
} from '../contract/process.ts'
import type { ProcessEntries } from './entries.ts'
import type { NodeLauncher } from './launcher.ts'
import { type End, Member, startFailed } from './member.ts'
import { Node, type NodeState } from './node.ts'
import { TapEnds } from './tapEnds.ts'

/** What the cluster needs of the proxy; a ProxyThread is one. */
export interface ClusterNetwork {
  readonly ports: { readonly tapPort: number; readonly linkPorts: { readonly [from: string]: { readonly [to: string]: number } } }
  setTarget(node: NodeId, port: number | undefined, life: number): void
  event(event: Unnumbered): void
}

export interface ClusterSettings {
  readonly run: string
  readonly secret: string
  /** The machine's monotonic clock in microseconds (process.hrtime) at which the run began. */
  readonly epochUs: number
  readonly config: RunConfig
  readonly nodes: readonly NodeId[]
  readonly messageTypes: readonly string[]
  /** The nodes' disks: a folder each in here, created when missing. */
  readonly disksFolder: string
  readonly launcher: NodeLauncher
  readonly entries: ProcessEntries
  readonly network: ClusterNetwork
  /** It goes on where another run was: how each node stood there. Nothing happens then before `begin`. */
  readonly past?: { readonly nodes: readonly PastNode[]; readonly timeScale: number }
  /** The load has done all its operations (`Load.operations`) and stopped. */
  onLoadDone?(): void
  /** Something went wrong that no caller waits for: a node that ended by itself, say. */
  onTrouble?(text: string): void
}

export interface PastNode {
  readonly status: NodeStatus
  readonly life: number
  readonly step: number
}

/** How an operation of the client bar went. */
export interface OperationAnswer {
  readonly operation: number
  readonly is: 'ok' | 'refused' | 'unknown'
  readonly result?: Json
  readonly why?: string
  readonly latencyMs: number
}

type Answered = { readonly resolve: (answer: OperationAnswer) => void; readonly reject: (error: LabError) => void }

/** What a process gets to end in good order before it is killed. */
const GRACE_MS = 1500
const LINE_LENGTH_MAX = 10_000

/** All rejections are LabErrors. */
export class Supervisor {
  readonly #settings: ClusterSettings
  readonly #nodes = new Map<NodeId, Node>()
  readonly #clients: Member
  /** There from the beginning. */
  readonly #members: readonly NodeId[]
  readonly #taps = new TapEnds()
  readonly #calls = new Map<number, Answered>()
  #lastCall = 0
  #timeScale: number
  #epochUs: number
  /** What is to be recorded when time goes on; undefined once it does. */
  #untold: (() => void)[] | undefined
  #ending: Promise<void> | undefined

  constructor(settings: ClusterSettings) {
    this.#settings = settings
    this.#timeScale = settings.past?.timeScale ?? settings.config.timeScale
    this.#epochUs = settings.epochUs
    this.#untold = settings.past ? [] : undefined
    this.#members = membersOf(settings.config)
    for (const [index, id] of settings.nodes.entries()) this.#nodes.set(id, this.#makeNode(id, index))
    this.#clients = new Member({
      name: CLIENTS,
      entry: settings.entries.clients,
      launcher: settings.launcher,
      environment: (life) => environment(this.#clientsSettings(life)),
      onMessage: (message) => this.#onClientsMessage(message),
      onLine: (stream, line) => this.#output(CLIENTS, stream, line),
      onEnd: (_, end) => this.#onClientsEnd(end),
    })
  }

  /** Starts all processes side by side, then the load of the configuration. Resolves when all are up; rejects with `start-failed`, everything ended again. */
  async start(): Promise<void> {
    const { past } = this.#settings
    const isThere = (index: number) => !isOut(past?.nodes[index]?.status ?? (this.#isEmpty(index) ? 'empty' : 'starting'))
    const running = [...this.#nodes.values()].filter((_, index) => isThere(index))
    const starts = [this.#clients.start(), ...running.map((node) => node.start())]
    const failed = (await Promise.allSettled(starts)).find((start) => start.status === 'rejected')
    if (failed) {
      await this.stop()
      const { reason } = failed
      throw reason instanceof LabError ? reason : startFailed('The process of the clients', reason)
    }
    if (this.#settings.config.load && !this.#ending && !past) this.setLoad(this.#settings.config.load)
  }

  /** Time goes on where another run was. `finish`: what somebody had begun to do to a node there. */
  async begin(onset: Onset, clients: ContinuedClients, finish: readonly (NodeAction | undefined)[]): Promise<void> {
    const { past, nodes } = this.#settings
    this.#epochUs = onset.epochUs
    const untold = this.#untold ?? []
    this.#untold = undefined
    for (const tell of untold) tell()
    const paused = nodes.filter((_, index) => past?.nodes[index]?.status === 'paused')
    await Promise.all(paused.map((id) => this.#nodes.get(id)?.act('pause', () => {})))
    for (const node of this.#nodes.values()) node.send({ kind: 'begin', ...onset })
    this.#clients.send({ kind: 'begin', ...onset, clients })
    const doing = finish.map((action, index) => action && this.#nodes.get(nodes[index] as NodeId)?.act(action, () => {}))
    for (const done of doing) done?.catch(() => undefined) // it was done already, or cannot be any more
  }

  /** To be called from the proxy's onTapClosed: a node's `down` is recorded after the last of its steps. */
  tapClosed(endpoint: EndpointId, life: number): void {
    this.#taps.closed(endpoint, life)
  }

  nodeStates(): readonly NodeState[] {
    return [...this.#nodes.values()].map((node) => node.state())
  }

  /** Records the action and carries it out; resolves when the change is recorded. Rejects with `node-down` or `bad-request` when the node is not in a state for it. */
  async act(id: NodeId, action: NodeAction): Promise<void> {
    this.#checkLive()
    const node = this.#nodes.get(id)
    if (!node) throw new LabError('not-found', `There is no node ${id} in this run.`, `Its nodes are ${this.#settings.nodes.join(', ')}.`)
    const done = node.act(action, () => {
      if (action === 'remove') this.#seat(id, false)
      this.#action({ do: 'node', node: id, what: action })
    })
    await (action === 'add' ? done.finally(() => this.#seat(id, true)) : done)
  }

  /** Clients ask whoever is there. */
  #seat(id: NodeId, isTaken: boolean): void {
    this.#clients.send({ kind: 'seat', node: this.#settings.nodes.indexOf(id), isTaken })
  }

  #isEmpty(index: number): boolean {
    const { past } = this.#settings
    return past ? past.nodes[index]?.status === 'empty' : index >= this.#members.length
  }

  /** Records what a node is told, and tells it. Rejects with `node-down` when it does not run. */
  tell(id: NodeId, control: Control): void {
    this.#checkLive()
    const node = this.#nodes.get(id)
    if (node?.state().status !== 'up') {
      const status = node?.state().status ?? 'not in this run'
      const is = status === 'empty' ? 'not there' : status
      throw new LabError(
        'node-down',
        `${id} is ${is}: it hears nothing.`,
        status === 'empty' ? 'Add it first.' : 'Restart or resume it first.',
      )
    }
    this.#action({ do: 'control', node: id, control })
    node.send({ kind: 'control', control })
  }

  /** Resumes what is paused and restarts what is down. */
  async heal(): Promise<void> {
    this.#checkLive()
    const mend = ({ node, status }: NodeState) =>
      status === 'paused' ? this.act(node, 'resume') : status === 'down' ? this.act(node, 'restart') : undefined
    const failed = (await Promise.allSettled(this.nodeStates().map(mend))).find((act) => act.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** One operation of the client `you` or of another. Those of one client wait for one another. */
  operate(op: Json, asking: { readonly by?: string; readonly of?: number } = {}): Promise<OperationAnswer> {
    return new Promise((resolve, reject) => {
      this.#checkLive()
      if (!this.#clients.isRunning)
        throw new LabError('internal', 'The process of the clients has ended.', 'Stop this run and start another.')
      const call = ++this.#lastCall
      this.#calls.set(call, { resolve, reject })
      this.#clients.send({ kind: 'operate', call, op, asking })
    })
  }

  /** Starts, changes or (null) stops the load, and records it. */
  setLoad(load: Load | null): void {
    this.#checkLive()
    this.#action({ do: 'load', load })
    this.#clients.send({ kind: 'load', load })
  }

  /** For the processes' timers. Tell the proxy too: that records it. */
  setTimeScale(scale: number): void {
    this.#timeScale = scale
    for (const member of this.#processes()) member.send({ kind: 'timeScale', scale })
  }

  #processes(): (Member | Node)[] {
    return [this.#clients, ...this.#nodes.values()]
  }

  /** Ends all processes in good order: asked first, killed by id after a grace. Safe to call twice, and after a failed start. */
  stop(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  async #end(): Promise<void> {
    await this.#clients.stop(GRACE_MS) // first, so that no operation fails only because its node was told to end
    for (const { reject } of this.#calls.values()) reject(ended())
    this.#calls.clear()
    const nodes = [...this.#nodes.values()]
    await Promise.all(nodes.map((node) => node.stop(GRACE_MS)))
    await Promise.all([...nodes.map(({ id, life }) => this.#taps.wait(id, life)), this.#taps.wait(CLIENTS, this.#clients.life)])
  }

  #makeNode(id: NodeId, index: number): Node {
    const { entries, launcher, network, disksFolder } = this.#settings
    const folder = path.join(disksFolder, id)
    return new Node({
      ...{ id, folder, entry: entries.node, launcher, lives: this.#livesBefore(index), isEmpty: this.#isEmpty(index) },
      environment: (life) => environment(this.#nodeSettings(id, index, folder, life)),
      setTarget: (port, life) => network.setTarget(id, port, life),
      tapClosed: (life) => this.#taps.wait(id, life),
      changed: (change) => this.#change(id, change),
      stoppedChanged: () => this.#tellStopped(),
      onLine: (stream, line) => this.#output(id, stream, line),
      onTrouble: (text) => this.#trouble(text),
    })
  }

  /** A life that goes on is begun again under its own number. */
  #livesBefore(index: number): number {
    const past = this.#settings.past?.nodes[index]
    return past === undefined ? 0 : isOut(past.status) ? past.life : Math.max(0, past.life - 1)
  }

  #nodeSettings(id: NodeId, endpoint: number, dataFolder: string, life: number): NodeSettings {
    const { sync } = this.#settings.config
    const waits = this.#untold === undefined ? {} : { waits: true }
    return { as: 'node', id, sync, dataFolder, ...waits, ...this.#common(id, endpoint, life) }
  }

  #clientsSettings(life: number): ClientsSettings {
    const empty = [...this.#settings.nodes.keys()].filter((index) => this.#isEmpty(index))
    return { as: 'clients', empty, ...this.#common(CLIENTS, this.#settings.nodes.length, life) }
  }

  #common(endpoint: EndpointId, index: number, life: number) {
    const { run, secret, nodes, messageTypes, config, network } = this.#settings
    const epochUs = this.#epochUs
    const { protocol, service, options, seed } = config
    const { tapPort, linkPorts } = network.ports
    const of = { run, secret, nodes, members: this.#members, messageTypes, epochUs, protocol, service, options, seed, tapPort }
    return { ...of, endpoint: index, life, timeScale: this.#timeScale, linkPorts: linkPorts[endpoint] ?? {} }
  }

  #onClientsMessage(message: FromProcess): void {
    if (message.kind === 'loadDone') return this.#settings.onLoadDone?.()
    if (message.kind !== 'answer') return
    const { kind: _, call, ...answer } = message
    this.#calls.get(call)?.resolve(answer)
    this.#calls.delete(call)
  }

  #onClientsEnd(end: End): void {
    if (end.asked) return
    this.#trouble(`The process of the clients has ended: ${end.reason}. The client bar and the load of this run are gone.`)
    for (const { reject } of this.#calls.values()) reject(new LabError('internal', `The process of the clients has ended: ${end.reason}.`))
    this.#calls.clear()
  }

  /** Should the engine be killed now, somebody must end those that cannot do so themselves: whoever is left. */
  #tellStopped(): void {
    const pids = [...this.#nodes.values()].filter((node) => node.isStopped).map((node) => node.pid)
    for (const member of this.#processes()) member.send({ kind: 'stopped', pids: pids.filter((pid) => pid !== undefined) })
  }

  #change(node: NodeId, change: NodeChange): void {
    if (this.#ending && change.is === 'down') return // the run's end says it for all
    const tell = () => this.#settings.network.event({ kind: 'node', atUs: this.#atUs(), node, change })
    if (this.#untold) this.#untold.push(tell)
    else tell()
  }

  #action(action: ActionEvent['action']): void {
    this.#settings.network.event({ kind: 'action', atUs: this.#atUs(), action })
  }

  #output(node: EndpointId, stream: 'out' | 'err', line: string): void {
    this.#settings.network.event({ kind: 'output', atUs: this.#atUs(), node, stream, line: line.slice(0, LINE_LENGTH_MAX) })
  }

  #trouble(text: string): void {
    if (this.#ending === undefined) this.#settings.onTrouble?.(text)
  }

  #checkLive(): void {
    if (this.#ending !== undefined) throw ended()
  }

  #atUs(): number {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e6 + nanoseconds / 1e3 - this.#epochUs
  }
}

const environment = (settings: NodeSettings | ClientsSettings) => ({ [SETTINGS_VARIABLE]: JSON.stringify(settings) })

const ended = (): LabError => new LabError('run-ended', 'The run has ended.', 'Start another run.')
