/**
 * Runs a protocol's machine: an input goes in, a step comes out, its effects are carried out. One driver, one life. Inputs that
 * arrive together are stepped one by one and carried out together, at the end of the event loop's turn (departures.ts).
 */
import { CLIENT_MESSAGE_TYPES, type ClientReplyBody } from '../../protocols/core/event.ts'
import { hashText } from '../../protocols/core/hash.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { ClientOutcome, Control, Input } from '../../protocols/core/input.ts'
import { invariant } from '../../protocols/core/invariant.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage, AnyProtocol, Machine, Observation, Step } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { coinOf, timerMs } from '../../protocols/host/dice.ts'
import { sameObservation } from '../../protocols/host/observation.ts'
import { CheckpointPace } from '../../protocols/host/pace.ts'
import type { Stamps } from '../../protocols/host/stamps.ts'
import { ByteWriter, readText } from '../../protocols/wire/bytes.ts'
import { bodyStart, FrameKind, frameMessageId, writeFrame } from '../../protocols/wire/frame.ts'
import { StepInputKind, TapKind, writeStepRecord, writeTextRecord } from '../../protocols/wire/tap.ts'
import type { ContinuedNode, StampedMessage } from '../contract/process.ts'
import type { RunClock } from './clock.ts'
import { Departures, type Links } from './departures.ts'
import type { Disk } from './disk.ts'
import { readRequest } from './request.ts'
import { type Tap, writeReject } from './tap.ts'
import { Timers } from './timers.ts'

export interface DriverOptions {
  readonly definition: AnyProtocol
  readonly service: AnyService
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly members: readonly NodeId[]
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

type Timing = { readonly timer: number; readonly ms: number }
const noTimings: readonly Timing[] = []

/** What a step's record says besides numbers. */
type Said = { readonly control?: Control; readonly notes?: readonly Json[] }
const nothingSaid: Said = {}

const stamped = (message: StampedMessage) => ({ kind: FrameKind.message, ...message })

export class Driver {
  readonly #options: DriverOptions
  readonly #machine: Machine<unknown, AnyMessage>
  readonly #endpoints: ReadonlyMap<NodeId, number>
  readonly #types: ReadonlyMap<string, number>
  readonly #timerNames: readonly string[]
  readonly #replyType: number
  readonly #requestType: number
  readonly timers: Timers
  readonly #departures: Departures
  readonly #pace = new CheckpointPace()
  readonly #turnsEnd = () => {
    this.timers.fireAtOnce()
    this.#isTurnOpen = false
    this.flush()
    if (this.timers.isAtOnce) this.#openTurn()
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
  #lastSaid = nothingSaid
  #observed: Observation | undefined
  #observedState: unknown
  #isTurnOpen = false
  #isClosed = false
  /** Told before the first step: the process is up, and waits for somebody to be there. */
  readonly #toldEarly: Control[] = []
  #lastMessage: AnyMessage | undefined
  #lastText = ''

  constructor(options: DriverOptions) {
    const { definition, service, nodes, messageTypes, clock, disk, tap, links, sync } = options
    this.#options = options
    this.#machine = definition.machine(service)
    this.#endpoints = new Map(nodes.map((node, index) => [node, index]))
    this.#types = new Map(messageTypes.map((type, index) => [type, index]))
    this.#timerNames = definition.timers.map(({ name }) => name)
    this.timers = new Timers(this.#timerNames.length, clock, (timer) => this.#onTimer(timer))
    const [request, reply] = CLIENT_MESSAGE_TYPES
    this.#requestType = this.#typeOf(request)
    this.#replyType = this.#typeOf(reply)
    this.#departures = new Departures({
      ...{ endpoints: nodes.length + 1, sync, disk, tap, links },
      isTurnOpen: () => this.#isTurnOpen,
      onDurable: (mark) => this.#onDurable(mark),
    })
    // Whatever was stepped meanwhile must be reported and durable before it leaves, too.
    tap.onTaken = () => this.#departures.isTapBehind && this.flush()
  }

