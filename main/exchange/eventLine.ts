/**
 * An event of a line of NDJSON: every field of every kind, with the bounds that its packing has, so that what is read is
 * exactly what will be recorded. What bodies, states, operations and results hold is anybody's own.
 */
import { z } from 'zod'
import type { RunEvent } from '../../protocols/core/event.ts'
import { type MessageId, messageId, messageIdParts } from '../../protocols/core/ids.ts'
import type { ChunkTables } from '../../protocols/wire/chunk.ts'
import { eventProblem } from '../recorder/eventSchema.ts'

const u32 = z.int().min(0).max(0xffffffff)
const u16 = z.int().min(0).max(0xffff)
const index = z.int().min(0)
const name = z.string().min(1).max(200)
const anything = z.custom((value) => value !== undefined, 'it is missing')
const f32 = z.number().refine((ms) => Math.fround(ms) === ms, 'it is not a number of 32 bits')

const recorded = { seq: z.int().min(1), atUs: z.int().min(-3.2e15).max(3.2e15) }
const life = z.int().min(1).max(8191)
const stamp = { life, step: u32, lamport: u32, clock: z.array(u32).max(255) }
const message = index

const schemas = {
  step: z.strictObject({
    ...{ kind: z.literal('step'), ...recorded, node: name, ...stamp, nowMs: z.number() },
    input: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('start'), recovered: index }),
      z.strictObject({ kind: z.literal('message'), message }),
      z.strictObject({ kind: z.literal('timer'), name }),
      z.strictObject({ kind: z.literal('request'), message }),
      z.strictObject({ kind: z.literal('durable'), mark: index }),
      z.strictObject({ kind: z.literal('control'), control: z.looseObject({ name }) }),
    ]),
    sends: z.strictObject({ first: u32, count: u16 }),
    timers: z.array(z.strictObject({ name, ms: f32.optional() })).max(255),
    persisted: u16,
    notes: z.array(z.strictObject({ note: z.string(), data: z.record(z.string(), z.unknown()) })),
    observation: z.unknown().optional(),
  }),
  checkpoint: z.strictObject({
    ...{ kind: z.literal('checkpoint'), ...recorded, node: name, life, step: u32, hash: z.string(), state: anything },
  }),
  send: z.strictObject({
    ...{ kind: z.literal('send'), ...recorded, ...stamp, message, from: name, to: name, type: name, body: anything },
  }),
  deliver: z.strictObject({ kind: z.literal('deliver'), ...recorded, message, copy: u32 }),
  drop: z.strictObject({ kind: z.literal('drop'), ...recorded, message, copy: u32, why: anything }),
  hold: z.strictObject({ kind: z.literal('hold'), ...recorded, message, fault: name }),
  node: z.strictObject({ kind: z.literal('node'), ...recorded, node: name, change: anything }),
  action: z.strictObject({ kind: z.literal('action'), ...recorded, action: anything }),
  invoke: z.strictObject({ kind: z.literal('invoke'), ...recorded, ...stamp, operation: index, client: name, op: anything }),
  return: z.strictObject({ kind: z.literal('return'), ...recorded, ...stamp, operation: index, client: name, outcome: anything }),
  reject: z.strictObject({ kind: z.literal('reject'), ...recorded, where: z.string(), why: z.string() }),
  output: z.strictObject({ kind: z.literal('output'), ...recorded, node: name, stream: z.enum(['out', 'err']), line: z.string() }),
  local: z.strictObject({
    ...{ kind: z.literal('local'), ...recorded, host: name, ...stamp, text: z.string(), after: z.array(z.int().min(1)) },
    data: z.record(z.string(), z.unknown()).optional(),
  }),
} as const satisfies { readonly [kind in RunEvent['kind']]: z.ZodType }

/** The event, or what is wrong with it. `seq`: the number that it must have. */
export function eventOf(value: unknown, seq: number, tables: ChunkTables): RunEvent | string {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (typeof kind !== 'string' || !Object.hasOwn(schemas, kind)) return `there is no kind of event called ${JSON.stringify(kind ?? null)}`
  const parsed = schemas[kind as keyof typeof schemas].safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `this ${kind} does not fit: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`
  }
  const event = value as RunEvent
  if (event.seq !== seq) return `it is event ${event.seq}, where ${seq} is due`
  const problem = eventProblem(event) ?? strangerIn(event, tables)
  return problem === undefined ? event : `this ${kind} does not fit: ${problem}`
}

/** A name or a message that this run does not have. */
function strangerIn(event: RunEvent, { endpoints, messageTypes, timers }: ChunkTables): string | undefined {
  const host = (id: string) => (endpoints.includes(id) ? undefined : `${id} is not in this run`)
  const timer = (of: string) => (timers.includes(of) ? undefined : `there is no timer ${of}`)
  const known = (id: MessageId) => {
    const { sender, life: of, number } = messageIdParts(id)
    return sender < endpoints.length && messageId(sender, of, number) === id ? undefined : `message ${id} is of no endpoint of this run`
  }
  switch (event.kind) {
    case 'step': {
      const { input } = event
      const what = 'message' in input ? known(input.message) : 'name' in input ? timer(input.name) : undefined
      return host(event.node) ?? what ?? event.timers.map((one) => timer(one.name)).find((problem) => problem !== undefined)
    }
    case 'send': {
      const { from, to, type, message: id, life: of } = event
      const number = messageIdParts(id).number
      const strange = host(from) ?? host(to) ?? (messageTypes.includes(type) ? undefined : `there is no message type ${type}`)
      return (
        strange ?? (messageId(endpoints.indexOf(from), of, number) === id ? undefined : `message ${id} is none of life ${of} of ${from}`)
      )
    }
    case 'deliver':
    case 'drop':
    case 'hold':
      return known(event.message)
    case 'checkpoint':
    case 'node':
    case 'output':
      return host(event.node)
    case 'local':
      return host(event.host) ?? (event.after.every((seq) => seq < event.seq) ? undefined : 'it follows from an event behind it')
    case 'action':
    case 'invoke':
    case 'return':
    case 'reject':
      return undefined
    default:
      return event satisfies never
  }
}
