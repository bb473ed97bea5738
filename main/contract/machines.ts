/** What a person can do to one node besides ending its process: tell it something, and (simulated ones only) set its clock, or slow its disk. */
import { z } from 'zod'
import { clockSettingSchema, controlSchema, nodeSchema, syncMsSchema } from '../../protocols/core/fault.ts'
import type { RunId } from '../../protocols/core/ids.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>

export const machineRequests = {
  /** One of the protocol's controls. */
  'run.tell': z.strictObject({ run, node: nodeSchema, control: controlSchema }),
  /** Zero and zero: right again. */
  'run.clock': z.strictObject({ run, node: nodeSchema, ...clockSettingSchema.shape }),
  /** Null: what a sync usually takes. */
  'run.disk': z.strictObject({ run, node: nodeSchema, syncMs: syncMsSchema.nullable() }),
} as const

export interface MachineResponses {
  'run.tell': null
  'run.clock': null
  'run.disk': null
}
