/**
 * One directed link: every message is judged by the same LinkFate as in the proxy and is then on its way, waits at a gate,
 * or is gone. What a message costs without any fault is drawn for it too, from the seed, this link and its number.
 */
import type { ArmedFault } from '../core/fault.ts'
import type { FaultId, MessageId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { LinkFate, type LinkFateData, type LinkFateOptions } from '../net/link.ts'
import type { Passenger } from '../net/rule.ts'
import type { Agenda, Due } from './agenda.ts'
import type { FlightCut } from './cut.ts'
import type { Letter, Sink } from './sink.ts'

/** What links share. */
export interface LinkWorld {
  readonly agenda: Agenda
  readonly sink: Sink
  /** Somebody is there to take letters. */
  isThere(endpoint: number): boolean
  receive(letter: Letter): void
  typeName(type: number): string
}

/** A letter on its way. */
class Flight implements Due {
  readonly link: SimLink
  readonly letter: Letter
  readonly copies: number

  constructor(link: SimLink, letter: Letter, copies: number) {
    this.link = link
    this.letter = letter
    this.copies = copies
  }

  happen(): void {
    this.link.arrive(this.letter, this.copies)
  }
}

export class SimLink {
  readonly to: number
  readonly #world: LinkWorld
  readonly #fate: LinkFate
  readonly #gates = new Map<FaultId, Map<MessageId, Letter>>()
  readonly #passenger: LetterPassenger

  constructor(world: LinkWorld, options: LinkFateOptions) {
    this.to = options.to
    this.#world = world
    this.#fate = new LinkFate(options)
    this.#passenger = new LetterPassenger(world)
  }

  enter(letter: Letter): void {
    const { agenda, sink } = this.#world
    const atUs = agenda.nowUs
    sink.sent(letter, atUs)
    this.#passenger.letter = letter
    const verdict = this.#fate.judge(atUs / 1e3, this.#passenger)
    switch (verdict.kind) {
      case 'pass':
        return agenda.add(atUs, new Flight(this, letter, 0))
      case 'deliver':
        return agenda.add(Math.round(verdict.dueMs * 1e3), new Flight(this, letter, verdict.copies))
      case 'drop':
        return sink.dropped(letter, 0, { fault: verdict.fault }, atUs)
      case 'hold': {
        this.#gate(verdict.fault).set(letter.message, letter)
        return sink.held(letter, verdict.fault, atUs)
      }
      default:
        return verdict satisfies never
    }
  }

  /** Hands it over, and its copies right after it. The receiver may go down between two of them. */
  arrive(letter: Letter, copies: number): void {
    const { agenda, sink } = this.#world
    for (let copy = 0; copy <= copies; copy++) {
      if (!this.#world.isThere(this.to)) {
        sink.dropped(letter, copy, 'receiver-down', agenda.nowUs)
        continue
      }
      sink.delivered(letter, copy, agenda.nowUs)
      this.#world.receive(letter)
    }
  }

  /** Goes on where another link was. */
  continue(fate: LinkFateData): void {
    this.#fate.continue(fate)
  }

  /** A letter that was on its way, or waits at a gate. */
  put({ letter, dueUs, copies, held }: FlightCut): void {
    if (held === undefined) return this.#world.agenda.add(dueUs, new Flight(this, letter, copies))
    this.#gate(held).set(letter.message, letter)
  }

  reseed(seed: number): void {
    this.#fate.reseed(seed)
  }

  arm(fault: ArmedFault, ordinal: number): void {
    this.#fate.arm(fault, ordinal)
  }

  /** What was delayed arrives now, in the order in which it was due; what was held, in the order in which it came. */
  lift(fault: FaultId): void {
    if (this.#fate.lift(fault)) {
      const mine = this.#world.agenda.takeOut((due) => due instanceof Flight && due.link === this)
      for (const flight of mine) this.#world.agenda.add(this.#world.agenda.nowUs, flight)
    }
    this.release(fault, undefined, () => {})
  }

  #gate(fault: FaultId): Map<MessageId, Letter> {
    const gate = this.#gates.get(fault) ?? new Map<MessageId, Letter>()
    this.#gates.set(fault, gate)
    return gate
  }

  /** Lets one held message go, or all of the fault's. */
  release(fault: FaultId, message: MessageId | undefined, onRelease: (message: MessageId) => void): number {
    const gate = this.#gates.get(fault)
    if (!gate) return 0
    const { agenda } = this.#world
    let count = 0
    for (const letter of message === undefined ? [...gate.values()] : [gate.get(message)]) {
      if (!letter) continue
      gate.delete(letter.message)
      onRelease(letter.message)
      agenda.add(agenda.nowUs, new Flight(this, letter, 0))
      count += 1
    }
    if (gate.size === 0) this.#gates.delete(fault)
    return count
  }
}

/** The letter under judgement, as rules see it. */
class LetterPassenger implements Passenger {
  letter: Letter | undefined
  readonly #world: LinkWorld

  constructor(world: LinkWorld) {
    this.#world = world
  }

  get type(): string {
    return this.#world.typeName((this.letter as Letter).type)
  }

  body(): Json {
    return (this.letter as Letter).body as unknown as Json
  }
}
