/**
 * A cluster on a stage: nothing moves unless the test says so. Messages wait in flight until they are delivered or dropped
 * by name; timers run out when told to. For counter-examples that need one exact order of events.
 */
import type { Effect } from '../../protocols/core/effect.ts'
import { type NodeId, nodeId, nodeIds } from '../../protocols/core/ids.ts'
import type { ClientOutcome, ClientRequest, Control, Input } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage, Machine, ProtocolDefinition, Step } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { Observer } from './observer.ts'

export interface Flight<M> {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: M
}

interface Actor<S> {
  state: S | undefined
  life: number
  readonly disk: Json[]
}

export class Stage<S, M extends AnyMessage> {
  readonly definition: ProtocolDefinition<S, M, unknown>
  readonly nodes: readonly NodeId[]
  readonly observer: Observer<S, M>
  /** In the order in which they were sent. */
  inFlight: Flight<M>[] = []
  readonly replies = new Map<number, ClientOutcome>()
  /** Called with every effect, for those who print. */
  onEffect: (node: NodeId, effect: Effect<M>) => void = () => {}
  readonly #machine: Machine<S, M>
  readonly #options: unknown
  readonly #members: readonly NodeId[]
  readonly #actors = new Map<NodeId, Actor<S>>()
  #nextRequest = 1

  /** `disks` are what the nodes had persisted before, by name. */
  constructor(
    definition: ProtocolDefinition<S, M, unknown>,
    service: AnyService,
    setup: { nodes: number; members?: number; options?: unknown; disks?: { readonly [node: string]: readonly Json[] } },
  ) {
    this.definition = definition
    this.nodes = nodeIds(setup.nodes)
    this.#members = nodeIds(setup.members ?? setup.nodes)
    this.observer = new Observer(definition)
    this.#machine = definition.machine(service)
    this.#options = definition.options.parse(setup.options ?? {})
    for (const node of this.nodes) {
      this.#actors.set(node, { state: undefined, life: 0, disk: [...(setup.disks?.[node] ?? [])] })
      this.start(node)
    }
  }

  /** Throws when the node is down. */
  state(node: string): S {
    const { state } = this.#actor(node)
    if (state === undefined) throw new Error(`${node} is down`)
    return state
  }

  isUp(node: string): boolean {
    return this.#actor(node).state !== undefined
  }

  start(node: string): void {
    const actor = this.#actor(node)
    if (actor.state !== undefined) throw new Error(`${node} is up already`)
    actor.life++
    const id = nodeId(node)
    const input = {
      kind: 'start',
      id,
      nodes: this.nodes,
      members: this.#members,
      options: this.#options,
      recovered: [...actor.disk],
      nowMs: 0,
      coin: 0,
    } as const
    this.#take(id, input, this.#machine.start(input))
  }

  /** The process is gone, and with it what was on its way to and from it. */
  crash(node: string): void {
    this.#actor(node).state = undefined
    this.inFlight = this.inFlight.filter(({ from, to }) => from !== node && to !== node)
  }

  /** Empties the disk of a node that is down. */
  wipe(node: string): void {
    if (this.isUp(node)) throw new Error(`${node} is up: crash it first`)
    this.#actor(node).disk.length = 0
  }

  timer(node: string, name: string): void {
    this.#step(nodeId(node), { kind: 'timer', name, nowMs: 0, coin: 0 })
  }

  /** Returns the request's number, under which its outcome will stand in `replies`. */
  request(node: string, request: ClientRequest): number {
    const id = this.#nextRequest++
    this.#step(nodeId(node), { kind: 'request', id, request, nowMs: 0, coin: 0 })
    return id
  }

  /** Tells a node one of the protocol's controls. */
  tell(node: string, control: Control): void {
    this.#step(nodeId(node), { kind: 'control', id: nodeId(node), nodes: this.nodes, control, nowMs: 0, coin: 0 })
  }

  /** Hands a message over as if it had just come, whether or not it was ever sent. */
  inject(to: string, from: string, message: M): void {
    const copy = this.definition.message.parse(JSON.parse(JSON.stringify(message)))
    this.#step(nodeId(to), { kind: 'message', from: nodeId(from), message: copy, nowMs: 0, coin: 0 })
  }

  /** Delivers the oldest message in flight that fits. Throws when there is none. */
  deliver(fits: { from?: string; to?: string; kind?: string }): Flight<M> {
    const flight = this.#takeOut(fits)
    if (this.isUp(flight.to)) this.inject(flight.to, flight.from, flight.message)
    return flight
  }

  drop(fits: { from?: string; to?: string; kind?: string }): Flight<M> {
    return this.#takeOut(fits)
  }

  dropAll(fits: { from?: string; to?: string; kind?: string } = {}): number {
    const kept = this.inFlight.filter((flight) => !matches(flight, fits))
    const dropped = this.inFlight.length - kept.length
    this.inFlight = kept
    return dropped
  }

  /** Delivers among `among` (all by default) until nothing is in flight there; other messages stay. */
  settle(among: readonly string[] = this.nodes): void {
    for (let left = 100_000; ; left--) {
      if (left === 0) throw new Error('the cluster does not come to rest')
      const flight = this.inFlight.find(({ from, to }) => among.includes(from) && among.includes(to))
      if (!flight) return
      this.inFlight.splice(this.inFlight.indexOf(flight), 1)
      if (this.isUp(flight.to)) this.inject(flight.to, flight.from, flight.message)
    }
  }

  #takeOut(fits: { from?: string; to?: string; kind?: string }): Flight<M> {
    const index = this.inFlight.findIndex((flight) => matches(flight, fits))
    const [flight] = index === -1 ? [] : this.inFlight.splice(index, 1)
    if (!flight) {
      const there = this.inFlight.map(({ from, to, message }) => `${from} -> ${to} ${message.kind}`).join(', ')
      throw new Error(`nothing in flight fits ${JSON.stringify(fits)}; there is: ${there || 'nothing'}`)
    }
    return flight
  }

  #actor(node: string): Actor<S> {
    const actor = this.#actors.get(nodeId(node))
    if (!actor) throw new Error(`${node} is no node of this cluster`)
    return actor
  }

  #step(node: NodeId, input: Input<M>): void {
    this.#take(node, input, this.#machine.step(this.state(node), input))
  }

  #take(node: NodeId, input: Parameters<Observer<S, M>['see']>[0]['input'], step: Step<S, M>): void {
    const actor = this.#actor(node)
    const before = actor.state
    actor.state = step.state
    this.observer.see({ node, life: actor.life, input, before, after: step.state, effects: step.effects })
    let mark: number | undefined
    for (const effect of step.effects) {
      if (effect.kind === 'persist') {
        if (effect.replaces) actor.disk.length = 0
        actor.disk.push(effect.record)
        mark = effect.mark ?? mark
      } else if (effect.kind === 'send') this.inFlight.push({ from: node, to: effect.to, message: effect.message })
      else if (effect.kind === 'reply') this.replies.set(effect.id, effect.outcome)
      this.onEffect(node, effect)
    }
    if (mark !== undefined) this.#step(node, { kind: 'durable', mark, nowMs: 0, coin: 0 }) // a disk on the stage takes no time
  }
}

function matches<M extends AnyMessage>(flight: Flight<M>, fits: { from?: string; to?: string; kind?: string }): boolean {
  return (
    (fits.from === undefined || flight.from === fits.from) &&
    (fits.to === undefined || flight.to === fits.to) &&
    (fits.kind === undefined || flight.message.kind === fits.kind)
  )
}
