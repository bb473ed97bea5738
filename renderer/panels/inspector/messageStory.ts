/** What became of a message: its send, where it was held, its deliveries and losses, and the steps that they started. */
import type { EventFilter, Response } from '../../../main/contract/commands.ts'
import type { DeliverEvent, DropEvent, HoldEvent, RunEvent, SendEvent, StepEvent } from '../../../protocols/core/event.ts'

export interface MessageStory {
  readonly send: SendEvent
  readonly held: HoldEvent | undefined
  readonly deliveries: readonly DeliverEvent[]
  readonly drops: readonly DropEvent[]
  readonly step: StepEvent | undefined
  /** False: later events may still tell more. */
  readonly whole: boolean
}

export type ReadEvents = (filter: EventFilter, from: number, limit: number, direction: 'forward') => Promise<Response<'run.events'>>

const READS_MAX = 30
const LIMIT = 500

/** Reads on from the send until the message has ended and what it started is known, or so many reads have not shown it. */
export async function readStory(send: SendEvent, lastSeq: number, read: ReadEvents): Promise<MessageStory> {
  const story: { held: HoldEvent | undefined; deliveries: DeliverEvent[]; drops: DropEvent[]; step: StepEvent | undefined } = {
    held: undefined,
    deliveries: [],
    drops: [],
    step: undefined,
  }
  let from = send.seq + 1
  const filter: EventFilter = { nodes: [send.to], types: ['deliver', 'drop', 'hold', 'step'] }
  for (let reads = 0; reads < READS_MAX && from <= lastSeq; reads++) {
    const { events, next } = await read(filter, from, LIMIT, 'forward')
    for (const event of events) take(story, event, send)
    if (isWhole(story)) return { send, ...story, whole: true }
    if (next === undefined) break
    from = next
  }
  return { send, ...story, whole: story.step !== undefined }
}

function take(
  story: { held: HoldEvent | undefined; deliveries: DeliverEvent[]; drops: DropEvent[]; step: StepEvent | undefined },
  event: RunEvent,
  send: SendEvent,
): void {
  const { message } = send
  if (event.kind === 'hold' && event.message === message) story.held = event
  else if (event.kind === 'deliver' && event.message === message) story.deliveries.push(event)
  else if (event.kind === 'drop' && event.message === message) story.drops.push(event)
  else if (event.kind === 'step' && (event.input.kind === 'message' || event.input.kind === 'request') && event.input.message === message)
    story.step ??= event
}

/** Duplicates may arrive later still; the first delivery with its step is what is looked for. */
function isWhole(story: { deliveries: readonly DeliverEvent[]; drops: readonly DropEvent[]; step: StepEvent | undefined }): boolean {
  return story.drops.length > 0 || (story.deliveries.length > 0 && story.step !== undefined)
}

/** When the message's way ended, run microseconds; undefined while it is on its way. */
export function endOf(story: MessageStory): number | undefined {
  return story.deliveries[0]?.atUs ?? story.drops[0]?.atUs
}
