import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { type EndpointId, faultId, messageId, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { CHUNK_VERSION, ChunkError, type ChunkTables } from '../../../protocols/wire/chunk.ts'
import { readChunk, writeEvent } from '../../../protocols/wire/chunkEvents.ts'
import { ChunkReader } from '../../../protocols/wire/chunkReader.ts'
import { ChunkWriter } from '../../../protocols/wire/chunkWriter.ts'
import { writeFrame } from '../../../protocols/wire/frame.ts'
import { StepInputKind, writeStepRecord } from '../../../protocols/wire/tap.ts'

const nodes = nodeIds(5)
const tables: ChunkTables = {
  endpoints: [...nodes, 'clients'],
  messageTypes: ['Ask', 'Tell', 'Äußerung'],
  timers: ['election', 'heartbeat'],
}
const E = tables.endpoints.length

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const small = fc.oneof(fc.integer({ min: 0, max: 300 }), u32)
const atUs = fc.integer({ min: 0, max: 2 ** 45 })
const node = fc.constantFrom(...nodes)
const endpoint = fc.constantFrom(...(tables.endpoints as EndpointId[]))
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)))
const clock = fc.oneof(fc.array(small, { minLength: E, maxLength: E }), fc.array(u32, { maxLength: 9 }))
const life = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 8191 }))
const stamp = { life, step: small, lamport: small, clock }
const message = fc.tuple(fc.integer({ min: 0, max: E - 1 }), life, small).map(([from, of, number]) => messageId(from, of, number))
const copy = fc.integer({ min: 0, max: 5 })
const f32 = fc.float({ noNaN: true, noDefaultInfinity: true })
const nowMs = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: 0, max: 1e9 }).map((us) => us / 1000),
)
const fault = fc.string({ minLength: 1 }).map(faultId)
const text = fc.string({ unit: 'binary' }).filter((t) => t.isWellFormed())

const input = fc.oneof(
  fc.record({ kind: fc.constant('start' as const), recovered: small }),
  fc.record({ kind: fc.constantFrom('message' as const, 'request' as const), message }),
  fc.record({ kind: fc.constant('durable' as const), mark: small }),
  fc.record({ kind: fc.constant('control' as const), control: fc.record({ name: text, much: fc.jsonValue() }) }),
  fc.record({ kind: fc.constant('timer' as const), name: fc.constantFrom(...tables.timers) }),
)
const observation = fc.record({
  role: fc.constantFrom('leader' as const, 'follower' as const),
  epoch: small,
  facts: fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null))),
})
const timer = fc.oneof(
  fc.record({ name: fc.constantFrom(...tables.timers), ms: f32 }),
  fc.record({ name: fc.constantFrom(...tables.timers) }),
)

const kinds = {
  step: fc.oneof(
    fc.record({
      ...{ node, ...stamp, nowMs, input },
      sends: fc.record({ first: u32, count: fc.integer({ min: 0, max: 65535 }) }),
      timers: fc.array(timer, { maxLength: 5 }),
      persisted: fc.integer({ min: 0, max: 65535 }),
      notes: fc.array(fc.record({ note: text, data: fc.dictionary(text, json) }), { maxLength: 2 }),
    }),
    fc.record({
      ...{ node, ...stamp, nowMs, input, observation },
      sends: fc.constant({ first: 1, count: 0 }),
      timers: fc.constant([]),
      persisted: fc.constant(0),
      notes: fc.constant([]),
    }),
  ),
  checkpoint: fc.record({ node, life, step: small, hash: text, state: json }),
  send: fc.record({ from: endpoint, to: endpoint, type: fc.constantFrom(...tables.messageTypes), ...stamp, number: small, body: json }),
  deliver: fc.record({ message, copy }),
  drop: fc.record({ message, copy, why: fc.oneof(fc.constant('receiver-down'), fc.record({ fault })) }),
  hold: fc.record({ message, fault }),
  node: fc.record({
    node,
    change: fc.constantFrom({ is: 'up', pid: 7, life: 2 }, { is: 'down', asked: true, reason: 'ümläut' }, { is: 'paused' }),
  }),
  action: fc.record({ action: fc.constantFrom({ do: 'end' }, { do: 'lift', fault: 'f1' }, { do: 'load', load: null }) }),
  invoke: fc.record({ ...stamp, operation: small, client: text, op: json }),
  return: fc.record({ ...stamp, operation: small, client: text, outcome: fc.record({ is: fc.constant('ok'), result: json }) }),
  reject: fc.record({ where: text, why: text }),
  output: fc.record({ node, stream: fc.constantFrom('out', 'err'), line: text }),
  local: fc.record({ host: endpoint, ...stamp, text, after: fc.array(small, { maxLength: 3 }) }),
}
const event = fc.oneof(
  ...Object.entries(kinds).map(([kind, fields]) =>
    fc.tuple(fields as fc.Arbitrary<object>, atUs).map(([rest, at]) => ({ kind, atUs: at, ...rest })),
  ),
)

/** Gives the events their numbers, and a send the identity that follows from its sender, life and number. */
function numbered(events: readonly object[], firstSeq: number): RunEvent[] {
  return events.map((one, i) => {
    const event = { ...one, seq: firstSeq + i } as RunEvent & { number?: number }
    if (event.kind !== 'send') return event
    const { number, ...rest } = event
    return { ...rest, message: messageId(tables.endpoints.indexOf(event.from), event.life, number as number) }
  })
}

