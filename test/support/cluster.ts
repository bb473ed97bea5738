/**
 * A small whole cluster in one seeded loop: a virtual clock, a network that loses, repeats, reorders and parts, disks that
 * a crash robs of what was not synced, and clients that repeat what they do not hear of. Every step is judged. The same
 * seed gives the same run. It serves tests of the protocols; it is not the lab's simulator.
 */
import { type NodeId, nodeIds } from '../../protocols/core/ids.ts'
import type { ClientOutcome, ClientRequest, Input, StartInput } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage, Machine, ProtocolDefinition, Step } from '../../protocols/core/machine.ts'
import { between, draw, fraction, Purpose } from '../../protocols/core/prng.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { Observer } from './observer.ts'

export interface Weather {
  readonly loss: number
  readonly duplicate: number
  readonly delayMsMin: number
  readonly delayMsMax: number
  /** How likely a message takes up to STRAGGLE_MS instead. */
  readonly straggle: number
}

const STRAGGLE_MS = 3_000

export interface ClusterSetup {
  readonly nodes: number
  readonly seed: number
  readonly options?: unknown
  readonly weather: Weather
  /** A step's messages leave when its records are durable: this long after it. */
  readonly syncMs: number
}

export const fairWeather: Weather = { loss: 0, duplicate: 0, delayMsMin: 0.1, delayMsMax: 1, straggle: 0 }

/** What a step asked for that waits for the disk. */
interface Output<M> {
  readonly records: readonly Json[]
  /** The first of the records stands for all before it. */
  readonly replaces: boolean
  readonly sends: readonly { readonly to: NodeId; readonly message: M }[]
  readonly replies: readonly { readonly id: number; readonly outcome: ClientOutcome }[]
}

interface Host<S, M> {
  state: S | undefined
  life: number
  step: number
  disk: Json[]
  /** Outputs not durable yet, oldest first. */
  unsynced: Output<M>[]
  /** Timer name -> which setting of it counts. */
  readonly timers: Map<string, number>
}

export class Cluster<S, M extends AnyMessage> {
  readonly nodes: readonly NodeId[]
  readonly observer: Observer<S, M>
  /** How often each note was heard. */
  readonly notes = new Map<string, number>()
  nowMs = 0
  steps = 0
  weather: Weather
  readonly setup: ClusterSetup
  readonly #definition: ProtocolDefinition<S, M, unknown>
  readonly #machine: Machine<S, M>
  readonly #options: unknown
  readonly #hosts = new Map<NodeId, Host<S, M>>()
  readonly #agenda = new Agenda()
  readonly #asked = new Map<number, (outcome: ClientOutcome) => void>()
  #groups: readonly (readonly NodeId[])[] = []
  #tokens = 0
  #throws = 0

  constructor(definition: ProtocolDefinition<S, M, unknown>, service: AnyService, setup: ClusterSetup) {
    this.setup = setup
    this.weather = setup.weather
    this.nodes = nodeIds(setup.nodes)
    this.observer = new Observer(definition)
    this.#definition = definition
    this.#machine = definition.machine(service)
    this.#options = definition.options.parse(setup.options ?? {})
    for (const id of this.nodes) {
      this.#hosts.set(id, { state: undefined, life: 0, step: 0, disk: [], unsynced: [], timers: new Map() })
      this.restart(id)
    }
  }

  /** The next unsigned 32-bit integer of this run. */
  coin = (): number => draw(this.setup.seed, Purpose.client, this.#throws++)

  state(id: NodeId): S | undefined {
    return this.#host(id).state
  }

  after(ms: number, act: () => void): void {
    this.#agenda.add(this.nowMs + ms, act)
  }

  /** Runs until the clock stands at `untilMs`, or until `done` says so or an invariant breaks. */
  run(untilMs: number, done: () => boolean = () => false): void {
    while (this.observer.violations.length === 0 && !done()) {
      const next = this.#agenda.next(untilMs)
      if (!next) {
        this.nowMs = untilMs
        return
      }
      this.nowMs = next.atMs
      next.act()
    }
  }

  /** Of what was not synced, a prefix may still have reached the disk; its messages never leave. */
  crash(id: NodeId): void {
    const host = this.#host(id)
    if (host.state === undefined) return
    const kept = this.coin() % (host.unsynced.length + 1)
    for (const output of host.unsynced.slice(0, kept)) write(host.disk, output)
    host.state = undefined
    host.unsynced = []
    host.timers.clear()
  }

  restart(id: NodeId): void {
    const host = this.#host(id)
    if (host.state !== undefined) return
    host.life++
    host.step = 0
    const input: StartInput = {
      kind: 'start',
      id,
      nodes: this.nodes,
      members: this.nodes,
      options: this.#options,
      recovered: [...host.disk],
      ...this.#ambient(id),
    }
    this.#take(id, input, this.#machine.start(input))
  }

  /** Nothing crosses between groups; nodes in none of them reach everybody. */
  partition(groups: readonly (readonly NodeId[])[]): void {
    this.#groups = groups
  }

  /** Asks a node; the answer comes at most once, and perhaps never. */
  ask(id: NodeId, request: ClientRequest, hear: (outcome: ClientOutcome) => void): void {
    const number = ++this.#tokens
    this.#asked.set(number, hear)
    this.#travel(() => this.#step(id, { kind: 'request', id: number, request, ...this.#ambient(id) }))
  }

  #host(id: NodeId): Host<S, M> {
    return this.#hosts.get(id) as Host<S, M>
  }

