/**
 * Runs a protocol's machine: an input goes in, a step comes out, its effects are carried out. One driver, one life.
 *
 * Inputs that arrive together are stepped one by one and carried out together: at the end of the event loop's turn all
 * steps are reported on the tap in one write, all that they persist is written and synced at once, and only then do their
 * messages leave, one write per link. So a step's record is on its way before its messages, and what a step persists is
 * durable before anything that this or a later step says. The effects of a turn stand or fall together: when the tap or
 * the disk is slow, everything waits; but for messages that the protocol calls early, which wait for the tap alone.
 */
import { CLIENT_MESSAGE_TYPES, type ClientReplyBody } from '../../protocols/core/event.ts'
import { hashText } from '../../protocols/core/hash.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { ClientOutcome, Input } from '../../protocols/core/input.ts'
import { invariant } from '../../protocols/core/invariant.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage, AnyProtocol, Machine, Observation, Step } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { coinOf, timerMs } from '../../protocols/host/dice.ts'
import { sameObservation } from '../../protocols/host/observation.ts'
import { CheckpointPace } from '../../protocols/host/pace.ts'
import type { Stamps } from '../../protocols/host/stamps.ts'
import { type ByteWriter, readText } from '../../protocols/wire/bytes.ts'
import { bodyStart, FrameKind, frameMessageId, writeFrame } from '../../protocols/wire/frame.ts'
import { StepInputKind, TapKind, writeStepRecord, writeTextRecord } from '../../protocols/wire/tap.ts'
import type { RunClock } from './clock.ts'
import type { Disk } from './disk.ts'
import { readRequest } from './request.ts'
import { type Tap, writeReject } from './tap.ts'
import { Timers } from './timers.ts'

/** Where the messages go. */
export interface Links {
  /** Where frames to the endpoint are gathered until `flush`. */
  writer(to: number): ByteWriter
  flush(): void
  /** What was gathered for one endpoint. */
  flushTo(to: number): void
  /** Sets apart what was gathered so far, until `release`; what is gathered meanwhile stands behind it. */
  seal(): void
  release(): void
  /** Stops or goes on taking messages in. */
  setPaused(isPaused: boolean): void
}

export interface DriverOptions {
  readonly definition: AnyProtocol
  readonly service: AnyService
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly endpoint: number
  readonly life: number
  readonly seed: number
  readonly messageTypes: readonly string[]
  /** Parsed by the protocol's own schema. */
  readonly options: unknown
  readonly sync: 'batch' | 'never'
  readonly clock: RunClock
  readonly stamps: Stamps
  readonly disk: Disk
  readonly tap: Tap
  readonly links: Links
  /** Calls `work` when the inputs that arrived together are all stepped. */
  readonly atTurnsEnd: (work: () => void) => void
}

/** So few steps are synced on the spot: the detour over another thread would cost more than the standstill. More are synced while the next are stepped. */
const GROUP_STEPS = 4

type Timing = { readonly timer: number; readonly ms: number }
const noTimings: readonly Timing[] = []

/** What is gathered for an endpoint. */
const Gathered = { nothing: 0, early: 1, waiting: 2 } as const

