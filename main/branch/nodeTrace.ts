/** One node of a recorded run, followed by a cursor: its steps are taken again, and of what it says and is told only what is on its way is kept. */

import type { StepEvent } from '../../protocols/core/event.ts'
import { messageIdParts } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { isOut } from '../../protocols/core/moment.ts'
import type { NodeCut } from '../../protocols/sim/cut.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { leanStep } from '../../protocols/wire/lean.ts'
import { StepInputKind } from '../../protocols/wire/tap.ts'
import { lettersOf } from '../futures/letters.ts'
import { NodeCourse } from '../futures/nodeCourse.ts'
import { DiskTrace } from '../replay/diskTrace.ts'
import { Divergence, type Executed, type Execution } from '../replay/execution.ts'
import type { SentMessage } from './sentMessage.ts'

/** What its world has in a fixed order. */
export interface NodeTables {
  readonly endpoints: readonly string[]
  readonly timers: readonly string[]
  readonly messageTypes: readonly string[]
  /** So many endpoints, the first, are there from the beginning. */
  readonly members: number
}

/** A step with what it says. */
interface Said {
  readonly event: StepEvent
  readonly effects: Executed['effects']
  readonly atUs: number
}

export class NodeTrace extends NodeCourse {
  readonly #endpoint: number
  readonly #tables: NodeTables
  #step = 0
  #state: unknown
  #messages = 0
  #lamport = 0
  #clock: Uint32Array
  #deadlines: number[]
  #markSet = 0
  #markTold = 0
  #disk = new DiskTrace()
  /** Said in this life and not left yet: by number, the step that said it. */
  #unsent = new Map<number, Said>()
  /** Handed over and not taken in. */
  #inbox: SentMessage[] = []

  constructor(endpoint: number, tables: NodeTables) {
    super(endpoint < tables.members)
    this.#endpoint = endpoint
    this.#tables = tables
    this.#clock = new Uint32Array(tables.endpoints.length)
    this.#deadlines = this.#noDeadlines()
  }

  /** `reader` stands at a step of it. `lookUp`: finds a message that is not at hand. Throws Divergence. */
  stepped(reader: ChunkReader, execution: Execution, lookUp: (message: number) => SentMessage | undefined, atUs: number): void {
    const { life, step, input, subject } = reader
    const isStart = input === StepInputKind.start
    const isOver = isOut(this.status) && life === this.life // its last words, told after its end
    const event = leanStep(reader)
    if (!isStart && (this.life !== life || this.#step !== step - 1))
      throw new Divergence(`Steps of ${event.node} before event ${event.seq} are not in the recording.`)
    const found = isStart ? (this.#disk.find(subject) ?? this.#disk.records) : []
    const isTold = input === StepInputKind.message || input === StepInputKind.request
    const told = isTold ? (this.#take(subject) ?? lookUp(subject)) : undefined
    const { state, effects } = isStart ? execution.start(event, found) : execution.step(event, this.#state, told)
    if (isStart) this.#begin(life)
    this.#step = step
    this.#state = state
    this.#lamport = reader.lamport
    for (let i = 0; i < this.#clock.length; i++) this.#clock[i] = reader.clock[i] as number
    if (input === StepInputKind.durable) this.#markTold = subject
    else if (input === StepInputKind.timer) this.#deadlines[subject] = Number.POSITIVE_INFINITY
    this.#setTimers(reader)
    this.#markSet = this.#disk.write(effects) ?? this.#markSet
    this.#messages = reader.sendFirst + reader.sendCount - 1
    if (reader.sendCount > 0 && !isOver) this.#say(event, effects, atUs)
  }

  /** A message of it has left. */
  sent(message: number, life: number): void {
    if (life === this.life && this.#unsent.size > 0) this.#unsent.delete(messageIdParts(message as never).number)
  }

  received(message: SentMessage): void {
    this.#inbox.push(message)
  }

  /** `foundAfter`: how many records the life after this one finds, when that is known: a life that was cut short may have told of more than its disk got. */
  cut(letterOf: (message: SentMessage) => Letter, foundAfter: (life: number) => number | undefined): NodeCut {
    const { runs } = this
    return {
      ...{ ...this.course, step: this.#step, state: runs ? this.#state : undefined, messages: this.#messages },
      ...{ lamport: this.#lamport, clock: [...this.#clock], disk: this.#found(runs ? undefined : foundAfter(this.life)) },
      ...{ deadlines: [...this.#deadlines], markSet: this.#markSet, markTold: this.#markTold },
      ...{ unsent: this.#lettersUnsent(), inbox: this.#inbox.map(letterOf) },
    }
  }

  /** What is on its disk: all that it told of, unless it is known that fewer records are found. */
  #found(count: number | undefined): Json[] {
    return (count === undefined ? undefined : this.#disk.beginning(count)) ?? this.#disk.records
  }

  copy(): NodeTrace {
    const copy = new NodeTrace(this.#endpoint, this.#tables)
    copy.like(this)
    copy.#step = this.#step
    copy.#state = this.#state
    copy.#messages = this.#messages
    copy.#lamport = this.#lamport
    copy.#clock = this.#clock.slice()
    copy.#deadlines = [...this.#deadlines]
    copy.#markSet = this.#markSet
    copy.#markTold = this.#markTold
    copy.#disk = this.#disk.copy()
    copy.#unsent = new Map(this.#unsent)
    copy.#inbox = [...this.#inbox]
    return copy
  }

  protected ended(): void {
    this.#unsent.clear()
    this.#inbox = []
  }

  protected emptied(): void {
    this.#disk.wipe()
  }

  #begin(life: number): void {
    this.begun(life)
    this.#markSet = 0
    this.#markTold = 0
    this.#unsent.clear()
    this.#deadlines = this.#noDeadlines()
  }

  #setTimers(reader: ChunkReader): void {
    for (let i = 0, at = reader.timersAt; i < reader.timers; i++, at += 5) {
      const ms = reader.view.getFloat32(at + 1, true)
      this.#deadlines[reader.view.getUint8(at)] = Number.isNaN(ms) ? Number.POSITIVE_INFINITY : reader.nowMs - this.time.skewMs + ms
    }
  }

  #say(event: StepEvent, effects: Executed['effects'], atUs: number): void {
    const said: Said = { event: { ...event, clock: this.#clock.slice() as unknown as readonly number[] }, effects, atUs }
    const { first, count } = event.sends
    for (let number = first; number < first + count; number++) this.#unsent.set(number, said)
  }

  #lettersUnsent(): Letter[] {
    const sender = { endpoint: this.#endpoint, endpoints: this.#tables.endpoints, messageTypes: this.#tables.messageTypes }
    const steps = [...new Set(this.#unsent.values())]
    const letters = steps.flatMap(({ event, effects, atUs }) => lettersOf(event, effects, { ...sender, atUs }))
    return letters.filter(({ number }) => this.#unsent.has(number))
  }

  /** Links are first in, first out: what came from there before it and was not taken in was turned away. */
  #take(message: number): SentMessage | undefined {
    const inbox = this.#inbox
    const at = inbox.findIndex((letter) => letter.message === message)
    const taken = inbox[at]
    if (!taken) return undefined
    if (inbox.length === 1) this.#inbox = []
    else this.#inbox = inbox.filter((letter, index) => index > at || letter.fromIndex !== taken.fromIndex)
    return taken
  }

  #noDeadlines(): number[] {
    return this.#tables.timers.map(() => Number.POSITIVE_INFINITY)
  }
}