  /** The first step of this life. `recovered`: what the disk holds, in order. */
  start(recovered: readonly Json[]): void {
    const { id, nodes, members, options, stamps } = this.#options
    stamps.local()
    const coin = this.#begin()
    const step = this.#machine.start({ kind: 'start', id, nodes, members, options, recovered, nowMs: this.#nowMs, coin })
    this.#carryOut(step, StepInputKind.start, recovered.length)
    this.#endTurn()
    this.#takeCheckpoint()
    for (const control of this.#toldEarly.splice(0)) this.onControl(control)
  }

  /**
   * Goes on with a life that another process began. What is on its disk is durable; what was said and had not left leaves, and
   * what was handed over and not taken in is taken in. A checkpoint says from which state.
   */
  continue({ state, step, messages, lamport, clock, nowMs, timers, markSet, markTold, unsent, inbox }: ContinuedNode): void {
    const { definition, stamps } = this.#options
    this.#state = definition.decode(state)
    this.#step = step
    this.#messages = messages
    stamps.continue(lamport, clock)
    this.#atUs = this.#options.clock.atUs()
    this.#nowMs = nowMs
    this.#takeCheckpoint()
    for (const [timer, ms] of timers.entries()) if (ms !== null) this.timers.set(timer, nowMs, ms)
    this.#departures.continue(markSet, markTold)
    for (const message of unsent) writeFrame(this.#departures.frame(message.to, false), stamped(message), JSON.stringify(message.body))
    this.#openTurn()
    for (const message of inbox) {
      const frame = new ByteWriter(256)
      writeFrame(frame, stamped(message), JSON.stringify(message.body))
      this.onFrame(message.from, frame.bytes, frame.view, 0, frame.length)
    }
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
    if (this.#pace.isDue(this.#step, this.#atUs) && this.#step > 0) this.#takeCheckpoint()
    this.#departures.flush()
  }

  /** Ends this life in good order: all that was stepped is reported, durable and on its way. */
  close(): void {
    this.timers.hold()
    this.#isClosed = true
    this.flush()
    this.#departures.close()
  }

  /** The process dies of `why`: what was stepped is reported, and none of it leaves. */
  lastWords(why: string): void {
    const { tap, clock, id } = this.#options
    this.#lastRecord = undefined // the stamps may be those of a step that was not finished: what is written stays as it is
    writeReject(tap.writer, clock.atUs(), id, why)
    tap.flush()
  }

  /** A person or a scenario tells this node something; no step comes before the first. */
  onControl(control: Control): void {
    if (this.#isClosed) return
    if (this.#step === 0) return void this.#toldEarly.push(control)
    this.#options.stamps.local()
    const coin = this.#begin()
    const { id, nodes } = this.#options
    this.#take({ kind: 'control', id, nodes, control, nowMs: this.#nowMs, coin }, StepInputKind.control, 0)
  }

  #onDurable(mark: number): void {
    if (this.#isClosed) return
    this.#options.stamps.local()
    const coin = this.#begin()
    this.#take({ kind: 'durable', mark, nowMs: this.#nowMs, coin }, StepInputKind.durable, mark)
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
    this.#carryOut(this.#machine.step(this.#state, input), kind, subject, input.kind === 'control' ? input.control : undefined)
  }

  #carryOut(step: Step<unknown, AnyMessage>, input: number, subject: number, control?: Control): void {
    this.#state = step.state
    const sendFirst = this.#messages + 1
    let timings = noTimings as Timing[]
    let notes: Json[] | undefined
    let persisted = 0
    for (const effect of step.effects) {
      switch (effect.kind) {
        case 'send':
          this.#send(effect.to, effect.message, effect.early === true)
          break
        case 'reply':
          this.#reply(effect.id, effect.outcome)
          break
        case 'persist':
          this.#departures.persist(JSON.stringify(effect.record), effect.replaces === true, effect.mark)
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
    const said = control ? { control, ...(notes ? { notes } : {}) } : notes ? { notes } : nothingSaid
    this.#record(input, subject, sendFirst, persisted, timings, said)
    this.#departures.stepped()
    this.#openTurn()
  }

  #send(to: NodeId, message: AnyMessage, early: boolean): void {
    const receiver = this.#endpoints.get(to)
    invariant(receiver !== undefined && receiver !== this.#options.endpoint, `a protocol sends to other nodes of its cluster, not to ${to}`)
    if (message !== this.#lastMessage) {
      this.#lastMessage = message
      this.#lastText = JSON.stringify(message)
    }
    this.#write(receiver, this.#typeOf(message.kind), this.#lastText, early)
  }

  #reply(id: number, outcome: ClientOutcome): void {
    const body: ClientReplyBody = { kind: 'ClientReply', id, outcome }
    this.#write(this.#options.nodes.length, this.#replyType, JSON.stringify(body), false)
  }

  #write(to: number, type: number, text: string, early: boolean): void {
    const { endpoint, life, stamps } = this.#options
    this.#messages += 1
    const { lamport, clock } = stamps
    writeFrame(
      this.#departures.frame(to, early),
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

  #record(input: number, subject: number, sendFirst: number, persisted: number, timers: readonly Timing[], said: Said): void {
    const { tap, stamps } = this.#options
    const record = {
      ...{ step: this.#step, atUs: this.#atUs, nowMs: this.#nowMs, lamport: stamps.lamport, clock: stamps.clock },
      ...{ input, subject, sendFirst, sendCount: this.#messages - sendFirst + 1, persisted, timers },
      extras: said === nothingSaid ? '' : JSON.stringify(said),
    }
    this.#lastRecord = record
    this.#lastRecordAt = tap.writer.length
    this.#lastSaid = said
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
    const extras = JSON.stringify({ ...this.#lastSaid, observation })
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