  #ambient(id: NodeId): { nowMs: number; coin: number } {
    const host = this.#host(id)
    return { nowMs: this.nowMs, coin: draw(this.setup.seed, Purpose.coin, this.nodes.indexOf(id), host.life, host.step) }
  }

  #step(id: NodeId, input: Input<M>): void {
    const { state } = this.#host(id)
    if (state !== undefined) this.#take(id, input, this.#machine.step(state, input))
  }

  #take(id: NodeId, input: Input<M> | StartInput, { state, effects }: Step<S, M>): void {
    const host = this.#host(id)
    const before = host.state
    host.state = state
    host.step++
    this.steps++
    this.observer.see({ node: id, life: host.life, input, before, after: state, effects })
    const records: Json[] = []
    let replaces = false
    const sends: { to: NodeId; message: M }[] = []
    const replies: { id: number; outcome: ClientOutcome }[] = []
    for (const effect of effects) {
      if (effect.kind === 'persist') {
        records.push(effect.record)
        replaces ||= effect.replaces === true
      } else if (effect.kind === 'send') sends.push(effect)
      else if (effect.kind === 'reply') replies.push(effect)
      else if (effect.kind === 'note') this.notes.set(effect.note, (this.notes.get(effect.note) ?? 0) + 1)
      else if (effect.kind === 'cancelTimer') host.timers.delete(effect.name)
      else this.#setTimer(id, effect.name, effect.msMin, effect.msMax)
    }
    const output = { records, replaces, sends, replies }
    host.unsynced.push(output)
    const { life } = host
    this.after(records.length > 0 ? this.setup.syncMs : 0, () => this.#synced(id, life, output))
  }

  /** Everything up to and with `output` is durable: what it said may leave, in order. */
  #synced(id: NodeId, life: number, output: Output<M>): void {
    const host = this.#host(id)
    if (host.life !== life || !host.unsynced.includes(output)) return
    // A later step that wrote nothing waits for the records of those before it.
    if (output.records.length === 0 && host.unsynced[0] !== output) return
    const durable = host.unsynced.indexOf(output) + 1
    // So may what later steps said that wrote nothing.
    const waiting = host.unsynced.findIndex(({ records }, index) => index >= durable && records.length > 0)
    for (const next of host.unsynced.splice(0, waiting === -1 ? host.unsynced.length : waiting)) {
      write(host.disk, next)
      for (const { to, message } of next.sends) this.#send(id, to, message)
      for (const reply of next.replies) this.#travel(() => this.#hear(reply.id, reply.outcome))
    }
  }

  #hear(id: number, outcome: ClientOutcome): void {
    const hear = this.#asked.get(id)
    this.#asked.delete(id)
    hear?.(outcome)
  }

  #setTimer(id: NodeId, name: string, msMin: number, msMax: number): void {
    const host = this.#host(id)
    const setting = ++this.#tokens
    host.timers.set(name, setting)
    this.after(between(this.coin(), msMin, msMax), () => {
      if (host.timers.get(name) !== setting) return
      host.timers.delete(name)
      this.#step(id, { kind: 'timer', name, ...this.#ambient(id) })
    })
  }

  #send(from: NodeId, to: NodeId, message: M): void {
    const text = JSON.stringify(message)
    const copies = fraction(this.coin()) < this.weather.duplicate ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      this.#travel(() => {
        if (this.#parted(from, to)) return
        this.#step(to, { kind: 'message', from, message: this.#definition.message.parse(JSON.parse(text)), ...this.#ambient(to) })
      })
    }
  }

  /** Every message takes its own time, so later ones overtake earlier ones. */
  #travel(arrive: () => void): void {
    if (fraction(this.coin()) < this.weather.loss) return
    const slow = fraction(this.coin()) < this.weather.straggle
    this.after(between(this.coin(), this.weather.delayMsMin, slow ? STRAGGLE_MS : this.weather.delayMsMax), arrive)
  }

  #parted(a: NodeId, b: NodeId): boolean {
    const groupOf = (id: NodeId) => this.#groups.findIndex((group) => group.includes(id))
    const [groupA, groupB] = [groupOf(a), groupOf(b)]
    return groupA !== -1 && groupB !== -1 && groupA !== groupB
  }
}

function write(disk: Json[], { records, replaces }: { readonly records: readonly Json[]; readonly replaces: boolean }): void {
  if (replaces) disk.length = 0
  disk.push(...records)
}

/** What is to happen, by time; what was added first comes first at equal times. A binary heap. */
class Agenda {
  readonly #heap: { atMs: number; order: number; act: () => void }[] = []
  #order = 0

  add(atMs: number, act: () => void): void {
    const heap = this.#heap
    let at = heap.push({ atMs, order: this.#order++, act }) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  /** Takes out the next thing that happens at or before `untilMs`. */
  next(untilMs: number): { atMs: number; act: () => void } | undefined {
    const heap = this.#heap
    const [first] = heap
    if (!first || first.atMs > untilMs) return undefined
    const last = heap.pop() as (typeof heap)[number]
    if (heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.#heap.length && this.#before(child, least)) least = child
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a], this.#heap[b]] as [{ atMs: number; order: number }, { atMs: number; order: number }]
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order)
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap
    ;[heap[a], heap[b]] = [heap[b] as (typeof heap)[number], heap[a] as (typeof heap)[number]]
  }
}
