/** What a person can set of the machines of simulated nodes: their clocks, and how slow their disks are. Real ones are not ours to set. */
import { z } from 'zod'
import { clockSettingSchema, nodeSchema, syncMsSchema } from '../../protocols/core/fault.ts'
import type { RunId } from '../../protocols/core/ids.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>

export const machineRequests = {
  /** Zero and zero: right again. */
  'run.clock': z.strictObject({ run, node: nodeSchema, ...clockSettingSchema.shape }),
  /** Null: what a sync usually takes. */
  'run.disk': z.strictObject({ run, node: nodeSchema, syncMs: syncMsSchema.nullable() }),
} as const

export interface MachineResponses {
  'run.clock': null
  'run.disk': null
}
