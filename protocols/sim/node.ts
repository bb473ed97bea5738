/**
 * One simulated node through its lives: what a real node does (driver.ts and departures.ts of main/node), in simulated time. It
 * draws the same coins and timers, stamps and counts alike, and lets the messages of a step leave when everything persisted
 * before them is synced. A sync takes time; what is stepped meanwhile waits for the next one.
 */

import type { ClientReplyBody, ClientRequestBody, NodeEvent, Unnumbered } from '../core/event.ts'
import { messageId, type NodeId } from '../core/ids.ts'
import type { Control, Input, StartInput } from '../core/input.ts'
import { invariant } from '../core/invariant.ts'
import type { AnyMessage, Machine, Step } from '../core/machine.ts'
import { isOut } from '../core/moment.ts'
import { between, draw, Purpose } from '../core/prng.ts'
import { coinOf, timerMs } from '../host/dice.ts'
import { Stamps } from '../host/stamps.ts'
import { StepInputKind } from '../wire/tap.ts'
import type { Agenda, Due } from './agenda.ts'
import { type ClockSetting, NodeClock } from './clock.ts'
import type { NodeCut } from './cut.ts'
import { type DiskMark, SimDisk } from './disk.ts'
import type { Letter, Sink } from './sink.ts'

/** What nodes share. */
export interface NodeWorld {
  readonly agenda: Agenda
  readonly sink: Sink
  readonly machine: Machine<unknown, AnyMessage>
  /** Of all that is drawn from here on. */
  seed: number
  readonly nodes: readonly NodeId[]
  readonly members: readonly NodeId[]
  readonly timerNames: readonly string[]
  readonly typeOf: ReadonlyMap<string, number>
  readonly options: unknown
  readonly sync: 'batch' | 'never'
  readonly syncMs: { readonly min: number; readonly max: number }
  readonly bootMs: { readonly min: number; readonly max: number }
  /** Puts a letter on its link. */
  post(letter: Letter): void
}

type Timing = { readonly timer: number; readonly ms: number }
const NO_TIMINGS: readonly Timing[] = []

export class SimNode {
  readonly id: NodeId
  readonly endpoint: number
  readonly clock = new NodeClock()
  readonly disk = new SimDisk()
  status: 'down' | 'starting' | 'up' | 'paused' | 'empty' = 'down'
  life = 0
  step = 0
  state: unknown
  /** What a sync takes here, when not what it takes everywhere. */
  syncMs: { readonly min: number; readonly max: number } | undefined
  /** The disk was emptied since it last ran. */
  wiped = false
  /** Records that crashes took because they were not synced. */
  lostRecords = 0
  readonly #world: NodeWorld
  readonly #endpoints: ReadonlyMap<NodeId, number>
  #stamps: Stamps
  #messages = 0
  /** By timer, on the clock without its skew; Infinity when not set. */
  #deadlines: number[]
  #wake: Wake | undefined
  #wakeAtMs = Number.POSITIVE_INFINITY
  /** Letters of a step that nothing hinders any more, and those that wait for the sync under way. */
  #gathered: Letter[] = []
  #sealed: Letter[] = []
  /** Letters of the step under way that wait for no disk. */
  #early: Letter[] = []
  /** The last mark that the protocol has set, whose sync is under way, and of whose safety the protocol knows. */
  #markSet = 0
  #markSyncing = 0
  #markTold = 0
  #isUnsynced = false
  #isSyncing = false
  #syncs = 0
  /** What came while it stood still. */
  #inbox: Letter[] = []
  #isSyncedUnseen = false

  constructor(world: NodeWorld, endpoint: number) {
    this.#world = world
    this.endpoint = endpoint
    this.id = world.nodes[endpoint] as NodeId
    this.#endpoints = new Map(world.nodes.map((node, index) => [node, index]))
    this.#stamps = new Stamps(world.nodes.length + 1, endpoint)
    this.#deadlines = this.#noDeadlines()
  }

