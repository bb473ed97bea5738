/**
 * Checks events of a file from elsewhere. What is packed as numbers is right by its packing; what is packed as JSON may
 * be anything. Bodies, states, operations and results stay anything: they are only ever shown, or given to a protocol
 * that checks them itself.
 */
import { z } from 'zod'
import { loadSchema } from '../../protocols/core/config.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import { controlSchema, networkFaultSchema, nodeActionSchema } from '../../protocols/core/fault.ts'

const node = z.string().max(100)
const id = z.string().max(200)
const count = z.number().min(0)

const observation = z.object({
  role: z.enum(['leader', 'candidate', 'follower', 'other']),
  epoch: z.number(),
  leader: node.optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
const notes = z.array(z.object({ note: z.string(), data: z.record(z.string(), z.unknown()) }))

const change = z.discriminatedUnion('is', [
  z.object({ is: z.literal('up'), pid: count, life: count }),
  z.object({ is: z.literal('down'), asked: z.boolean(), reason: z.string(), removed: z.literal(true).optional() }),
  z.object({ is: z.literal('paused') }),
  z.object({ is: z.literal('resumed') }),
  z.object({ is: z.literal('wiped') }),
])

const action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('arm'), fault: z.looseObject({ id }) }),
  z.object({ do: z.literal('lift'), fault: id }),
  z.object({ do: z.literal('release'), fault: id, message: count }),
  z.object({ do: z.literal('node'), node, what: nodeActionSchema }),
  z.object({ do: z.literal('control'), node, control: controlSchema }),
  z.object({ do: z.literal('timeScale'), scale: z.number().min(1).max(100) }),
  z.object({ do: z.literal('load'), load: loadSchema.nullable() }),
  z.object({ do: z.literal('clock'), node, skewMs: z.number(), driftPpm: z.number() }),
  z.object({ do: z.literal('disk'), node, syncMs: z.object({ min: count, max: count }).nullable() }),
  z.object({ do: z.literal('end') }),
])

const outcome = z.discriminatedUnion('is', [
  z.object({ is: z.literal('ok'), result: z.unknown() }),
  z.object({ is: z.literal('refused'), why: z.string() }),
  z.object({ is: z.literal('unknown'), why: z.string() }),
])

const parts = {
  step: z.object({ notes, observation: observation.optional() }),
  checkpoint: z.object({ hash: z.string() }),
  drop: z.object({ why: z.union([z.object({ fault: id }), z.literal('receiver-down'), z.literal('overflow')]) }),
  node: z.object({ node, change }),
  action: z.object({ action }),
  invoke: z.object({ operation: count, client: id }),
  return: z.object({ operation: count, client: id, outcome }),
  reject: z.object({ where: z.string(), why: z.string() }),
  local: z.object({ text: z.string(), after: z.array(z.int().min(1)), data: z.record(z.string(), z.unknown()).optional() }),
  output: z.object({ node, stream: z.enum(['out', 'err']), line: z.string() }),
} as const

/** What is wrong with the event, if anything is. */
export function eventProblem(event: RunEvent): string | undefined {
  if (event.kind === 'step' && event.notes.length === 0 && !event.observation) return undefined
  const schema = parts[event.kind as keyof typeof parts]
  const problem = schema && issueOf(schema, event)
  if (problem) return problem
  if (event.kind !== 'action' || event.action.do !== 'arm') return undefined
  const { id: _, ...fault } = event.action.fault
  return issueOf(networkFaultSchema, fault)
}

function issueOf(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value)
  if (parsed.success) return undefined
  const [issue] = parsed.error.issues
  return `${issue?.path.join('.')}: ${issue?.message}`
}
