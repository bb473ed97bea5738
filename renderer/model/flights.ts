/**
 * Messages on their way, for drawing: a fold of send, deliver, drop and hold events that remembers when each message
 * left and when it arrived, so that it can be shown at any moment near the playhead.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { EndpointId, FaultId, MessageId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { InFlight } from '../../protocols/core/moment.ts'

export interface Flight {
  readonly message: MessageId
  /** The event that sent it; undefined when only the moment knows of it. */
  readonly seq: number | undefined
  readonly from: EndpointId
  readonly to: EndpointId
  readonly type: string
  readonly body: Json | undefined
  readonly sentAtUs: number
  /** When it arrived or was lost; undefined while that is not known. */
  endAtUs: number | undefined
  fate: 'delivered' | 'lost' | undefined
  /** Why it was lost, when a fault did it. */
  lostTo: FaultId | 'receiver-down' | 'overflow' | undefined
  /** The fault at whose gate it waits, and since when. */
  held: FaultId | undefined
  heldAtUs: number | undefined
}

export class FlightLog {
  readonly #flights = new Map<MessageId, Flight>()
  readonly #limit: number

  /** Keeps the youngest `limit` messages. */
  constructor(limit = 4000) {
    this.#limit = limit
  }

  get size(): number {
    return this.#flights.size
  }

  clear(): void {
    this.#flights.clear()
  }

  take(event: RunEvent): void {
    switch (event.kind) {
      case 'send':
        if (this.#flights.has(event.message)) return
        this.#flights.set(event.message, {
          message: event.message,
          seq: event.seq,
          from: event.from,
          to: event.to,
          type: event.type,
          body: event.body,
          sentAtUs: event.atUs,
          endAtUs: undefined,
          fate: undefined,
          lostTo: undefined,
          held: undefined,
          heldAtUs: undefined,
        })
        if (this.#flights.size > this.#limit) this.#forgetOldest()
        return
      case 'deliver':
      case 'drop': {
        const flight = this.#flights.get(event.message)
        if (!flight || event.copy !== 0) return
        flight.endAtUs = event.atUs
        flight.fate = event.kind === 'deliver' ? 'delivered' : 'lost'
        flight.lostTo = event.kind === 'drop' ? (typeof event.why === 'string' ? event.why : event.why.fault) : undefined
        return
      }
      case 'hold': {
        const flight = this.#flights.get(event.message)
        if (!flight) return
        flight.held = event.fault
        flight.heldAtUs = event.atUs
        return
      }
      default:
        return
    }
  }

  /**
   * Adds what a moment knows to be in flight and this log does not: messages sent before its window. With the moment's
   * time, what it no longer has in flight is taken to have left its link by then: how it ended was not told.
   */
  takeMoment(inFlight: readonly InFlight[], atUs?: number): void {
    const present = new Set<MessageId>()
    for (const { message } of inFlight) present.add(message)
    if (atUs !== undefined) {
      for (const flight of this.#flights.values()) {
        if (flight.endAtUs === undefined && flight.sentAtUs <= atUs && !present.has(flight.message)) flight.endAtUs = atUs
      }
    }
    for (const { message, from, to, type, sentAtUs, held } of inFlight) {
      if (this.#flights.has(message)) continue
      this.#flights.set(message, {
        message,
        seq: undefined,
        from,
        to,
        type,
        body: undefined,
        sentAtUs,
        endAtUs: undefined,
        fate: undefined,
        lostTo: undefined,
        held,
        heldAtUs: held === undefined ? undefined : sentAtUs,
      })
    }
  }

  /** Messages that were on a link at `atUs`, or had left it less than `trailUs` before. */
  at(atUs: number, trailUs = 0): Flight[] {
    const found: Flight[] = []
    for (const flight of this.#flights.values()) {
      if (flight.sentAtUs > atUs) continue
      if (flight.endAtUs !== undefined && flight.endAtUs + trailUs < atUs) continue
      found.push(flight)
    }
    return found
  }

  get(message: MessageId): Flight | undefined {
    return this.#flights.get(message)
  }

  #forgetOldest(): void {
    for (const [message, flight] of this.#flights) {
      if (this.#flights.size <= this.#limit * 0.9) return
      if (flight.endAtUs !== undefined || this.#flights.size > this.#limit * 2) this.#flights.delete(message)
    }
  }
}

/** How far a message has come at `atUs`, 0 to 1; undefined while its arrival is not known. */
export function progress(flight: Flight, atUs: number): number | undefined {
  if (flight.endAtUs === undefined) return undefined
  const span = flight.endAtUs - flight.sentAtUs
  return span <= 0 ? 1 : Math.min(1, Math.max(0, (atUs - flight.sentAtUs) / span))
}
