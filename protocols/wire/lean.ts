/**
 * Steps and sends with no more than it takes to run them again: what a node showed and noted is not parsed. A pass over a
 * long recording reads them a quarter of a million times, so their clocks are the reader's own and change with it.
 */
import type { SendEvent, StepEvent } from '../core/event.ts'
import type { EndpointId, MessageId, NodeId } from '../core/ids.ts'
import { controlOf } from './chunkEvents.ts'
import type { ChunkReader } from './chunkReader.ts'
import { StepInputKind } from './tap.ts'

const NONE: readonly never[] = []
/** How many timers a step set is compared, not which. */
const timerLists: StepEvent['timers'][] = []

/** The step at which the reader stands. */
export function leanStep(reader: ChunkReader): StepEvent {
  const { seq, atUs, life, step, lamport, nowMs, persisted } = reader
  return {
    kind: 'step',
    seq,
    atUs,
    node: reader.tables.endpoints[reader.endpoint] as NodeId,
    life,
    step,
    lamport,
    clock: reader.clock as unknown as readonly number[],
    nowMs,
    input: inputOf(reader),
    sends: { first: reader.sendFirst, count: reader.sendCount },
    timers: timersOf(reader.timers),
    persisted,
    notes: NONE,
  }
}

/** The send at which the reader stands, without its clock. */
export function leanSend(reader: ChunkReader): SendEvent {
  const { seq, atUs, life, step, lamport, tables } = reader
  const body = reader.json()
  return {
    kind: 'send',
    seq,
    atUs,
    life,
    step,
    lamport,
    clock: NONE,
    message: reader.message as MessageId,
    from: tables.endpoints[reader.endpoint] as EndpointId,
    to: tables.endpoints[reader.to] as EndpointId,
    type: tables.messageTypes[reader.type] ?? '',
    body: body === undefined ? reader.text() : body,
  }
}

function inputOf(reader: ChunkReader): StepEvent['input'] {
  const { input, subject, tables } = reader
  switch (input) {
    case StepInputKind.start:
      return { kind: 'start', recovered: subject }
    case StepInputKind.timer:
      return { kind: 'timer', name: tables.timers[subject] ?? '' }
    case StepInputKind.durable:
      return { kind: 'durable', mark: subject }
    case StepInputKind.control:
      return { kind: 'control', control: controlOf(reader) }
    default:
      return { kind: input === StepInputKind.message ? 'message' : 'request', message: subject as MessageId }
  }
}

function timersOf(count: number): StepEvent['timers'] {
  let list = timerLists[count]
  if (!list) {
    list = new Array<{ name: string }>(count).fill({ name: '' })
    timerLists[count] = list
  }
  return list
}
