/** A sink that remembers what tests ask about. */
import type { ActionEvent, DropEvent, NodeEvent, Unnumbered } from '../../../protocols/core/event.ts'
import type { MessageId } from '../../../protocols/core/ids.ts'
import type { Letter, Sink, StepSeen, Word } from '../../../protocols/sim/sink.ts'

interface Taken {
  readonly kind: string
  readonly node: string
  readonly atUs: number
  readonly nowMs: number
}

export class Transcript implements Sink {
  readonly returns: string[] = []
  readonly actions: string[] = []
  readonly waiting: MessageId[] = []
  readonly drops: DropEvent['why'][] = []
  /** Messages that left in the microsecond of a step that had persisted something, and those that left later. */
  sentBeforeSync = 0
  sentAfterSync = 0
  readonly #delivered = new Set<MessageId>()
  readonly #inputs: Taken[][] = []
  /** By endpoint: records persisted after each step of this life; what was found at its start. */
  readonly #persisted: number[][] = []
  readonly #recovered: number[] = []
  readonly #wrote: Set<string> = new Set()
  /** The last step of each endpoint's life one of whose letters has left. */
  readonly #saidStep: number[] = []

  get timeouts(): readonly Taken[] {
    return this.#inputs
      .flat()
      .filter(({ kind }) => kind === 'timer')
      .sort((a, b) => a.atUs - b.atUs)
  }

  inputs(endpoint: number): readonly Taken[] {
    return this.#inputs[endpoint] ?? []
  }

  /** Records that a node had persisted when it last stepped, and when it last said something. */
  persisted(endpoint: number): { readonly all: number; readonly said: number } {
    const persisted = this.#persisted[endpoint] ?? []
    return { all: persisted.at(-1) ?? 0, said: persisted[this.#saidStep[endpoint] ?? 0] ?? 0 }
  }

  recovered(endpoint: number): number {
    return this.#recovered[endpoint] ?? 0
  }

  deliveredOf(messages: readonly MessageId[]): MessageId[] {
    return messages.filter((message) => this.#delivered.has(message))
  }

  stepped(step: StepSeen): void {
    const { endpoint, input, atUs, nowMs, node } = step
    if (input.kind === 'start') {
      this.#recovered[endpoint] = input.recovered.length
      this.#persisted[endpoint] = [input.recovered.length]
      this.#saidStep[endpoint] = 0
    }
    const persisted = this.#persisted[endpoint] as number[]
    persisted[step.step] = (persisted[step.step - 1] as number) + step.persisted
    if (step.persisted > 0) this.#wrote.add(`${endpoint} ${step.life} ${step.step}`)
    const inputs = this.#inputs[endpoint] ?? []
    this.#inputs[endpoint] = inputs
    inputs.push({ kind: input.kind, node, atUs, nowMs })
  }

  spoke({ said }: Word): void {
    if (said.is === 'return') this.returns.push(said.outcome.is)
  }

  sent(letter: Letter, atUs: number): void {
    this.#saidStep[letter.from] = letter.step
    if (!this.#wrote.has(`${letter.from} ${letter.life} ${letter.step}`)) return
    if (atUs === letter.sentAtUs) this.sentBeforeSync += 1
    else this.sentAfterSync += 1
  }

  delivered({ message }: Letter): void {
    this.#delivered.add(message)
  }

  dropped(_letter: Letter, _copy: number, why: DropEvent['why']): void {
    this.drops.push(why)
  }

  held({ message }: Letter): void {
    this.waiting.push(message)
  }

  happened(event: Unnumbered<NodeEvent | ActionEvent>): void {
    if (event.kind === 'action') this.actions.push(event.action.do)
  }
}
