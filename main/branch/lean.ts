/** Steps and messages with no more than it takes to go through a long recording: what a node showed and noted is not read. */
import type { SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { EndpointId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { StepInputKind } from '../../protocols/wire/tap.ts'

const NONE: readonly never[] = []
/** How many timers a step set is compared, not which. */
const timerLists: StepEvent['timers'][] = []

/** The step at which the reader stands. Its stamps are the reader's. */
export function leanStep(reader: ChunkReader): StepEvent {
  const { seq, atUs, life, step, lamport, nowMs, persisted } = reader
  return {
    ...{ kind: 'step', seq, atUs, node: reader.tables.endpoints[reader.endpoint] as NodeId, life, step, lamport },
    ...{ clock: reader.clock as unknown as readonly number[], nowMs, persisted, notes: NONE },
    input: inputOf(reader),
    sends: { first: reader.sendFirst, count: reader.sendCount },
    timers: timersOf(reader.timers),
  }
}

function timersOf(count: number): StepEvent['timers'] {
  const known = timerLists[count]
  if (known) return known
  const list = new Array<{ name: string }>(count).fill({ name: '' })
  timerLists[count] = list
  return list
}

/** A message with its stamps, read once. */
export interface SentMessage extends SendEvent {
  readonly fromIndex: number
  readonly toIndex: number
  readonly typeIndex: number
}

/** The send at which the reader stands; `atUs`: its time, in run time. */
export function sentMessage(reader: ChunkReader, atUs: number): SentMessage {
  const { seq, life, step, lamport, tables, endpoint, to, type } = reader
  const body = reader.json()
  return {
    ...{
      kind: 'send',
      seq,
      atUs,
      life,
      step,
      lamport,
      clock: reader.clock.slice(0, tables.endpoints.length) as unknown as readonly number[],
    },
    ...{ message: reader.message as MessageId, from: tables.endpoints[endpoint] as EndpointId, to: tables.endpoints[to] as EndpointId },
    ...{ type: tables.messageTypes[type] ?? '', body: body === undefined ? (reader.text() as Json) : body },
    ...{ fromIndex: endpoint, toIndex: to, typeIndex: type },
  }
}

function inputOf({ input, subject, tables }: ChunkReader): StepEvent['input'] {
  switch (input) {
    case StepInputKind.start:
      return { kind: 'start', recovered: subject }
    case StepInputKind.timer:
      return { kind: 'timer', name: tables.timers[subject] ?? '' }
    case StepInputKind.durable:
      return { kind: 'durable', mark: subject }
    default:
      return { kind: input === StepInputKind.message ? 'message' : 'request', message: subject as MessageId }
  }
}
