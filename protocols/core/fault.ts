/**
 * A fault is a value: it can be clicked, written in a scenario, recorded, replayed, undone and shrunk. Network faults
 * live on directed links in the proxy (and alike in the simulator); node faults are carried out on the process.
 */
import { z } from 'zod'
import type { FaultId, NodeId } from './ids.ts'
import type { Control } from './input.ts'

const endpoint = z.string().regex(/^(n[1-9][0-9]*|clients)$/, 'an endpoint is n1, n2, ... or clients') as unknown as z.ZodType<NodeId>
const node = z.string().regex(/^n[1-9][0-9]*$/, 'a node is n1, n2, ...') as unknown as z.ZodType<NodeId>

/** A condition on one field of a message's body; `path` goes into nested objects with dots: `entries.0.term`. */
export const fieldTestSchema = z.strictObject({
  path: z.string().min(1),
  is: z.enum(['=', '!=', '<', '<=', '>', '>=', 'contains']),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
})

/** Which of a link's messages a fault touches. Absent parts do not restrict. "The 2nd AppendEntries whose term is above 4": types, where, skip 1, count 1. */
export const ruleSchema = z.strictObject({
  /** Message types by name. */
  types: z.array(z.string().min(1)).min(1).optional(),
  /** All must hold. */
  where: z.array(fieldTestSchema).optional(),
  /** Leaves the first `skip` matching messages of each link alone. */
  skip: z.int().min(0).optional(),
  /** Then touches at most `count` matching messages of each link. */
  count: z.int().min(1).optional(),
  /** Touches a matching message with this probability (default 1). */
  probability: z.number().min(0).max(1).optional(),
})

const links = z
  .union([
    z.strictObject({ links: z.array(z.tuple([endpoint, endpoint])).min(1) }),
    /** Every link that crosses from one group to another, both ways; nodes in no group are untouched. Clients are in no group unless named. */
    z.strictObject({ groups: z.array(z.array(endpoint).min(1)).min(2) }),
    z.strictObject({ all: z.literal(true) }),
  ])
  .describe('which directed links')

const on = { target: links, rule: ruleSchema.optional() }
const ms = z.number().min(0).max(600_000)

/** Faults on links. Times are run time in milliseconds: the run's time scale stretches them. */
export const networkFaultSchema = z.discriminatedUnion('kind', [
  /** Nothing gets through; messages are dropped, connections stay up. */
  z.strictObject({ kind: z.literal('cut'), ...on }),
  /** Each message takes delayMs ± jitterMs (uniform); the link stays first-in first-out. */
  z.strictObject({ kind: z.literal('delay'), ...on, delayMs: ms, jitterMs: ms.default(0) }),
  z.strictObject({ kind: z.literal('loss'), ...on, probability: z.number().min(0).max(1) }),
  /** With this probability a message is delivered `copies` more times. */
  z.strictObject({ kind: z.literal('duplicate'), ...on, probability: z.number().min(0).max(1), copies: z.int().min(1).max(5).default(1) }),
  /** With this probability a message waits up to windowMs while later ones overtake it. */
  z.strictObject({ kind: z.literal('reorder'), ...on, probability: z.number().min(0).max(1), windowMs: ms.default(50) }),
  /** Messages wait at a gate until they are released one by one, or all when the fault is lifted. */
  z.strictObject({ kind: z.literal('hold'), ...on }),
])

export type FieldTest = z.infer<typeof fieldTestSchema>
export type Rule = z.infer<typeof ruleSchema>
export type LinkTarget = z.infer<typeof links>
export type NetworkFault = z.infer<typeof networkFaultSchema>
/** A fault as a person writes it: defaults may be left out. */
export type NetworkFaultInput = z.input<typeof networkFaultSchema>
export type ArmedFault = NetworkFault & { readonly id: FaultId }

/**
 * What can be done to a node's process. Crash is kill -9, pause is SIGSTOP; wipe empties the disk of a node that is down. Add starts the
 * process of an empty seat; remove ends a process for good: its seat is empty then, and nobody restarts it.
 */
export const nodeActionSchema = z.enum(['crash', 'restart', 'pause', 'resume', 'wipe', 'add', 'remove'])
export type NodeAction = z.infer<typeof nodeActionSchema>

/** What a node is told from outside, before its protocol has looked at it. */
export const controlSchema = z
  .record(z.string(), z.json())
  .refine((control) => typeof control.name === 'string', 'it has no name') as unknown as z.ZodType<Control>

/** A simulated node's clock, as far as it is wrong. */
export const clockSettingSchema = z.strictObject({
  /** Shown too much, milliseconds. */
  skewMs: z.number().min(-86_400_000).max(86_400_000),
  /** How much too fast it goes, parts per million. */
  driftPpm: z.number().min(-900_000).max(1_000_000),
})
export type ClockSetting = z.infer<typeof clockSettingSchema>

const syncMs = z.number().min(0).max(60_000)
/** How long a simulated node's disk takes to make durable what was written, run milliseconds. */
export const syncMsSchema = z
  .strictObject({ min: syncMs, max: syncMs })
  .refine(({ min, max }) => min <= max, 'the longest sync cannot be shorter than the shortest')
export type SyncMs = z.infer<typeof syncMsSchema>

export { endpoint as endpointSchema, node as nodeSchema }
