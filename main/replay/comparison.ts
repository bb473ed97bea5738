/**
 * Holds what a step does when it is run again against all that the recording says it did: every message with its stamps
 * and its body, every timer as drawn, every note, what the node showed, its causal stamps. Messages are recorded after
 * the step that made them, so what a step says is kept until its sends have come by; some never do, for their node died
 * with them. Not comparable, because not recorded: the contents of persisted records. Their number is, and what a later
 * life does with them.
 */
import type { SendEvent, StepEvent } from '../../protocols/core/event.ts'
import { type EndpointId, endpointIds, type MessageId, messageId, type NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { timerMs } from '../../protocols/host/dice.ts'
import type { Compared } from '../contract/commands.ts'
import { changedPaths } from './difference.ts'
import { type AnyEffect, type Executed, type Execution, whatDiffers } from './execution.ts'
import { type RecordedHeader, seedAt } from './source.ts'

/** A message that a step sent when it was run again. */
interface Expected {
  readonly to: EndpointId
  readonly type: string
  readonly body: unknown
  readonly step: StepEvent
}

/** Where a node's life is. */
interface Life {
  readonly life: number
  step: number
  messages: number
  lamport: number
  clock: readonly number[]
}

/** Messages that wait for their send; beyond it the oldest are given up as never sent. */
const EXPECTED_MAX = 100_000
const SHOWN = 120

export class Comparison {
  readonly #execution: Execution
  readonly #header: RecordedHeader
  readonly #endpoints: readonly EndpointId[]
  readonly #timers: ReadonlyMap<string, number>
  readonly #lives = new Map<NodeId, Life>()
  readonly #expected = new Map<MessageId, Expected>()
  readonly #counts = { steps: 0, messages: 0, timers: 0, notes: 0, observations: 0, records: 0, checkpoints: 0 }

  constructor(execution: Execution, header: RecordedHeader) {
    this.#execution = execution
    this.#header = header
    this.#endpoints = endpointIds(header.nodes)
    this.#timers = new Map(execution.protocol.timers.map(({ name }, index) => [name, index]))
  }

  /** What came out as recorded so far, and what has not come out. */
  get compared(): Compared {
    return { ...this.#counts, unsent: this.#expected.size }
  }

  /** `before`: the send of the message that the step was given, if it was given one. Throws Divergence at the first difference. */
  stepped(event: StepEvent, { effects, state }: Executed, given: SendEvent | undefined): void {
    const before = this.#lives.get(event.node)
    const follows = before?.life === event.life && before.step === event.step - 1
    const life: Life = follows
      ? before
      : { life: event.life, step: 0, messages: event.sends.first - 1, lamport: event.lamport - 1, clock: [] }
    this.#lives.set(event.node, life)
    life.step = event.step
    // What is said in the event's name is kept first, so that one difference does not make each of its messages another.
    const first = event.input.kind === 'start' ? 1 : life.messages + 1
    this.#expect(event, effects, first)
    this.#stamps(event, life, given)
    if (event.sends.first !== first) throw whatDiffers(event, `its messages are numbered from ${first}, recorded was ${event.sends.first}`)
    this.#compareTimers(event, effects)
    const notes = effects.flatMap((effect) => (effect.kind === 'note' ? [{ note: effect.note, data: effect.data }] : []))
    if (notes.length + event.notes.length > 0) this.#same(event, 'it notes', notes, event.notes)
    if (event.observation) this.#same(event, 'it shows', this.#execution.protocol.observe(state), event.observation)
    this.#counts.steps += 1
    this.#counts.notes += notes.length
    this.#counts.observations += event.observation ? 1 : 0
    this.#counts.records += event.persisted
  }

  /** Throws Divergence when it is not what its step sends. */
  sent(event: SendEvent): void {
    const expected = this.#expected.get(event.message)
    if (!expected) return this.#unexpected(event)
    this.#expected.delete(event.message)
    const { step, to, type, body } = expected
    const what = `the ${event.type} to ${event.to}`
    if (to !== event.to || type !== event.type) throw whatDiffers(event, `its step sends a ${type} to ${to}, recorded was ${what}`)
    if (step.lamport !== event.lamport || !sameNumbers(step.clock, event.clock)) {
      throw whatDiffers(event, `${what} carries other stamps than the step that sent it (event ${step.seq})`)
    }
    this.#same(event, `${what} says`, body, event.body)
    this.#counts.messages += 1
  }

  /** A checkpoint was compared. */
  checked(): void {
    this.#counts.checkpoints += 1
  }

  #unexpected(event: SendEvent): void {
    const life = this.#lives.get(event.from)
    // Of clients, or of steps that could not be run again, nothing is expected.
    if (
      life?.life !== event.life ||
      life.step < event.step ||
      event.message > messageId(this.#endpoints.indexOf(event.from), life.life, life.messages)
    )
      return
    throw whatDiffers(event, `no step sends the ${event.type} to ${event.to} that was recorded`)
  }

  #expect(event: StepEvent, effects: readonly AnyEffect[], first: number): void {
    const life = this.#lives.get(event.node) as Life
    const from = this.#endpoints.indexOf(event.node)
    const clients = this.#endpoints.at(-1) as EndpointId
    let number = first - 1
    for (const effect of effects) {
      if (effect.kind !== 'send' && effect.kind !== 'reply') continue
      number += 1
      const said =
        effect.kind === 'send'
          ? { to: effect.to as EndpointId, type: effect.message.kind, body: effect.message }
          : { to: clients, type: 'ClientReply', body: { kind: 'ClientReply', id: effect.id, outcome: effect.outcome } }
      this.#expected.set(messageId(from, event.life, number), { ...said, step: event })
    }
    life.messages = number
    while (this.#expected.size > EXPECTED_MAX) this.#expected.delete(this.#expected.keys().next().value as MessageId)
  }

  /** A life begins above all stamps of the earlier ones, how far is the runtime's business; from there they follow from what is received. */
  #stamps(event: StepEvent, life: Life, given: SendEvent | undefined): void {
    const own = this.#endpoints.indexOf(event.node)
    let { lamport, clock } = life
    life.lamport = event.lamport
    life.clock = event.clock
    if (event.step === 1 || clock.length === 0) return
    if (given) {
      lamport = Math.max(lamport, given.lamport)
      clock = clock.map((count, index) => Math.max(count, given.clock[index] ?? 0))
    }
    clock = clock.map((count, index) => (index === own ? count + 1 : count))
    if (lamport + 1 === event.lamport && sameNumbers(clock, event.clock)) return
    throw whatDiffers(
      event,
      `its stamps follow from the steps before as ${lamport + 1} [${clock}], recorded was ${event.lamport} [${event.clock}]`,
    )
  }

  #compareTimers(event: StepEvent, effects: readonly AnyEffect[]): void {
    const seed = seedAt(this.#header, event.seq)
    const endpoint = this.#endpoints.indexOf(event.node)
    const timers: { name: string; ms?: number }[] = []
    for (const effect of effects) {
      if (effect.kind === 'cancelTimer') timers.push({ name: effect.name })
      if (effect.kind !== 'setTimer') continue
      const { name, msMin, msMax } = effect
      timers.push({ name, ms: timerMs(seed, endpoint, event.life, event.step, this.#timers.get(name) ?? -1, msMin, msMax) })
    }
    if (timers.length + event.timers.length > 0) this.#same(event, 'it sets the timers', timers, event.timers)
    this.#counts.timers += timers.length
  }

  #same(event: StepEvent | SendEvent, what: string, again: unknown, recorded: unknown): void {
    const text = JSON.stringify(again)
    const was = JSON.stringify(recorded)
    if (text === was) return
    const [where] = changedPaths(JSON.parse(text) as Json, JSON.parse(was) as Json)
    const at = where === undefined || where === '' ? '' : ` (they differ at ${where})`
    throw whatDiffers(event, `${what} ${short(text)}, recorded was ${short(was)}${at}`)
  }
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i])

const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
