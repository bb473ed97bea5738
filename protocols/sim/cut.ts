/**
 * A whole cluster at one moment, as data: where a simulation can begin that did not bring itself there. It is what can be
 * known of a run from outside, of real processes too, so some of it is a reading and not a copy: everything written counts
 * as durable, what was said and has not left yet leaves after one more sync, and clients are new ones.
 */
import type { ClientsCut } from '../core/clientsCut.ts'
import type { Load } from '../core/config.ts'
import type { ArmedFault, NodeAction } from '../core/fault.ts'
import type { FaultId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { between, draw, Purpose } from '../core/prng.ts'
import type { LinkFateData } from '../net/link.ts'
import type { ClockData } from './clock.ts'
import type { Letter } from './sink.ts'

export interface Cut {
  /** Run time. */
  readonly atUs: number
  /** In order of endpoints. */
  readonly nodes: readonly NodeCut[]
  readonly links: readonly LinkCut[]
  /** In the order in which they were sent. */
  readonly flights: readonly FlightCut[]
  readonly faults: readonly ArmedFault[]
  /** Faults armed so far, those that were lifted included. */
  readonly armed: number
  readonly clients: ClientsCut
  readonly load: Load | undefined
  /** The load of the configuration has not begun yet. */
  readonly isLoadAwaited: boolean
}

export interface NodeCut {
  /** `starting`: the next life is to begin. */
  readonly status: 'down' | 'starting' | 'up' | 'paused' | 'empty'
  /** The last one that began. */
  readonly life: number
  readonly step: number
  readonly state: unknown
  /** Messages sent in this life. */
  readonly messages: number
  readonly lamport: number
  readonly clock: readonly number[]
  readonly disk: readonly Json[]
  readonly wiped: boolean
  /** Its clock, where one was set. */
  readonly time: ClockData
  /** So long takes a sync, run milliseconds, where somebody made the disk slow. */
  readonly syncMs: { readonly min: number; readonly max: number } | undefined
  /** By timer, milliseconds of its clock without the skew at which it runs out; Infinity when it is not set. */
  readonly deadlines: readonly number[]
  /** The last mark that the protocol has set, and of whose safety it knows. */
  readonly markSet: number
  readonly markTold: number
  /** Said, and not left yet. */
  readonly unsent: readonly Letter[]
  /** Handed over, and not taken in yet. */
  readonly inbox: readonly Letter[]
  /** Somebody has begun to do this to it. */
  readonly doing: NodeAction | undefined
}

export interface LinkCut {
  /** Endpoint indexes. */
  readonly from: number
  readonly to: number
  readonly fate: LinkFateData
}

export interface FlightCut {
  readonly letter: Letter
  /** When faults let it arrive; what they do not hinder is as far as chance has it. */
  readonly dueUs: number
  readonly copies: number
  /** The fault at whose gate it waits. */
  readonly held: FaultId | undefined
}

/** How far messages have come by themselves is not recorded: each that is not kept by a fault arrives within what a message costs, first in first out. */
export function arriving(flights: readonly FlightCut[], nowUs: number, seed: number, msMax: number): FlightCut[] {
  const lastUs = new Map<string, number>()
  return flights.map((flight) => {
    const { from, to, number } = flight.letter
    if (flight.held !== undefined || flight.dueUs > nowUs) return flight
    const ms = between(draw(seed, Purpose.delay, from, to, number), 0, msMax)
    const dueUs = Math.max(nowUs + Math.round(ms * 1e3), lastUs.get(`${from} ${to}`) ?? 0)
    lastUs.set(`${from} ${to}`, dueUs)
    return { ...flight, dueUs }
  })
}