  /** Goes on where another one was. Before anything else happens it takes in what waits; what waits for its disk waits for one more sync. */
  continue(cut: NodeCut): void {
    const { agenda } = this.#world
    this.life = cut.life
    this.wiped = cut.wiped
    this.clock.continue(cut.time)
    this.syncMs = cut.syncMs
    this.disk.fill(() => cut.disk)
    this.#stamps.continue(cut.lamport, cut.clock)
    if (cut.status === 'starting') return this.boot()
    this.status = cut.status
    if (isOut(cut.status)) return
    this.step = cut.step
    this.state = cut.state
    this.#messages = cut.messages
    this.#deadlines = [...cut.deadlines]
    this.#markSet = cut.markSet
    this.#markTold = cut.markTold
    this.#gathered = [...cut.unsent]
    this.#isUnsynced = cut.unsent.length > 0 || cut.markSet > cut.markTold
    if (cut.status === 'paused') this.#inbox = [...cut.inbox]
    const { life } = this
    const isUp = () => this.life === life && this.status === 'up'
    if (this.#isUnsynced) agenda.add(agenda.nowUs, { happen: () => isUp() && this.#letGo() })
    if (cut.status === 'paused') return
    for (const letter of cut.inbox)
      agenda.add(agenda.nowUs, { happen: () => this.life === life && this.state !== undefined && this.receive(letter) })
    this.#arm(Math.min(...this.#deadlines))
  }

  /** Begins the next life: it is up after a while. */
  boot(): void {
    const { agenda, seed, bootMs } = this.#world
    this.status = 'starting'
    this.life += 1
    const { life } = this
    const ms = between(draw(seed, Purpose.boot, this.endpoint, life), bootMs.min, bootMs.max)
    agenda.add(agenda.nowUs + Math.round(ms * 1e3), { happen: () => this.life === life && this.status === 'starting' && this.#begin() })
  }

  /** The process and what it held in memory are gone, and all that its disk had not synced. */
  crash(): void {
    this.#end('down')
    this.#say({ is: 'down', asked: true, reason: 'killed' })
  }

  /** The same, and for good: its seat is empty. What its disk holds stays with it. */
  remove(): void {
    this.#end('empty')
    this.#say({ is: 'down', asked: true, reason: 'removed', removed: true })
  }

  #end(status: 'down' | 'empty'): void {
    this.status = status
    this.state = undefined
    this.lostRecords += this.disk.crash()
    this.#deadlines = this.#noDeadlines()
    this.#wake = undefined
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    this.#gathered = []
    this.#sealed = []
    this.#inbox = []
    this.#isUnsynced = false
    this.#isSyncing = false
    this.#isSyncedUnseen = false
  }

  /** It stands still: its timers pass by, and what arrives waits. */
  pause(): void {
    this.status = 'paused'
    this.#say({ is: 'paused' })
  }

  /** Takes in what waits first, then fires everything that is late: its own delay is not the silence of others. */
  resume(): void {
    this.status = 'up'
    this.#say({ is: 'resumed' })
    if (this.#isSyncedUnseen) this.#onSynced()
    const inbox = this.#inbox
    this.#inbox = []
    for (const letter of inbox) this.receive(letter)
    this.#fireDue()
  }

  wipe(): void {
    this.disk.wipe()
    this.wiped = true
    this.#say({ is: 'wiped' })
  }

  setClock(setting: ClockSetting): void {
    this.clock.set(setting, this.#world.agenda.nowUs)
    if (this.status === 'up') this.#arm(Math.min(...this.#deadlines))
  }

  receive(letter: Letter): void {
    if (this.status === 'paused') return void this.#inbox.push(letter)
    this.#stamps.hear(letter.lamport, letter.clock)
    const { nodes } = this.#world
    if (letter.from < nodes.length) {
      const input = { kind: 'message', from: nodes[letter.from] as NodeId, message: letter.body, ...this.#ambient() } as const
      return this.#take(input, StepInputKind.message, letter.message)
    }
    const { id, request } = letter.body as ClientRequestBody
    this.#take({ kind: 'request', id, request, ...this.#ambient() }, StepInputKind.request, letter.message)
  }

  /** Something that is no message of the protocol. Only while it is up. */
  tell(control: Control): void {
    this.#stamps.local()
    const { nodes } = this.#world
    this.#take({ kind: 'control', id: this.id, nodes, control, ...this.#ambient() }, StepInputKind.control, 0)
  }

  #begin(): void {
    const { nodes, members, options, machine } = this.#world
    const { lamport, clock } = this.#stamps
    this.#stamps = new Stamps(nodes.length + 1, this.endpoint)
    this.#stamps.beginAt({ lamport, own: clock[this.endpoint] as number })
    this.status = 'up'
    this.wiped = false
    this.step = 0
    this.#messages = 0
    this.#markSet = 0
    this.#markTold = 0
    this.#say({ is: 'up', pid: 0, life: this.life })
    this.#stamps.local()
    const recovered = this.disk.recovered()
    const input: StartInput = { kind: 'start', id: this.id, nodes, members, options, recovered, ...this.#ambient() }
    this.#carryOut(input, machine.start(input), StepInputKind.start, recovered.length)
  }

  #say(change: NodeEvent['change']): void {
    this.#world.sink.happened({ kind: 'node', atUs: this.#world.agenda.nowUs, node: this.id, change } as Unnumbered<NodeEvent>)
  }

  /** Time and dice of the next step. */
  #ambient(): { nowMs: number; coin: number } {
    this.step += 1
    return { nowMs: this.clock.nowMs(this.#world.agenda.nowUs), coin: coinOf(this.#world.seed, this.endpoint, this.life, this.step) }
  }

  #take(input: Input<AnyMessage>, kind: number, subject: number): void {
    this.#carryOut(input, this.#world.machine.step(this.state, input), kind, subject)
  }

  #carryOut(input: Input<AnyMessage> | StartInput, step: Step<unknown, AnyMessage>, inputKind: number, subject: number): void {
    const { sink, agenda } = this.#world
    const before = this.state
    this.state = step.state
    const sendFirst = this.#messages + 1
    let timings = NO_TIMINGS as Timing[]
    let persisted = 0
    // One copy for all letters of the step.
    let clock: Uint32Array | undefined
    for (const effect of step.effects) {
      switch (effect.kind) {
        case 'send': {
          const to = this.#endpoints.get(effect.to)
          invariant(to !== undefined && to !== this.endpoint, `a protocol sends to other nodes of its cluster, not to ${effect.to}`)
          clock ??= this.#stamps.clock.slice()
          const letter = this.#letter(to, effect.message, clock)
          if (effect.early && !this.#waitsFor(to)) this.#early.push(letter)
          else this.#gathered.push(letter)
          break
        }
        case 'reply': {
          const body: ClientReplyBody = { kind: 'ClientReply', id: effect.id, outcome: effect.outcome }
          clock ??= this.#stamps.clock.slice()
          this.#gathered.push(this.#letter(this.#world.nodes.length, body, clock))
          break
        }
        case 'persist':
          if (effect.replaces) this.disk.replace(effect.record)
          else this.disk.append(effect.record)
          if (effect.mark !== undefined) this.#markSet = effect.mark
          persisted += 1
          break
        case 'setTimer':
          if (timings === NO_TIMINGS) timings = []
          timings.push(this.#setTimer(effect.name, effect.msMin, effect.msMax))
          break
        case 'cancelTimer': {
          if (timings === NO_TIMINGS) timings = []
          const timer = this.#timerOf(effect.name)
          this.#deadlines[timer] = Number.POSITIVE_INFINITY
          timings.push({ timer, ms: Number.NaN })
          break
        }
        case 'note':
          break
        default:
          effect satisfies never
      }
    }
    sink.stepped({
      endpoint: this.endpoint,
      node: this.id,
      life: this.life,
      step: this.step,
      atUs: agenda.nowUs,
      nowMs: input.nowMs,
      lamport: this.#stamps.lamport,
      clock: this.#stamps.clock,
      inputKind,
      subject,
      sendFirst,
      sendCount: this.#messages - sendFirst + 1,
      persisted,
      timers: timings,
      input,
      before,
      after: step.state,
      effects: step.effects,
    })
    if (persisted > 0) this.#isUnsynced = true
    if (this.#early.length > 0) this.#early = this.#postAll(this.#early)
    this.#letGo()
  }

  /** Does something stand before on the link, that may not leave yet? */
  #waitsFor(to: number): boolean {
    const isTo = (letter: Letter) => letter.to === to
    return this.#gathered.some(isTo) || this.#sealed.some(isTo)
  }

  #letter(to: number, body: AnyMessage, clock: Uint32Array): Letter {
    const { typeOf, agenda } = this.#world
    const type = typeOf.get(body.kind)
    invariant(type !== undefined, `a protocol sends messages that it has declared, not ${body.kind}`)
    const number = ++this.#messages
    return {
      message: messageId(this.endpoint, this.life, number),
      from: this.endpoint,
      to,
      type,
      number,
      life: this.life,
      step: this.step,
      lamport: this.#stamps.lamport,
      clock,
      sentAtUs: agenda.nowUs,
      body,
    }
  }

  /** Letters leave when everything persisted before them is durable. */
  #letGo(): void {
    if (this.#isSyncing) return
    if (!this.#isUnsynced || this.#world.sync === 'never') {
      if (this.#gathered.length > 0) this.#gathered = this.#postAll(this.#gathered)
      return this.#onDurable(this.#markSet)
    }
    const { agenda, seed } = this.#world
    const syncMs = this.syncMs ?? this.#world.syncMs
    this.#isUnsynced = false
    this.#isSyncing = true
    this.#markSyncing = this.#markSet
    this.#sealed = this.#gathered
    this.#gathered = []
    this.#syncs += 1
    const ms = between(draw(seed, Purpose.sync, this.endpoint, this.#syncs), syncMs.min, syncMs.max)
    agenda.add(agenda.nowUs + Math.round(ms * 1e3), new Sync(this, this.life, this.disk.mark()))
  }

  /** The disk has done its work, whether or not the process is there to see it. */
  onDisk(life: number, mark: DiskMark): void {
    if (life !== this.life || this.state === undefined) return // the crash came first
    this.disk.synced(mark)
    if (this.status === 'paused') this.#isSyncedUnseen = true
    else this.#onSynced()
  }

  #onSynced(): void {
    this.#isSyncedUnseen = false
    this.#isSyncing = false
    this.#sealed = this.#postAll(this.#sealed)
    const mark = this.#markSyncing
    this.#letGo()
    this.#onDurable(mark)
  }

  /** Tells the protocol, unless it knows. */
  #onDurable(mark: number): void {
    if (mark <= this.#markTold) return
    this.#markTold = mark
    this.#stamps.local()
    this.#take({ kind: 'durable', mark, ...this.#ambient() }, StepInputKind.durable, mark)
  }

  /** Returns an empty list to go on with. */
  #postAll(letters: readonly Letter[]): Letter[] {
    for (const letter of letters) this.#world.post(letter)
    return []
  }

  #setTimer(name: string, msMin: number, msMax: number): Timing {
    const { seed, agenda } = this.#world
    const timer = this.#timerOf(name)
    const ms = timerMs(seed, this.endpoint, this.life, this.step, timer, msMin, msMax)
    const deadline = this.clock.localMs(agenda.nowUs) + ms
    this.#deadlines[timer] = deadline
    if (deadline < this.#wakeAtMs) this.#arm(deadline)
    return { timer, ms }
  }

  #timerOf(name: string): number {
    const timer = this.#world.timerNames.indexOf(name)
    invariant(timer >= 0, `a protocol sets timers that it has declared, not ${name}`)
    return timer
  }

  /** A timer that is set anew thousands of times a second costs nothing: one alarm waits for the earliest, and looks again. */
  #arm(deadline: number): void {
    this.#wakeAtMs = deadline
    this.#wake = undefined
    if (deadline === Number.POSITIVE_INFINITY) return
    this.#wake = new Wake(this)
    this.#world.agenda.add(this.clock.whenUs(deadline), this.#wake)
  }

  onWake(wake: Wake): void {
    if (wake === this.#wake && this.status === 'up') this.#fireDue()
  }

  #fireDue(): void {
    const localMs = this.clock.localMs(this.#world.agenda.nowUs)
    for (let timer = 0; timer < this.#deadlines.length; timer++) {
      if ((this.#deadlines[timer] as number) > localMs) continue
      this.#deadlines[timer] = Number.POSITIVE_INFINITY
      this.#stamps.local()
      this.#take({ kind: 'timer', name: this.#world.timerNames[timer] as string, ...this.#ambient() }, StepInputKind.timer, timer)
    }
    this.#arm(Math.min(...this.#deadlines))
  }

  #noDeadlines(): number[] {
    return this.#world.timerNames.map(() => Number.POSITIVE_INFINITY)
  }
}

class Wake implements Due {
  readonly #node: SimNode

  constructor(node: SimNode) {
    this.#node = node
  }

  happen(): void {
    this.#node.onWake(this)
  }
}

class Sync implements Due {
  readonly #node: SimNode
  readonly #life: number
  readonly #mark: DiskMark

  constructor(node: SimNode, life: number, mark: DiskMark) {
    this.#node = node
    this.#life = life
    this.#mark = mark
  }

  happen(): void {
    this.#node.onDisk(this.#life, this.#mark)
  }
}