test('what is written is read again, for every kind of event', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 2 ** 40 }), atUs, (some, firstSeq, baseUs) => {
      const events = numbered(some, firstSeq)
      const writer = new ChunkWriter(tables)
      writer.begin(firstSeq, baseUs)
      for (const one of events) writeEvent(writer, one)
      expect(readChunk(writer.written(), tables)).toEqual(events)
    }),
    { numRuns: 500 },
  )
})

test('a writer used again leaves nothing of the chunk before', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), fc.array(event, { maxLength: 20 }), (first, second) => {
      const writer = new ChunkWriter(tables)
      for (const one of numbered(first, 1)) writeEvent(writer, one)
      const events = numbered(second, 99)
      writer.begin(99, 5)
      for (const one of events) writeEvent(writer, one)
      expect(readChunk(writer.written(), tables)).toEqual(events)
    }),
    { numRuns: 100 },
  )
})

/** A cluster that works: each message makes a step at its receiver, which sends the next one. */
function traffic(messages: number): { writer: ChunkWriter; bodyBytes: number } {
  const writer = new ChunkWriter(tables)
  const out = new ByteWriter()
  const body = JSON.stringify({ kind: 'Ask', value: 'x'.repeat(126) })
  const clocks = nodes.map(() => new Uint32Array(E))
  let message = messageId(0, 1, 1)
  const numbers = nodes.map(() => 0)
  for (let i = 0; i < messages; i++) {
    const self = i % 5
    const at = 1_000_000 + i * 10.4
    const own = clocks[self] as Uint32Array
    own.set(own.map((entry, e) => Math.max(entry, (clocks[(self + 4) % 5] as Uint32Array)[e] as number)))
    own[self] = (own[self] as number) + 1
    const number = (numbers[self] as number) + 1
    numbers[self] = number
    out.reset()
    const lamport = i + 1
    const common = { step: own[self] as number, lamport, clock: own }
    const effects = { sendFirst: number, sendCount: 1, persisted: 0, timers: [], extras: '' }
    writeStepRecord(out, { ...common, ...effects, atUs: at, nowMs: at / 1000, input: StepInputKind.message, subject: message })
    writer.tapStep(self, 1, out.bytes, out.view, 0, out.length)
    out.reset()
    writeFrame(out, { ...common, kind: 1, from: self, to: (self + 1) % 5, type: 0, number, sentAtUs: at + 20.3, life: 1 }, body)
    writer.frame(out.bytes, out.view, 0, out.length, at + 20.3, at + 31.7)
    message = messageId(self, 1, number)
  }
  return { writer, bodyBytes: body.length }
}

test('a message that passes costs at most 40 bytes beyond its body, the step that it starts included', () => {
  const { writer, bodyBytes } = traffic(400)
  expect(writer.count).toBe(1200)
  const beyond = writer.length / 400 - bodyBytes
  console.log(`${beyond.toFixed(1)} bytes beyond the body`)
  expect(beyond).toBeLessThanOrEqual(40)
})

test('bytes of taps and frames give the events that they speak of', () => {
  const { writer } = traffic(12)
  const events = readChunk(writer.written(), tables)
  expect(events.map((one) => one.kind)).toEqual(Array.from({ length: 12 }, () => ['step', 'send', 'deliver']).flat())
  expect(events.slice(0, 3)).toEqual([
    {
      ...{
        kind: 'step',
        seq: 1,
        atUs: 1_000_000,
        node: nodeId('n1'),
        life: 1,
        step: 1,
        lamport: 1,
        clock: [1, 0, 0, 0, 0, 0],
        nowMs: 1000,
      },
      ...{ input: { kind: 'message', message: messageId(0, 1, 1) }, sends: { first: 1, count: 1 }, timers: [], persisted: 0, notes: [] },
    },
    {
      ...{
        kind: 'send',
        seq: 2,
        atUs: 1_000_020,
        message: messageId(0, 1, 1),
        from: 'n1',
        to: 'n2',
        type: 'Ask',
        life: 1,
        step: 1,
        lamport: 1,
      },
      ...{ clock: [1, 0, 0, 0, 0, 0], body: { kind: 'Ask', value: 'x'.repeat(126) } },
    },
    { kind: 'deliver', seq: 3, atUs: 1_000_032, message: messageId(0, 1, 1), copy: 0 },
  ])
  const again = new ChunkWriter(tables)
  for (const one of events) writeEvent(again, one)
  expect(readChunk(again.written(), tables)).toEqual(events)
})

test('whatever the bytes are, they give events or a ChunkError', () => {
  const { writer } = traffic(30)
  const whole = writer.written().slice()
  for (let length = 0; length < whole.length; length += 7) expect(() => readChunk(whole.subarray(0, length), tables)).toThrow(ChunkError)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1 }),
      (flips) => {
        const bytes = whole.slice()
        for (const [at, value] of flips) bytes[at] = value
        try {
          readChunk(bytes, tables)
        } catch (error) {
          expect(error).toBeInstanceOf(ChunkError)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('a chunk of a later version is refused as such', () => {
  const bytes = traffic(1).writer.written().slice()
  bytes[0] = CHUNK_VERSION + 1
  expect(() => new ChunkReader(bytes, tables)).toThrow(expect.objectContaining({ name: 'ChunkError', newer: true }))
})
