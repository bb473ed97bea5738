/** What is asked of a recording by a query, by numbers, or along its causes. The language: protocols/query/README.md. */
import { z } from 'zod'
import type { DeliverEvent, DropEvent, HoldEvent, RunEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { MessageId, RunId } from '../../protocols/core/ids.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>
const seq = z.int().min(0)

/** A query as a person types it. */
export const whereSchema = z.string().max(2000)

export const queryRequests = {
  'run.events': z.strictObject({
    run,
    from: seq,
    limit: z.int().min(1).max(5000),
    direction: z.enum(['forward', 'backward']).default('forward'),
    where: whereSchema.optional(),
  }),
  /**
   * Where the events are that pass a query: a short piece of work, its answer says where to go on, so that the first matches
   * come at once and whoever asks can stop whenever they like.
   */
  'run.find': z.strictObject({ run, from: seq, where: whereSchema }),
  /** Events by their numbers, with the sends of the messages that they are about. */
  'run.pick': z.strictObject({ run, seqs: z.array(z.int().min(1)).max(500) }),
  /** Everything that is recorded of a message, from the step that sent it to the steps that it started. */
  'run.message': z.strictObject({ run, message: z.int().min(0).max(Number.MAX_SAFE_INTEGER) as unknown as z.ZodType<MessageId> }),
  /** An event with what it follows from and what follows from it. */
  'run.event': z.strictObject({ run, seq: z.int().min(1) }),
} as const

export interface Found {
  /** Numbers and times of the matches, in order of events. */
  readonly seqs: readonly number[]
  readonly timesUs: readonly number[]
  /** Where to go on; undefined at the end of what is recorded. */
  readonly next: number | undefined
  readonly scanned: number
}

export interface Picked {
  /** In the order in which they were asked for; numbers that the run does not have are left out. */
  readonly events: readonly RunEvent[]
  /** Sends of messages that these are about, each once, but for those that are among them. */
  readonly sends: readonly SendEvent[]
}

/** A fault on a message's way: armed when it was sent. */
export interface FaultOnWay {
  readonly fault: ArmedFault
  /** The event that armed it. */
  readonly armedSeq: number
  /** It certainly did something to the message: dropped it, held it. Otherwise it may have, as its target and rule say. */
  readonly did: boolean
}

export interface MessageReport {
  readonly send: SendEvent
  /** The frame that carried it, hexadecimal. */
  readonly frame: string
  /** Bytes of the frame before its body, and of its body. */
  readonly headerBytes: number
  readonly bodyBytes: number
  /** The step that sent it; undefined for clients, whose steps are not recorded. */
  readonly step: StepEvent | undefined
  readonly holds: readonly HoldEvent[]
  readonly deliveries: readonly DeliverEvent[]
  readonly drops: readonly DropEvent[]
  /** The step in which its receiver handled it. */
  readonly handled: StepEvent | undefined
  readonly faults: readonly FaultOnWay[]
  /** False: later events may still tell more. */
  readonly whole: boolean
}

/** One event beside another in the order of causes. */
export interface Neighbour {
  readonly event: RunEvent
  /** The message that leads from one to the other, where its send is neither. */
  readonly send?: SendEvent
  /** What leads from one to the other: it did so, its message came, it happened before at the same place. */
  readonly by: 'input' | 'message' | 'step' | 'order' | 'fault' | 'operation' | 'timer'
}

export interface EventReport {
  readonly event: RunEvent
  /** The send of the message that the event is about. */
  readonly send: SendEvent | undefined
  readonly causes: readonly Neighbour[]
  readonly effects: readonly Neighbour[]
  /** More effects than these were found. */
  readonly more: number
}

export interface QueryResponses {
  'run.events': {
    readonly events: readonly RunEvent[]
    /** Where to go on reading in the same direction; undefined at the end. */
    readonly next: number | undefined
    /** Events looked at; a read with a query stops after a while even when it found few. */
    readonly scanned: number
  }
  'run.find': Found
  'run.pick': Picked
  'run.message': MessageReport
  'run.event': EventReport
}
