/** One node of a recorded run, followed step by step: what it holds in memory and on its disk, what it waits for, what it has said and what it was told. */
import type { NodeEvent, StepEvent } from '../../protocols/core/event.ts'
import type { NodeAction } from '../../protocols/core/fault.ts'
import { type MessageId, messageId, type NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { NodeCut } from '../../protocols/sim/cut.ts'
import type { Letter } from '../../protocols/sim/sink.ts'
import type { Executed } from '../replay/execution.ts'

/** What its world has in a fixed order. */
export interface NodeTables {
  readonly endpoints: readonly string[]
  readonly timers: readonly string[]
  readonly messageTypes: readonly string[]
}

export class NodeCutting {
  readonly id: NodeId
  readonly #endpoint: number
  readonly #tables: NodeTables
  #status: NodeCut['status'] = 'starting'
  #life = 0
  #step = 0
  #state: unknown
  #messages = 0
  #lamport = 0
  #clock: readonly number[]
  #disk: Json[] = []
  #isWiped = false
  #deadlines: number[]
  #markSet = 0
  #markTold = 0
  readonly #unsent = new Map<MessageId, Letter>()
  #inbox: Letter[] = []
  #doing: NodeAction | undefined

  constructor(endpoint: number, tables: NodeTables) {
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
    return this.#life === life && this.#step === step - 1
  }

  /** A life begins, with so many records found on the disk. */
  found(recovered: number): void {
    this.#disk = this.#disk.slice(0, recovered)
  }

  /** `atUs`: run time. */
  stepped(event: StepEvent, { state, effects }: Executed, atUs: number): void {
    const { input, life, step, nowMs } = event
    const isOver = this.#status === 'down' && life === this.#life // its last words, told after its end
    if (input.kind === 'start') this.#begin(life)
    this.#step = step
    this.#lamport = event.lamport
    this.#clock = event.clock
    this.#state = state
    if (input.kind === 'message' || input.kind === 'request') this.#took(input.message)
    if (input.kind === 'durable') this.#markTold = input.mark
    if (input.kind === 'timer') this.#deadlines[this.#tables.timers.indexOf(input.name)] = Number.POSITIVE_INFINITY
    for (const { name, ms } of event.timers)
      this.#deadlines[this.#tables.timers.indexOf(name)] = ms === undefined ? Number.POSITIVE_INFINITY : nowMs + ms
    let number = event.sends.first - 1
    const clock = Uint32Array.from(event.clock)
    for (const effect of effects) {
      if (effect.kind === 'persist') {
        if (effect.replaces) this.#disk = []
        this.#disk.push(effect.record)
        if (effect.mark !== undefined) this.#markSet = effect.mark
      }
      if (effect.kind !== 'send' && effect.kind !== 'reply') continue
      number += 1
      const [to, body] =
        effect.kind === 'send'
          ? [this.#tables.endpoints.indexOf(effect.to), effect.message]
          : [this.#tables.endpoints.length - 1, { kind: 'ClientReply', id: effect.id, outcome: effect.outcome }]
      const message = messageId(this.#endpoint, life, number)
      const type = this.#tables.messageTypes.indexOf(body.kind)
      const letter = { message, from: this.#endpoint, to, type, number, life, step, lamport: event.lamport, clock, sentAtUs: atUs, body }
      if (!isOver) this.#unsent.set(message, letter)
    }
    this.#messages = number
  }

  /** A message of it has left. */
  sent(message: MessageId): void {
    this.#unsent.delete(message)
  }

  received(letter: Letter): void {
    this.#inbox.push(letter)
  }

  /** Somebody begins to do something to it. */
  act(what: NodeAction): void {
    this.#doing = what
  }

  changed(change: NodeEvent['change']): void {
    switch (change.is) {
      case 'up':
        this.#done('restart')
        if (change.life === this.#life) return // its first step was told before
        this.#life = change.life - 1
        this.#status = 'starting'
        this.#isWiped = false
        return
      case 'down':
        this.#done('crash')
        this.#status = 'down'
        this.#unsent.clear()
        this.#inbox = []
        return
      case 'paused':
        this.#done('pause')
        this.#status = 'paused'
        return
      case 'resumed':
        this.#done('resume')
        this.#status = 'up'
        return
      case 'wiped':
        this.#done('wipe')
        this.#disk = []
        this.#isWiped = true
        return
      default:
        return change satisfies never
    }
  }

  /** `kept`: so many records its next life will find, when that is known: a life that was cut short may have told of more than its disk got. */
  cut(kept = Number.POSITIVE_INFINITY): NodeCut {
    const isStarting = this.#status === 'down' && this.#doing === 'restart'
    const runs = this.#status === 'up' || this.#status === 'paused'
    return {
      ...{
        status: isStarting ? 'starting' : this.#status,
        life: this.#life,
        step: this.#step,
        state: runs ? this.#state : undefined,
        messages: this.#messages,
      },
      ...{ lamport: this.#lamport, clock: this.#clock, disk: runs ? [...this.#disk] : this.#disk.slice(0, kept), wiped: this.#isWiped },
      ...{ deadlines: [...this.#deadlines], markSet: this.#markSet, markTold: this.#markTold },
      ...{ unsent: [...this.#unsent.values()], inbox: [...this.#inbox], doing: isStarting ? undefined : this.#doing },
    }
  }

  #begin(life: number): void {
    this.#life = life
    this.#status = 'up'
    this.#isWiped = false
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

  #done(what: NodeAction): void {
    if (this.#doing === what) this.#doing = undefined
  }

  #noDeadlines(): number[] {
    return this.#tables.timers.map(() => Number.POSITIVE_INFINITY)
  }
}
