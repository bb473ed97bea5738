/**
 * The way of one message over one link, as the faults on that link shape it, and the dice they may throw. Each kind of
 * fault is one function in a file of its own that changes the journey of a message its rule touches.
 */
import { draw, fraction } from '../core/prng.ts'

export interface Journey {
  end: 'arrives' | 'dropped' | 'held'
  /** Run milliseconds on the way; the messages behind wait too, for the link is first-in first-out. */
  delayMs: number
  /** Run milliseconds more, during which the messages behind overtake. */
  asideMs: number
  /** Copies that arrive besides the message itself. */
  copies: number
}

/** Dice for one fault and one message on one link: the n-th message on a link meets the same fate in every execution. */
export class Dice {
  readonly #seed: number
  readonly #from: number
  readonly #to: number
  /** Counts the link's messages from 1. */
  message = 0
  /** Counts the run's faults in the order in which they were armed, from 1; 0 is the network's own delay. */
  fault = 0

  constructor(seed: number, from: number, to: number) {
    this.#seed = seed
    this.#from = from
    this.#to = to
  }

  /** A fraction in [0, 1) for a `Purpose`; `nth` keeps several draws for one purpose apart. */
  throw(purpose: number, nth = 0): number {
    return fraction(draw(this.#seed, purpose, this.#from, this.#to, this.message, this.fault, nth))
  }
}

/** What a kind of fault does to a message that its rule touches. */
export type Shape<F> = (fault: F, journey: Journey, dice: Dice) => void
