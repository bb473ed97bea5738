/** What a server can be told from outside. What becomes of it is in transfer.ts. */
import { z } from 'zod'
import type { NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { ControlSpec } from '../core/machine.ts'

const server = z.string().min(1) as unknown as z.ZodType<NodeId>
const schemas = {
  transferLeadership: z.strictObject({ name: z.literal('transferLeadership'), to: server }),
} as const
export const raftControlSchema = schemas.transferLeadership
export type RaftControl = z.infer<typeof raftControlSchema>

const schema = (name: keyof typeof schemas) => schemas[name] as unknown as z.ZodType<Control>

export const controls: readonly ControlSpec[] = [
  {
    name: 'transferLeadership',
    label: 'Hand over leadership',
    help: 'The leader brings another server up to date and asks it to stand at once (dissertation §3.10).',
    fields: [{ name: 'to', label: 'To', is: 'node', help: 'Who is to lead: a voter.' }],
    schema: schema('transferLeadership'),
  },
]