export class Driver {
  readonly #options: DriverOptions
  readonly #machine: Machine<unknown, AnyMessage>
  readonly #endpoints: ReadonlyMap<NodeId, number>
  readonly #types: ReadonlyMap<string, number>
  readonly #timerNames: readonly string[]
  readonly #replyType: number
  readonly #requestType: number
  readonly timers: Timers
  readonly #pace = new CheckpointPace()
  readonly #turnsEnd = () => {
    this.#isTurnOpen = false
    this.flush()
  }
  readonly #synced = () => {
    this.#isSyncing = false
    this.#sealed.fill(0)
    this.#options.links.release()
    const mark = this.#markSyncing
    if (!this.#isTurnOpen) this.#letGo() // else the turn's end does, once its steps are reported
    this.#onDurable(mark)
  }

  #state: unknown
  #step = 0
  #messages = 0
  /** Of the step under way. */
  #atUs = 0
  #nowMs = 0
  /** Where in the tap's buffer the record of the turn's last step begins, and what must be known to write it again. */
  #lastRecordAt = -1
  #lastRecord: Parameters<typeof writeStepRecord>[1] | undefined
  #lastNotes: readonly Json[] = []
  #observed: Observation | undefined
  #observedState: unknown
  /** Records to persist, as JSON; `#replaces` when they stand for all before them. */
  #persists: string[] = []
  #replaces = false
  #isTurnOpen = false
  #isTapBehind = false
  /** Something was written to the disk since the last sync began. */
  #isUnsynced = false
  #isSyncing = false
  /** By endpoint: one of Gathered, and whether something sealed waits for the sync under way. */
  readonly #gathered: Uint8Array
  readonly #sealed: Uint8Array
  /** The last mark that the protocol has set, that was written, whose sync is under way, and of whose safety the protocol knows. */
  #markSet = 0
  #markWritten = 0
  #markSyncing = 0
  #markTold = 0
  #isClosed = false
  /** The last step that a sync has covered or will cover. */
  #syncedStep = 0
  #lastMessage: AnyMessage | undefined
  #lastText = ''

  constructor(options: DriverOptions) {
    const { definition, service, nodes, messageTypes, clock, tap } = options
    this.#options = options
    this.#machine = definition.machine(service)
    this.#endpoints = new Map(nodes.map((node, index) => [node, index]))
    this.#gathered = new Uint8Array(nodes.length + 1)
    this.#sealed = new Uint8Array(nodes.length + 1)
    this.#types = new Map(messageTypes.map((type, index) => [type, index]))
    this.#timerNames = definition.timers.map(({ name }) => name)
    this.timers = new Timers(this.#timerNames.length, clock, (timer) => this.#onTimer(timer))
    const [request, reply] = CLIENT_MESSAGE_TYPES
    this.#requestType = this.#typeOf(request)
    this.#replyType = this.#typeOf(reply)
    tap.onTaken = () => this.#onTapTaken()
  }

  /** The first step of this life. `recovered`: what the disk holds, in order. */
  start(recovered: readonly Json[]): void {
    const { id, nodes, options, stamps } = this.#options
    stamps.local()
    const coin = this.#begin()
    const step = this.#machine.start({ kind: 'start', id, nodes, options, recovered, nowMs: this.#nowMs, coin })
    this.#carryOut(step, StepInputKind.start, recovered.length)
    this.#endTurn()
    this.#takeCheckpoint()
  }

  /** A frame of a known link, whole and in order; what its body holds is not known yet. Valid during the call only. */
  onFrame(from: number, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const type = view.getUint8(start + 10)
    let body: unknown
    try {
      body = JSON.parse(readText(bytes.subarray(bodyStart(view, start), end)))
    } catch (error) {
      return this.#rejectBody(from, type, `its body is not JSON: ${(error as Error).message}`)
    }
    const { nodes } = this.#options
    if (from === nodes.length) return this.#onRequest(body, view, start)
    const read = this.#options.definition.message.safeParse(body)
    if (!read.success) {
      const [issue] = read.error.issues
      return this.#rejectBody(from, type, `its body does not fit: ${issue?.path.join('.') || 'it'}: ${issue?.message}`)
    }
    const message = read.data as AnyMessage
    if (this.#types.get(message.kind) !== type) return this.#rejectBody(from, type, `its body is a ${message.kind}`)
    this.#options.stamps.receive(view, start)
    const coin = this.#begin()
    const input = { kind: 'message', from: nodes[from] as NodeId, message, nowMs: this.#nowMs, coin } as const
    this.#take(input, StepInputKind.message, frameMessageId(view, start))
  }

  /** Something arrived that is not what it should be. */
  reject(where: string, why: string): void {
    this.#endTurn()
    writeReject(this.#options.tap.writer, this.#options.clock.atUs(), where, why)
    this.#openTurn()
  }

  /** Carries out what the steps so far asked for. Throws a FatalError when the disk fails. */
  flush(): void {
    this.#endTurn()
    const { disk, tap, links } = this.#options
    if (this.#pace.isDue(this.#step, this.#atUs) && this.#step > 0) this.#takeCheckpoint()
    this.#isTapBehind = !tap.flush()
    links.setPaused(this.#isTapBehind)
    if (!this.#isTapBehind) this.#letGoEarly()
    if (this.#persists.length > 0) {
      const texts = this.#persists
      this.#persists = []
      if (this.#replaces) disk.replace(texts)
      else disk.append(texts)
      this.#isUnsynced = !this.#replaces
      this.#replaces = false
      this.#markWritten = this.#markSet
    }
    this.#letGo()
  }

  /** Ends this life in good order: all that was stepped is reported, durable and on its way. */
  close(): void {
    const { disk, links } = this.#options
    this.timers.hold()
    this.#isClosed = true
    this.flush()
    if (this.#isSyncing) disk.sync()
    if (this.#isSyncing) links.release()
    links.flush()
  }

  /** What is early waits for nothing but what stands before it on its link. */
  #letGoEarly(): void {
    for (let to = 0; to < this.#gathered.length; to++) {
      if (this.#gathered[to] !== Gathered.early || this.#sealed[to] === 1) continue
      this.#options.links.flushTo(to)
      this.#gathered[to] = Gathered.nothing
    }
  }

  /** Messages leave when their steps' records are with the system and everything persisted before them is durable. */
  #letGo(): void {
    const { disk, links, sync } = this.#options
    if (this.#isSyncing || this.#isTapBehind) return
    const isSafe = !this.#isUnsynced || sync === 'never'
    this.#isUnsynced = false
    const steps = this.#step - this.#syncedStep
    this.#syncedStep = this.#step
    if (isSafe || steps < GROUP_STEPS) {
      if (!isSafe) disk.sync()
      links.flush()
      this.#gathered.fill(Gathered.nothing)
      return this.#onDurable(this.#markWritten)
    }
    links.seal()
    for (let to = 0; to < this.#gathered.length; to++) if (this.#gathered[to] !== Gathered.nothing) this.#sealed[to] = 1
    this.#gathered.fill(Gathered.nothing)
    this.#isSyncing = true
    this.#markSyncing = this.#markWritten
    disk.syncLater(this.#synced)
  }

  /** Tells the protocol, unless it knows. */
  #onDurable(mark: number): void {
    if (mark <= this.#markTold || this.#isClosed) return
    this.#markTold = mark
    this.#options.stamps.local()
    const coin = this.#begin()
    this.#take({ kind: 'durable', mark, nowMs: this.#nowMs, coin }, StepInputKind.durable, mark)
  }

  /** The process dies of `why`: what was stepped is reported, and none of it leaves. */
  lastWords(why: string): void {
    const { tap, clock, id } = this.#options
    this.#lastRecord = undefined // the stamps may be those of a step that was not finished: what is written stays as it is
    writeReject(tap.writer, clock.atUs(), id, why)
    tap.flush()
  }

  #onTapTaken(): void {
    if (this.#isTapBehind) this.flush() // whatever was stepped meanwhile must be reported and durable before it leaves, too
  }

  #onRequest(body: unknown, view: DataView, start: number): void {
    const { service, nodes, stamps } = this.#options
    const type = view.getUint8(start + 10)
    const request = type === this.#requestType ? readRequest(body, service) : 'clients send nothing but requests'
    if (typeof request === 'string') return this.#rejectBody(nodes.length, type, request)
    stamps.receive(view, start)
    const coin = this.#begin()
    const input = { kind: 'request', id: request.id, request: request.request, nowMs: this.#nowMs, coin } as const
    this.#take(input, StepInputKind.request, frameMessageId(view, start))
  }

  #onTimer(timer: number): void {
    const name = this.#timerNames[timer] as string
    this.#options.stamps.local()
    const coin = this.#begin()
    this.#take({ kind: 'timer', name, nowMs: this.#nowMs, coin }, StepInputKind.timer, timer)
  }

  /** Time and dice of the next step. */
  #begin(): number {
    const { clock, seed, endpoint, life } = this.#options
    this.#step += 1
    this.#atUs = clock.atUs()
    this.#nowMs = clock.nowMs(this.#atUs)
    return coinOf(seed, endpoint, life, this.#step)
  }

  #take(input: Input<AnyMessage>, kind: number, subject: number): void {
    this.#carryOut(this.#machine.step(this.#state, input), kind, subject)
  }

  #carryOut(step: Step<unknown, AnyMessage>, input: number, subject: number): void {
    this.#state = step.state
    const sendFirst = this.#messages + 1
    let timings = noTimings as Timing[]
    let notes: Json[] | undefined
    let persisted = 0
    for (const effect of step.effects) {
      switch (effect.kind) {
        case 'send':
          this.#send(effect.to, effect.message, effect.early ? Gathered.early : Gathered.waiting)
          break
        case 'reply':
          this.#reply(effect.id, effect.outcome)
          break
        case 'persist':
          if (effect.replaces) this.#replaces = true
          if (effect.replaces) this.#persists.length = 0
          this.#persists.push(JSON.stringify(effect.record))
          if (effect.mark !== undefined) this.#markSet = effect.mark
          persisted += 1
          break
        case 'setTimer':
          if (timings === noTimings) timings = []
          timings.push(this.#setTimer(effect.name, effect.msMin, effect.msMax))
          break
        case 'cancelTimer':
          if (timings === noTimings) timings = []
          timings.push(this.#cancelTimer(effect.name))
          break
        case 'note':
          notes ??= []
          notes.push({ note: effect.note, data: effect.data })
          break
        default:
          effect satisfies never
      }
    }
    this.#record(input, subject, sendFirst, persisted, timings, notes)
    this.#openTurn()
  }

  #send(to: NodeId, message: AnyMessage, how: number): void {
    const receiver = this.#endpoints.get(to)
    invariant(receiver !== undefined && receiver !== this.#options.endpoint, `a protocol sends to other nodes of its cluster, not to ${to}`)
    if (message !== this.#lastMessage) {
      this.#lastMessage = message
      this.#lastText = JSON.stringify(message)
    }
    this.#write(receiver, this.#typeOf(message.kind), this.#lastText, how)
  }

  #reply(id: number, outcome: ClientOutcome): void {
    const body: ClientReplyBody = { kind: 'ClientReply', id, outcome }
    this.#write(this.#options.nodes.length, this.#replyType, JSON.stringify(body), Gathered.waiting)
  }

  #write(to: number, type: number, text: string, how: number): void {
    const { endpoint, life, stamps, links } = this.#options
    if (how > (this.#gathered[to] as number)) this.#gathered[to] = how
    this.#messages += 1
    const { lamport, clock } = stamps
    writeFrame(
      links.writer(to),
      {
        kind: FrameKind.message,
        from: endpoint,
        to,
        type,
        number: this.#messages,
        step: this.#step,
        lamport,
        sentAtUs: this.#atUs,
        life,
        clock,
      },
      text,
    )
  }

  #setTimer(name: string, msMin: number, msMax: number): Timing {
    const { seed, endpoint, life } = this.#options
    const timer = this.#timerOf(name)
    const ms = timerMs(seed, endpoint, life, this.#step, timer, msMin, msMax)
    this.timers.set(timer, this.#nowMs, ms)
    return { timer, ms }
  }

  #cancelTimer(name: string): Timing {
    const timer = this.#timerOf(name)
    this.timers.cancel(timer)
    return { timer, ms: Number.NaN }
  }

  #timerOf(name: string): number {
    const timer = this.#timerNames.indexOf(name)
    invariant(timer >= 0, `a protocol sets timers that it has declared, not ${name}`)
    return timer
  }

  #typeOf(kind: string): number {
    const type = this.#types.get(kind)
    invariant(type !== undefined, `a protocol sends messages that it has declared, not ${kind}`)
    return type
  }

  #record(
    input: number,
    subject: number,
    sendFirst: number,
    persisted: number,
    timers: readonly Timing[],
    notes: Json[] | undefined,
  ): void {
    const { tap, stamps } = this.#options
    const record = {
      ...{ step: this.#step, atUs: this.#atUs, nowMs: this.#nowMs, lamport: stamps.lamport, clock: stamps.clock },
      ...{ input, subject, sendFirst, sendCount: this.#messages - sendFirst + 1, persisted, timers },
      extras: notes ? JSON.stringify({ notes }) : '',
    }
    this.#lastRecord = record
    this.#lastRecordAt = tap.writer.length
    this.#lastNotes = notes ?? []
    writeStepRecord(tap.writer, record)
  }

  /** Adds what the node shows to the record of the turn's last step, when that has changed. The clock is still that step's. */
  #endTurn(): void {
    const record = this.#lastRecord
    if (!record) return
    this.#lastRecord = undefined
    if (this.#state === this.#observedState) return
    this.#observedState = this.#state
    const observation = this.#options.definition.observe(this.#state)
    if (this.#observed && sameObservation(this.#observed, observation)) return
    this.#observed = observation
    const { writer } = this.#options.tap
    writer.length = this.#lastRecordAt
    const extras = JSON.stringify(this.#lastNotes.length > 0 ? { notes: this.#lastNotes, observation } : { observation })
    writeStepRecord(writer, { ...record, extras })
  }

  #takeCheckpoint(): void {
    const { definition, clock, tap } = this.#options
    const beganUs = clock.atUs()
    const state = JSON.stringify(definition.encode(this.#state))
    const text = `{"hash":"${hashText(state)}","state":${state}}`
    writeTextRecord(tap.writer, { kind: TapKind.checkpoint, step: this.#step, atUs: this.#atUs, lamport: 0, clock: [], text })
    const endedUs = clock.atUs()
    this.#pace.took({ step: this.#step, atUs: endedUs, tookUs: endedUs - beganUs, bytes: state.length })
  }

  #rejectBody(from: number, type: number, why: string): void {
    const { nodes, messageTypes, id } = this.#options
    this.reject(`${id}, ${messageTypes[type]} from ${nodes[from] ?? 'clients'}`, `${why}; the message was dropped`)
  }

  #openTurn(): void {
    if (this.#isTurnOpen) return
    this.#isTurnOpen = true
    this.#options.atTurnsEnd(this.#turnsEnd)
  }
}
