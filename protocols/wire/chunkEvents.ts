/**
 * Events as objects, out of a chunk and into it. A reader's numbers give the fields that are numbers, the rest is read
 * from its JSON. An event is written as the bytes that a tap or a link would have brought: there is one packing for all.
 */
import type { LocalEvent, RunEvent, SendEvent, Stamp, StepEvent } from '../core/event.ts'
import { type EndpointId, type FaultId, type MessageId, messageIdParts, type NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import { ByteWriter } from './bytes.ts'
import { ChunkError, ChunkKind, type ChunkTables } from './chunk.ts'
import { ChunkReader } from './chunkReader.ts'
import type { ChunkWriter } from './chunkWriter.ts'
import { FrameKind, writeFrame } from './frame.ts'
import { StepInputKind, TapKind, type TextRecord, writeStepRecord, writeTextRecord } from './tap.ts'

const encoder = new TextEncoder()
const jsonBytes = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))

/** All events of a chunk in order. Throws ChunkError. */
export function readChunk(bytes: Uint8Array, tables: ChunkTables): RunEvent[] {
  const reader = new ChunkReader(bytes, tables)
  const events: RunEvent[] = []
  while (reader.next()) events.push(readEvent(reader))
  return events
}

/** The event at which the reader stands, whole. */
export function readEvent(reader: ChunkReader): RunEvent {
  const { seq, atUs } = reader
  const message = reader.message as MessageId
  switch (reader.kind) {
    case ChunkKind.step:
      return readStep(reader)
    case ChunkKind.send:
      return {
        ...{ kind: 'send', seq, atUs, ...stampOf(reader), message, from: nameOf(reader, reader.endpoint), to: nameOf(reader, reader.to) },
        ...{ type: reader.tables.messageTypes[reader.type] ?? unnamed(reader, 'message type', reader.type), body: bodyOf(reader) },
      }
    case ChunkKind.deliver:
      return { kind: 'deliver', seq, atUs, message, copy: reader.copy }
    case ChunkKind.drop:
      return { kind: 'drop', seq, atUs, message, copy: reader.copy, why: (reader.json() ?? 'overflow') as never }
    case ChunkKind.hold:
      return { kind: 'hold', seq, atUs, message, fault: reader.text() as FaultId }
    case ChunkKind.checkpoint: {
      const text = objectOf(reader)
      if (!text) return unreadable(reader, 'checkpoint')
      const { hash, state } = text
      const { life, step } = reader
      return {
        kind: 'checkpoint',
        seq,
        atUs,
        node: nameOf(reader, reader.endpoint),
        life,
        step,
        hash: hash as string,
        state: state as Json,
      }
    }
    case ChunkKind.invoke:
      return told(reader, 'invoke', stampOf(reader))
    case ChunkKind.return:
      return told(reader, 'return', stampOf(reader))
    case ChunkKind.local:
      return readLocal(reader)
    case ChunkKind.node:
      return told(reader, 'node')
    case ChunkKind.action:
      return told(reader, 'action')
    case ChunkKind.reject:
      return told(reader, 'reject')
    default:
      return told(reader, 'output')
  }
}

function readStep(reader: ChunkReader): StepEvent {
  const timers = new Array<{ name: string; ms?: number }>(reader.timers)
  for (let i = 0, at = reader.timersAt; i < reader.timers; i++, at += 5) {
    const name = timerName(reader, reader.view.getUint8(at))
    const ms = reader.view.getFloat32(at + 1, true)
    timers[i] = Number.isNaN(ms) ? { name } : { name, ms }
  }
  const extras = reader.textAt === reader.textEnd ? {} : (objectOf(reader) ?? {})
  return {
    kind: 'step',
    seq: reader.seq,
    atUs: reader.atUs,
    node: nameOf(reader, reader.endpoint),
    ...stampOf(reader),
    nowMs: reader.nowMs,
    input: inputOf(reader),
    sends: { first: reader.sendFirst, count: reader.sendCount },
    timers,
    persisted: reader.persisted,
    notes: (extras.notes ?? []) as never,
    ...(extras.observation === undefined ? {} : { observation: extras.observation as never }),
  }
}

