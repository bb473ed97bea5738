/** What futures are looked through for: the thing that happened at an event of the recording, said so that it can happen again elsewhere. */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { JudgedStep } from '../../protocols/core/invariant.ts'
import type { AnyMessage, AnyProtocol } from '../../protocols/core/machine.ts'
import { noteWords } from '../../protocols/core/noteWords.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { Bench } from '../../protocols/host/bench.ts'
import { invariantsOf } from '../../protocols/host/carried.ts'
import { Listener, type StepSeen, type Word } from '../../protocols/sim/sink.ts'
import type { Violation } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'

export type Target =
  | { readonly kind: 'violation'; readonly invariant: string }
  | { readonly kind: 'leader'; readonly node: NodeId }
  | { readonly kind: 'note'; readonly node: NodeId; readonly note: string }
  | { readonly kind: 'outcome'; readonly client: string; readonly is: 'refused' | 'unknown' }

/** Throws a LabError for an event of which nobody could say whether it happens in another future. */
export function targetOf(event: RunEvent, violations: readonly Pick<Violation, 'seq' | 'invariant'>[]): Target {
  const violation = violations.find(({ seq }) => seq === event.seq)
  if (violation) return { kind: 'violation', invariant: violation.invariant }
  if (event.kind === 'step') {
    const { node, notes, observation } = event
    const note = notes.at(-1)?.note
    if (note !== undefined) return { kind: 'note', node, note }
    if (observation?.role === 'leader') return { kind: 'leader', node }
  }
  if (event.kind === 'return' && event.outcome.is !== 'ok') return { kind: 'outcome', client: event.client, is: event.outcome.is }
  throw new LabError(
    'bad-request',
    `Event ${event.seq} (${event.kind}) is nothing of which the likelihood can be asked.`,
    'Name a violation, a node that begins to lead or notes something, or an operation that failed. What is done to a run happens in every future.',
  )
}

export function targetText(target: Target): string {
  switch (target.kind) {
    case 'violation':
      return `${target.invariant} is broken`
    case 'leader':
      return `${target.node} becomes leader`
    case 'note':
      return `${target.node} ${noteWords(target.note)}`
    case 'outcome':
      return `an operation of ${target.client} ends ${target.is}`
    default:
      return target satisfies never
  }
}

/** Sees a run from its beginning, since what breaks an invariant may have begun long ago; says whether it happened since it was asked to look. */
export class Lookout extends Listener {
  readonly #target: Target
  readonly #protocol: AnyProtocol
  readonly #bench: Bench
  #isLooking = false
  #seenUs: number | undefined

  constructor(target: Target, protocol: AnyProtocol, service: AnyService) {
    super()
    this.#target = target
    this.#protocol = protocol
    const wanted = target.kind === 'violation' ? target.invariant : undefined
    this.#bench = new Bench(invariantsOf(protocol, service).filter(({ name }) => name === wanted))
  }

  /** What happened before it could see for itself. */
  knows(step: JudgedStep<unknown, AnyMessage>): void {
    this.#bench.judge(step, () => {})
  }

  /** From now on. */
  look(): void {
    this.#isLooking = true
  }

  /** When it happened. */
  get seenUs(): number | undefined {
    return this.#seenUs
  }

  override stepped(step: StepSeen): void {
    if (this.#target.kind === 'violation') return this.#bench.judge(step, () => this.#saw(step.atUs))
    if (this.#isLooking && this.#isIn(step)) this.#saw(step.atUs)
  }

  override spoke({ said, atUs }: Word): void {
    const target = this.#target
    if (target.kind !== 'outcome' || !this.#isLooking || said.is !== 'return') return
    if (said.client === target.client && said.outcome.is === target.is) this.#saw(atUs)
  }

  #isIn({ node, before, after, effects }: StepSeen): boolean {
    const target = this.#target
    if (target.kind === 'note')
      return node === target.node && effects.some((effect) => effect.kind === 'note' && effect.note === target.note)
    if (target.kind !== 'leader' || node !== target.node) return false
    const leads = (state: unknown) => state !== undefined && this.#protocol.observe(state).role === 'leader'
    return leads(after) && !leads(before)
  }

  #saw(atUs: number): void {
    if (this.#isLooking) this.#seenUs ??= atUs
  }
}
