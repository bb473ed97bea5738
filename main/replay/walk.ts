/**
 * Goes along a recording in the order of its log and runs the steps again, of all nodes or of one. It compares nothing but
 * the states at checkpoints: whoever wants a judgement asks the judge. From the beginning on it knows what every disk
 * holds; begun in the middle it takes the state of a node that starts from the checkpoint right behind its first step.
 */
import type { Pieces } from '../../protocols/causality/pieces.ts'
import type { CheckpointEvent, NodeEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { MessageId, NodeId } from '../../protocols/core/ids.ts'
import { advance, firstMoment, type NodeStatus } from '../../protocols/core/moment.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { leanSend, leanStep } from '../../protocols/wire/lean.ts'
import { StepInputKind } from '../../protocols/wire/tap.ts'
import { DiskTrace } from './diskTrace.ts'
import { Divergence, type Execution } from './execution.ts'
import type { Cursor, EventSource } from './source.ts'

/** How a node stands after some event. Never changed: the next step makes another. */
export interface Standing {
  readonly status: NodeStatus
  readonly life: number
  /** Steps taken in this life. */
  readonly step: number
  /** The event of the last step; 0 before the first. */
  readonly stepSeq: number
  /** After the last step, and what that step was given; undefined where it is not known. */
  readonly state: unknown
  readonly before: unknown
  /** Why the state is not known, or is not the one that the steps lead to. */
  readonly problem: string | undefined
}

export interface WalkOptions {
  /** Where it begins: after event `seq`, with the nodes standing so. */
  readonly from?: { readonly seq: number; readonly nodes: readonly Standing[] }
  /** The only endpoint whose steps are run. */
  readonly only?: number
  /** Checkpoints, by their events, of which it is known that the steps lead there: they are not compared again. Grows. */
  readonly proven?: Set<number>
}

/** A checkpoint that is being compared with the state that the walk has come to. */
interface Proof {
  readonly endpoint: number
  readonly event: CheckpointEvent
  readonly work: Pieces<void>
}

const NOWHERE: Standing = { status: 'starting', life: 0, step: 0, stepSeq: 0, state: undefined, before: undefined, problem: undefined }
/** Messages whose delivery is awaited and kept at hand; others are looked up. */
const KEPT_SENDS = 20_000
const LOOK_EVERY = 32
/** Stretches of events before where it begins in which it looks for all that was on its way there; others are looked up one by one. */
const LOOKS_BACK = 2

export class Walk {
  readonly nodes: Standing[]
  readonly #source: EventSource
  readonly #execution: Execution
  readonly #only: number | undefined
  readonly #proven: Set<number>
  readonly #sends = new Map<MessageId, SendEvent>()
  /** What each disk holds; undefined where it is not known. */
  readonly #disks: (DiskTrace | undefined)[]
  /** Whether nodes are up follows from events as it does everywhere. */
  readonly #moment
  readonly #clients: number
  readonly #cursor: Cursor
  /** It goes no further before this is done. */
  #proof: Proof | undefined
  /** Begun in the middle: what was sent up to this event was not seen. */
  #unseen: number
  #looksBack = LOOKS_BACK

  constructor(source: EventSource, execution: Execution, { from, only, proven = new Set() }: WalkOptions = {}) {
    this.#source = source
    this.#execution = execution
    this.#only = only
    this.#proven = proven
    const { nodes, config } = source.header
    this.#clients = nodes.length
    this.#disks = nodes.map(() => (from ? undefined : new DiskTrace()))
    this.#moment = firstMoment(nodes, 1, config.spares)
    this.nodes = from ? [...from.nodes] : [...this.#moment.nodes.values()].map(({ status }) => ({ ...NOWHERE, status }))
    this.#cursor = source.cursor(from?.seq ?? 0)
    this.#unseen = this.seq
    if (!from) return
    this.#moment.seq = from.seq
    for (const [endpoint, { status, life, step }] of from.nodes.entries())
      Object.assign(this.#moment.nodes.get(nodes[endpoint] as NodeId) ?? {}, { status, life, step })
  }

  /** The last event that is in. */
  get seq(): number {
    return this.#cursor.seq
  }

  /** Goes on to event `to`, or until `untilMs` (of performance.now) has come. `onChange` hears of each step that was run and of each node that came or went, and may end it with true. */
  advance(
    to: number,
    untilMs = Number.POSITIVE_INFINITY,
    onChange?: (endpoint: number, standing: Standing, reader: ChunkReader) => boolean | undefined,
  ): void {
    if (this.seq >= to || !this.#prove(untilMs)) return
    for (let reader = this.#cursor.next(to); reader; reader = this.#cursor.next(to)) {
      const endpoint = this.#take(reader)
      if (!this.#prove(untilMs)) return
      this.#cursor.pass()
      if (endpoint !== undefined && onChange?.(endpoint, this.nodes[endpoint] as Standing, reader)) return
      if (reader.seq % LOOK_EVERY === 0 && performance.now() >= untilMs) return
    }
  }

  /** The endpoint whose standing it changed, if it did. */
  #take(reader: ChunkReader): number | undefined {
    switch (reader.kind) {
      case ChunkKind.send:
        if (this.#mayDeliver(reader)) this.#remember(leanSend(reader))
        return undefined
      case ChunkKind.drop:
        if (reader.copy === 0) this.#sends.delete(reader.message as MessageId)
        return undefined
      case ChunkKind.step:
        if (!this.#runs(reader.endpoint) || reader.endpoint >= this.#clients) return undefined
        this.#step(reader.endpoint, leanStep(reader))
        return reader.endpoint
      case ChunkKind.checkpoint:
        if (this.#runs(reader.endpoint) && reader.endpoint < this.#clients) this.#checkpoint(reader)
        return undefined
      case ChunkKind.node:
        return this.#node(readEvent(reader) as NodeEvent)
      default:
        return undefined
    }
  }

  #mayDeliver({ to }: ChunkReader): boolean {
    return to !== this.#clients && this.#runs(to)
  }

  #runs(endpoint: number): boolean {
    return this.#only === undefined || endpoint === this.#only
  }

  #node(event: NodeEvent): number | undefined {
    advance(this.#moment, event)
    const endpoint = this.#source.header.nodes.indexOf(event.node)
    const node = this.#moment.nodes.get(event.node)
    if (!node) return undefined
    const was = this.nodes[endpoint] as Standing
    const { status, life, step } = node
    this.nodes[endpoint] = life === was.life && step === was.step ? { ...was, status } : { ...NOWHERE, status, life, step }
    if (event.change.is === 'wiped') this.#disks[endpoint] = new DiskTrace()
    return endpoint
  }

  #step(endpoint: number, event: StepEvent): void {
    const was = this.nodes[endpoint] as Standing
    advance(this.#moment, event)
    const { status } = this.#moment.nodes.get(event.node) ?? { status: 'up' }
    const { life, step, seq } = event
    const here = { status, life, step, stepSeq: seq }
    const isStart = event.input.kind === 'start'
    const follows = isStart || (was.life === life && was.step === step - 1)
    const before = follows && !isStart ? was.state : undefined
    try {
      if (!follows) throw new Divergence(`Step ${was.life === life ? was.step + 1 : 1} of ${event.node} is not in the recording.`)
      if (isStart) this.nodes[endpoint] = { ...here, state: this.#start(endpoint, event), before: undefined, problem: undefined }
      else if (before === undefined)
        throw new Divergence(was.problem ?? `No state of ${event.node}'s life ${life} is known before its step ${step}.`)
      else {
        const executed = this.#execution.step(event, before, this.#sendFor(event))
        this.#disks[endpoint]?.write(executed.effects)
        this.nodes[endpoint] = { ...here, state: executed.state, before, problem: was.problem }
      }
    } catch (error) {
      if (!(error instanceof Divergence)) throw error
      // Where the replay leaves the track nothing is known until a checkpoint says where the node is.
      this.nodes[endpoint] = { ...here, state: undefined, before: undefined, problem: error.message }
    }
  }

  #start(endpoint: number, event: StepEvent): unknown {
    const disk = this.#disks[endpoint]
    const found = disk?.find(event.input.kind === 'start' ? event.input.recovered : 0)
    if (disk && found) {
      const executed = this.#execution.start(event, found)
      disk.write(executed.effects)
      return executed.state
    }
    this.#disks[endpoint] = undefined
    const recorded = this.#source.checkpoint(endpoint, event.life, 1, Number.MAX_SAFE_INTEGER)
    if (!recorded) throw new Divergence(`No state of ${event.node}'s life ${event.life} was recorded at its first step.`)
    return this.#execution.restore(recorded)
  }

  /** Proof that the replay followed. What was recorded is what was: where it did not, it is shown, and so is that it did not. */
  #checkpoint(reader: ChunkReader): void {
    const { endpoint } = reader
    const was = this.nodes[endpoint] as Standing
    if (was.life !== reader.life || was.step !== reader.step) return
    const event = readEvent(reader) as CheckpointEvent
    if (event.kind !== 'checkpoint') return // its text is not what it should be
    if (was.state !== undefined) {
      if (!this.#proven.has(event.seq)) this.#proof = { endpoint, event, work: this.#execution.comparing(event, was.state) }
      return
    }
    try {
      this.nodes[endpoint] = { ...was, state: this.#execution.restore(event), before: undefined, problem: undefined }
    } catch (error) {
      this.#differs(endpoint, event, error)
    }
  }

  /** Goes on comparing, a piece at least; false when time is up before it is done. */
  #prove(untilMs: number): boolean {
    while (this.#proof) {
      const { endpoint, event, work } = this.#proof
      let isDone = true
      try {
        isDone = work.next().done === true
        if (isDone) this.#proven.add(event.seq)
      } catch (error) {
        this.#proof = undefined // one that cannot be compared is read again by whoever tries again
        this.#differs(endpoint, event, error)
      }
      if (isDone) {
        this.#proof = undefined
        this.#cursor.pass()
      } else if (performance.now() >= untilMs) return false
    }
    return true
  }

  #differs(endpoint: number, event: CheckpointEvent, error: unknown): void {
    if (!(error instanceof Divergence)) throw error
    let state: unknown
    try {
      state = this.#execution.restore(event)
    } catch {
      // it is none of this protocol
    }
    this.nodes[endpoint] = { ...(this.nodes[endpoint] as Standing), state, problem: error.message }
  }

  #remember(send: SendEvent): void {
    this.#sends.set(send.message, send)
    if (this.#sends.size > KEPT_SENDS) this.#sends.delete(this.#sends.keys().next().value as MessageId)
  }

  #sendFor({ input, seq }: StepEvent): SendEvent | undefined {
    if (input.kind !== 'message' && input.kind !== 'request') return undefined
    while (!this.#sends.has(input.message) && this.#unseen > 0 && this.#looksBack > 0) this.#lookBack()
    const send = this.#sends.get(input.message) ?? this.#source.sendOf(input.message, seq)
    this.#sends.delete(input.message) // a duplicate may come, but hardly ever does
    return send
  }

  /** What was on its way where it begins was mostly sent right before. No other send is read, and nothing holds the bytes of the stretch. */
  #lookBack(): void {
    const to = this.#unseen
    this.#looksBack--
    const onTheWay = new Set<number>()
    for (const reader of this.#source.readers(to, to)) {
      this.#unseen = reader.firstSeq - 1
      while (reader.next() && reader.seq <= to) {
        if (reader.kind === ChunkKind.send && this.#mayDeliver(reader)) onTheWay.add(reader.message)
        else if (reader.kind === ChunkKind.step && isGiven(reader.input)) onTheWay.delete(reader.subject)
        else if (reader.kind === ChunkKind.drop) onTheWay.delete(reader.message)
      }
    }
    for (const reader of this.#source.readers(to, to))
      while (onTheWay.size > 0 && reader.next())
        if (reader.kind === ChunkKind.send && onTheWay.delete(reader.message)) this.#remember(leanSend(reader))
  }
}

const isGiven = (input: number): boolean => input === StepInputKind.message || input === StepInputKind.request
