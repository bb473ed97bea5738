/** One node of a recorded run, followed step by step: what it holds in memory and on its disk, what it waits for, what it has said and what it was told. */

import type { StepEvent } from '../../protocols/core/event.ts'
import type { MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { isOut } from '../../protocols/core/moment.ts'
import type { NodeCut } from '../../protocols/sim/cut.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import type { Executed } from '../replay/execution.ts'
import { lettersOf } from './letters.ts'
import { NodeCourse } from './nodeCourse.ts'

/** What its world has in a fixed order. */
export interface NodeTables {
  readonly endpoints: readonly string[]
  readonly timers: readonly string[]
  readonly messageTypes: readonly string[]
  /** So many endpoints, the first, are there from the beginning. */
  readonly members: number
}

export class NodeCutting extends NodeCourse {
  readonly id: NodeId
  readonly #endpoint: number
  readonly #tables: NodeTables
  #step = 0
  #state: unknown
  #messages = 0
  #lamport = 0
  #clock: readonly number[]
  #disk: Json[] = []
  #deadlines: number[]
  #markSet = 0
  #markTold = 0
  readonly #unsent = new Map<MessageId, Letter>()
  #inbox: Letter[] = []

  constructor(endpoint: number, tables: NodeTables) {
    super(endpoint < tables.members)
    this.#endpoint = endpoint
    this.id = tables.endpoints[endpoint] as NodeId
    this.#tables = tables
    this.#clock = tables.endpoints.map(() => 0)
    this.#deadlines = this.#noDeadlines()
  }

  /** The last state that is known, of a life that may be over. */
  get memory(): unknown {
    return this.#state
  }

  get disk(): readonly Json[] {
    return this.#disk
  }

  follows({ life, step }: StepEvent): boolean {
    return this.life === life && this.#step === step - 1
  }

  /** A life begins, with so many records found on the disk. */
  found(recovered: number): void {
    this.#disk = this.#disk.slice(0, recovered)
  }

  /** `atUs`: run time. */
  stepped(event: StepEvent, { state, effects }: Executed, atUs: number): void {
    const { input, life, step, nowMs } = event
    const isOver = isOut(this.status) && life === this.life // its last words, told after its end
    if (input.kind === 'start') this.#begin(life)
    this.#step = step
    this.#lamport = event.lamport
    this.#clock = event.clock
    this.#state = state
    if (input.kind === 'message' || input.kind === 'request') this.#took(input.message)
    if (input.kind === 'durable') this.#markTold = input.mark
    if (input.kind === 'timer') this.#deadlines[this.#tables.timers.indexOf(input.name)] = Number.POSITIVE_INFINITY
    for (const { name, ms } of event.timers)
      this.#deadlines[this.#tables.timers.indexOf(name)] = ms === undefined ? Number.POSITIVE_INFINITY : nowMs - this.time.skewMs + ms
    for (const effect of effects) {
      if (effect.kind !== 'persist') continue
      if (effect.replaces) this.#disk = []
      this.#disk.push(effect.record)
      if (effect.mark !== undefined) this.#markSet = effect.mark
    }
    const letters = lettersOf(event, effects, { ...this.#tables, endpoint: this.#endpoint, atUs })
    if (!isOver) for (const letter of letters) this.#unsent.set(letter.message, letter)
    this.#messages = event.sends.first - 1 + letters.length
  }

  /** A message of it has left. */
  sent(message: MessageId): void {
    this.#unsent.delete(message)
  }

  received(letter: Letter): void {
    this.#inbox.push(letter)
  }

  protected ended(): void {
    this.#unsent.clear()
    this.#inbox = []
  }

  protected emptied(): void {
    this.#disk = []
  }

  /** `kept`: so many records its next life will find, when that is known: a life that was cut short may have told of more than its disk got. */
  cut(kept = Number.POSITIVE_INFINITY): NodeCut {
    const { runs } = this
    return {
      ...{ ...this.course, step: this.#step, state: runs ? this.#state : undefined, messages: this.#messages },
      ...{ lamport: this.#lamport, clock: this.#clock, disk: runs ? [...this.#disk] : this.#disk.slice(0, kept) },
      ...{ deadlines: [...this.#deadlines], markSet: this.#markSet, markTold: this.#markTold },
      ...{ unsent: [...this.#unsent.values()], inbox: [...this.#inbox] },
    }
  }

  #begin(life: number): void {
    this.begun(life)
    this.#markSet = 0
    this.#markTold = 0
    this.#unsent.clear()
    this.#deadlines = this.#noDeadlines()
  }

  /** Links are first in, first out: what came from there before it and was not taken in was turned away. */
  #took(message: MessageId): void {
    const at = this.#inbox.findIndex((letter) => letter.message === message)
    const from = this.#inbox[at]?.from
    this.#inbox = this.#inbox.filter((letter, index) => index > at || letter.from !== from)
  }

  #noDeadlines(): number[] {
    return this.#tables.timers.map(() => Number.POSITIVE_INFINITY)
  }
}
