/**
 * The causal stamps of an endpoint: Lamport time (Lamport 1978) and a vector clock (Fidge, Mattern 1988), with one entry
 * per endpoint. A step is one event; everything it sends carries the step's own stamp. Given outside the protocol's reach.
 */
import { FRAME_HEADER_BYTES } from '../wire/frame.ts'

export class Stamps {
  lamport = 0
  /** Changes in place with every step: what outlives a step needs a copy. */
  readonly clock: Uint32Array
  readonly #own: number
  readonly #reserve: ((lamport: number, own: number) => StampFloor) | undefined
  #reserved: StampFloor

  /** `reserve` is asked for room above the stamps used so far, so that a later life never repeats them. */
  constructor(endpoints: number, own: number, reserve?: (lamport: number, own: number) => StampFloor) {
    this.clock = new Uint32Array(endpoints)
    this.#own = own
    this.#reserve = reserve
    this.#reserved = reserve ? { lamport: 0, own: 0 } : { lamport: Number.POSITIVE_INFINITY, own: Number.POSITIVE_INFINITY }
  }

  /** Begins a life above every stamp of the earlier ones. */
  beginAt(floor: StampFloor): void {
    this.lamport = floor.lamport
    this.clock[this.#own] = floor.own
  }

  /** Goes on where another one was. */
  continue(lamport: number, clock: ArrayLike<number>): void {
    this.lamport = lamport
    this.clock.set(clock)
  }

  /** A local event. */
  local(): void {
    this.lamport += 1
    this.#tick()
  }

  /** The receipt of the frame that starts at `at`: first the maximum, then the event's own count. */
  receive(view: DataView, at: number): void {
    const { clock } = this
    for (let i = 0, from = at + FRAME_HEADER_BYTES; i < clock.length; i++, from += 4) {
      const theirs = view.getUint32(from, true)
      if (theirs > (clock[i] as number)) clock[i] = theirs
    }
    this.lamport = Math.max(this.lamport, view.getUint32(at + 20, true)) + 1
    this.#tick()
  }

  /** The receipt of a message that carries these stamps. */
  hear(lamport: number, theirs: Uint32Array): void {
    const { clock } = this
    for (let i = 0; i < clock.length; i++) if ((theirs[i] as number) > (clock[i] as number)) clock[i] = theirs[i] as number
    this.lamport = Math.max(this.lamport, lamport) + 1
    this.#tick()
  }

  #tick(): void {
    const own = (this.clock[this.#own] as number) + 1
    this.clock[this.#own] = own
    if (this.#reserve && (own >= this.#reserved.own || this.lamport >= this.#reserved.lamport))
      this.#reserved = this.#reserve(this.lamport, own)
  }
}

/** Stamps up to these may have been used. */
export interface StampFloor {
  readonly lamport: number
  readonly own: number
}
