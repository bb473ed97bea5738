/**
 * What becomes of the messages on one directed link: a verdict for the n-th message, given the faults armed at the time.
 * No sockets and no clock: the proxy and the simulator ask the same questions and get the same answers. Every die is
 * thrown for (seed, purpose, from, to, n, fault), so a verdict does not depend on what other links do.
 *
 * Faults act in the order in which they were armed. The first that drops or holds a message decides; what delays,
 * duplicates and reorders adds up. A message is judged once, when it enters the link: a fault armed later does not
 * reach those already on their way.
 */
import type { ArmedFault } from '../core/fault.ts'
import type { FaultId } from '../core/ids.ts'
import { cut } from './cut.ts'
import { delay } from './delay.ts'
import { duplicate } from './duplicate.ts'
import { hold } from './hold.ts'
import { Dice, type Journey } from './journey.ts'
import { loss } from './loss.ts'
import { reorder } from './reorder.ts'
import { type Passenger, type RuleCounts, RuleOnLink } from './rule.ts'

export type Verdict =
  /** Goes on at once, once. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop'; readonly fault: FaultId }
  /** Waits at the fault's gate; let through, it arrives at once. */
  | { readonly kind: 'hold'; readonly fault: FaultId }
  /** Arrives at `dueMs` on the run's clock (now, when only duplicated), followed by `copies` more. Equal times keep the order of entering. */
  | { readonly kind: 'deliver'; readonly dueMs: number; readonly copies: number }

const PASS: Verdict = { kind: 'pass' }

interface OnLink {
  readonly fault: ArmedFault
  readonly ordinal: number
  readonly rule: RuleOnLink
  readonly drop: Verdict
  readonly hold: Verdict
}

/** All that a link remembers, as data. */
export interface LinkFateData {
  readonly messages: number
  readonly lastDueMs: number
  /** In the order of arming. */
  readonly faults: readonly { readonly fault: ArmedFault; readonly ordinal: number; readonly counts: RuleCounts }[]
}

export interface LinkFateOptions {
  readonly seed: number
  /** Endpoint indexes. */
  readonly from: number
  readonly to: number
  /** What the link costs by itself, run milliseconds. */
  readonly network: { readonly delayMs: number; readonly jitterMs: number }
}

export class LinkFate {
  #dice: Dice
  readonly #options: LinkFateOptions
  readonly #network: LinkFateOptions['network']
  readonly #bare: boolean
  #faults: readonly OnLink[] = []
  #messages = 0
  /** When the last message that keeps its place in the queue arrives. */
  #lastDueMs = 0
  readonly #journey: Journey = { end: 'arrives', delayMs: 0, asideMs: 0, copies: 0 }

  constructor(options: LinkFateOptions) {
    this.#options = options
    this.#dice = new Dice(options.seed, options.from, options.to)
    this.#network = options.network
    this.#bare = options.network.delayMs === 0 && options.network.jitterMs === 0
  }

  /** From the next message on the dice are those of another seed; what was judged stays as it is. */
  reseed(seed: number): void {
    this.#dice = new Dice(seed, this.#options.from, this.#options.to)
  }

  get data(): LinkFateData {
    const faults = this.#faults.map(({ fault, ordinal, rule }) => ({ fault, ordinal, counts: rule.counts }))
    return { messages: this.#messages, lastDueMs: this.#lastDueMs, faults }
  }

  /** Goes on where another one was. */
  continue({ messages, lastDueMs, faults }: LinkFateData): void {
    this.#messages = messages
    this.#lastDueMs = lastDueMs
    this.#faults = []
    for (const { fault, ordinal, counts } of faults) this.arm(fault, ordinal, counts)
  }

  /** `ordinal` counts the run's faults in the order of arming, from 1. */
  arm(fault: ArmedFault, ordinal: number, counts?: RuleCounts): void {
    const { id } = fault
    const rule = new RuleOnLink(fault.rule, counts)
    this.#faults = [...this.#faults, { fault, ordinal, rule, drop: { kind: 'drop', fault: id }, hold: { kind: 'hold', fault: id } }]
  }

  /**
   * Takes a fault off; does nothing when it is not on this link. True after a delay or a reorder: then whoever carries
   * the messages lets those on their way arrive now, in the order in which they were due, so that a healed link is
   * healed at once. What a hold keeps is the carrier's to let go.
   */
  lift(id: FaultId): boolean {
    const lifted = this.#faults.find(({ fault }) => fault.id === id)?.fault
    this.#faults = this.#faults.filter(({ fault }) => fault !== lifted)
    if (lifted?.kind !== 'delay' && lifted?.kind !== 'reorder') return false
    this.#lastDueMs = 0
    return true
  }

  /** Nothing can happen to the messages that enter now: they may pass unjudged, if only they are counted with `passed`. */
  isClear(nowMs: number): boolean {
    return this.#bare && this.#faults.length === 0 && this.#lastDueMs <= nowMs
  }

  /** So many messages passed while the link was clear. */
  passed(count: number): void {
    this.#messages += count
  }

  /** Judges the next message. `nowMs` is the run's clock and never goes back. */
  judge(nowMs: number, message: Passenger): Verdict {
    const dice = this.#dice
    const journey = this.#journey
    this.#messages += 1
    dice.message = this.#messages
    begin(journey)
    if (!this.#bare) {
      dice.fault = 0
      delay(this.#network, journey, dice)
    }
    for (const on of this.#faults) {
      dice.fault = on.ordinal
      if (!on.rule.touches(message, dice)) continue
      shape(on.fault, journey, dice)
      if (journey.end === 'dropped') return on.drop
      if (journey.end === 'held') return on.hold
    }
    const inTurnMs = Math.max(nowMs + journey.delayMs, this.#lastDueMs)
    this.#lastDueMs = inTurnMs
    const dueMs = inTurnMs + journey.asideMs
    if (dueMs <= nowMs && journey.copies === 0) return PASS
    return { kind: 'deliver', dueMs, copies: journey.copies }
  }
}

function begin(journey: Journey): void {
  journey.end = 'arrives'
  journey.delayMs = 0
  journey.asideMs = 0
  journey.copies = 0
}

function shape(fault: ArmedFault, journey: Journey, dice: Dice): void {
  switch (fault.kind) {
    case 'cut':
      return cut(fault, journey, dice)
    case 'delay':
      return delay(fault, journey, dice)
    case 'loss':
      return loss(fault, journey, dice)
    case 'duplicate':
      return duplicate(fault, journey, dice)
    case 'reorder':
      return reorder(fault, journey, dice)
    case 'hold':
      return hold(fault, journey, dice)
    default:
      return fault satisfies never
  }
}