function readLocal(reader: ChunkReader): RunEvent {
  const said = objectOf(reader)
  if (!said || !isLocal(said)) return unreadable(reader, 'event')
  const { text, after, data } = said
  return {
    ...{ kind: 'local', seq: reader.seq, atUs: reader.atUs, host: nameOf(reader, reader.endpoint), ...stampOf(reader), text, after },
    ...(data === undefined ? {} : { data }),
  }
}

const isLocal = (said: object): said is Pick<LocalEvent, 'text' | 'after' | 'data'> =>
  'text' in said && typeof said.text === 'string' && 'after' in said && Array.isArray(said.after)

function inputOf(reader: ChunkReader): StepEvent['input'] {
  const { input, subject } = reader
  if (input === StepInputKind.start) return { kind: 'start', recovered: subject }
  if (input === StepInputKind.timer) return { kind: 'timer', name: timerName(reader, subject) }
  if (input === StepInputKind.durable) return { kind: 'durable', mark: subject }
  if (input === StepInputKind.control) return { kind: 'control', control: controlOf(reader) }
  return { kind: input === StepInputKind.message ? 'message' : 'request', message: subject as MessageId }
}

/** What the step at which the reader stands was told from outside. */
export const controlOf = (reader: ChunkReader): Control => (objectOf(reader)?.control ?? { name: '' }) as unknown as Control

/** An event that is kept as its JSON. */
function told(reader: ChunkReader, kind: RunEvent['kind'], stamp?: object): RunEvent {
  const text = objectOf(reader)
  if (!text) return unreadable(reader, kind)
  return { ...text, kind, seq: reader.seq, atUs: reader.atUs, ...stamp } as unknown as RunEvent
}

/** A program that is not ours may have written anything: what it wrote does not make the rest unreadable. */
function unreadable({ seq, atUs }: ChunkReader, kind: string): RunEvent {
  return { kind: 'reject', seq, atUs, where: 'recording', why: `The text of this ${kind} is not a JSON object.` }
}

function objectOf(reader: ChunkReader): { readonly [key: string]: Json } | undefined {
  const value = reader.json()
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { [key: string]: Json }) : undefined
}

/** A body that is not JSON is shown as the text that it is. */
function bodyOf(reader: ChunkReader): Json {
  const body = reader.json()
  return body === undefined ? reader.text() : body
}

function stampOf(reader: ChunkReader): Stamp {
  const clock = Array.from(reader.clock.subarray(0, reader.clockSize))
  return { life: reader.life, step: reader.step, lamport: reader.lamport, clock }
}

const nameOf = ({ tables }: ChunkReader, endpoint: number): EndpointId => tables.endpoints[endpoint] as NodeId

const timerName = (reader: ChunkReader, index: number): string => reader.tables.timers[index] ?? unnamed(reader, 'timer', index)

function unnamed({ seq }: ChunkReader, what: string, index: number): never {
  throw new ChunkError(`event ${seq} speaks of ${what} ${index}, which this run does not have`)
}

/** What events are written with: a ChunkWriter, or whoever passes their bytes on. */
export interface EventWriter
  extends Pick<ChunkWriter, 'tables' | 'tapStep' | 'tapText' | 'frame' | 'deliver' | 'drop' | 'hold' | 'local' | 'told'> {
  readonly firstSeq: number
  readonly count: number
}

/** Appends any event; its seq must be the next. Throws ChunkError for a name that is not in the tables. */
export function writeEvent(writer: EventWriter, event: RunEvent): void {
  const next = writer.firstSeq + writer.count
  if (event.seq !== next) throw new ChunkError(`event ${event.seq} stands where ${next} should`)
  const { kind, seq: _seq, atUs, ...rest } = event
  const { endpoints } = writer.tables
  switch (event.kind) {
    case 'step':
      return writeStep(writer, event)
    case 'send':
      return writeSend(writer, event)
    case 'deliver':
      return writer.deliver(atUs, event.message, event.copy)
    case 'drop':
      return writer.drop(atUs, event.message, event.copy, jsonBytes(event.why))
    case 'hold':
      return writer.hold(atUs, event.message, encoder.encode(event.fault))
    case 'checkpoint': {
      const text = JSON.stringify({ hash: event.hash, state: event.state })
      const { life, step } = event
      return writeText(writer, place(endpoints, event.node), life, { kind: TapKind.checkpoint, step, atUs, lamport: 0, clock: [], text })
    }
    case 'invoke':
    case 'return': {
      const { life, step, lamport, clock, ...said } = rest as Stamp
      const text = JSON.stringify(said)
      return writeText(writer, endpoints.length - 1, life, { kind: TapKind[event.kind], step, atUs, lamport, clock, text })
    }
    case 'local': {
      const { host, text, after, data } = event
      return writer.local(place(endpoints, host), atUs, event, jsonBytes({ text, after, data }))
    }
    case 'node':
    case 'action':
    case 'reject':
    case 'output': {
      const json = jsonBytes(rest)
      return writer.told(ChunkKind[event.kind], atUs, json, 0, json.length)
    }
    default:
      throw new ChunkError(`events of kind ${kind} are unknown`)
  }
}

function writeStep(writer: EventWriter, event: StepEvent): void {
  const { input, notes, observation, sends, step, atUs, nowMs, lamport, clock, persisted } = event
  const { endpoints, timers: names } = writer.tables
  // In the order in which drivers write them, so that what is told again is the same to the byte.
  const told = input.kind === 'control' ? { control: input.control } : {}
  const extras = { ...told, ...(notes.length > 0 ? { notes } : {}), ...(observation ? { observation } : {}) }
  const out = new ByteWriter(256)
  writeStepRecord(out, {
    ...{ step, atUs, nowMs, lamport, clock, persisted, sendFirst: sends.first, sendCount: sends.count },
    input: StepInputKind[input.kind],
    subject: subjectOf(input, names),
    timers: event.timers.map(({ name, ms }) => ({ timer: place(names, name), ms: ms ?? Number.NaN })),
    extras: Object.keys(extras).length > 0 ? JSON.stringify(extras) : '',
  })
  writer.tapStep(place(endpoints, event.node), event.life, out.bytes, out.view, 0, out.length)
}

function subjectOf(input: StepEvent['input'], timers: readonly string[]): number {
  switch (input.kind) {
    case 'start':
      return input.recovered
    case 'timer':
      return place(timers, input.name)
    case 'durable':
      return input.mark
    case 'control':
      return 0
    case 'message':
    case 'request':
      return input.message
    default:
      return input satisfies never
  }
}

function writeSend(writer: EventWriter, { from, to, type, message, life, step, lamport, clock, body, atUs }: SendEvent): void {
  const { endpoints, messageTypes } = writer.tables
  const out = new ByteWriter(256)
  const header = {
    ...{ kind: FrameKind.message, from: place(endpoints, from), to: place(endpoints, to), type: place(messageTypes, type) },
    ...{ number: messageIdParts(message).number, life, step, lamport, clock, sentAtUs: atUs },
  }
  writeFrame(out, header, JSON.stringify(body))
  writer.frame(out.bytes, out.view, 0, out.length, atUs, Number.NaN)
}

function writeText(writer: EventWriter, endpoint: number, life: number, record: TextRecord): void {
  const out = new ByteWriter(256)
  writeTextRecord(out, record)
  writer.tapText(endpoint, life, out.bytes, out.view, 0, out.length)
}

function place(table: readonly string[], name: string): number {
  const index = table.indexOf(name)
  if (index < 0) throw new ChunkError(`${name} is not a name of this run`)
  return index
}
