/** What a server can be told from outside, and what the lab tells it when nodes are added and removed. What becomes of it is in transfer.ts and membership.ts. */
import { z } from 'zod'
import type { NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { ControlSpec, Membership, Observation } from '../core/machine.ts'

const server = z.string().min(1) as unknown as z.ZodType<NodeId>
const schemas = {
  transferLeadership: z.strictObject({ name: z.literal('transferLeadership'), to: server }),
  addServer: z.strictObject({ name: z.literal('addServer'), server }),
  removeServer: z.strictObject({ name: z.literal('removeServer'), server }),
  addLearner: z.strictObject({ name: z.literal('addLearner'), server }),
  changeMembers: z.strictObject({ name: z.literal('changeMembers'), servers: z.array(server).min(1) }),
} as const
const raftControlSchema = z.discriminatedUnion('name', [
  schemas.transferLeadership,
  schemas.addServer,
  schemas.removeServer,
  schemas.addLearner,
  schemas.changeMembers,
])
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
  {
    name: 'addServer',
    label: 'Add a server',
    help: 'Told to the leader: a server catches up, and then has a vote (dissertation §4.1, §4.2.1).',
    fields: [{ name: 'server', label: 'Server', is: 'node', help: 'A node of this run that is not a voter; its process must run.' }],
    schema: schema('addServer'),
  },
  {
    name: 'removeServer',
    label: 'Remove a server',
    help: 'Told to the leader: a server has no vote any more and is sent nothing; the leader itself leads until that is committed (dissertation §4.1, §4.2.2).',
    fields: [{ name: 'server', label: 'Server', is: 'node', help: 'A member.' }],
    schema: schema('removeServer'),
  },
  {
    name: 'addLearner',
    label: 'Add a learner',
    help: 'Told to the leader: a server is sent everything and has no vote (dissertation §4.2.1).',
    fields: [{ name: 'server', label: 'Server', is: 'node', help: 'A node of this run that is not a member.' }],
    schema: schema('addLearner'),
  },
  {
    name: 'changeMembers',
    label: 'Change all members',
    help: 'Told to the leader: these are the voters, by way of a joint configuration in which old and new ones decide, each apart (§6; dissertation §4.3).',
    fields: [{ name: 'servers', label: 'Servers', is: 'nodes', help: 'All voters from then on.' }],
    schema: schema('changeMembers'),
  },
]

/** Undefined while another term has begun that nobody leads: whoever led before was deposed, and may not know yet. */
function leaderIn(shown: ReadonlyMap<NodeId, Observation>): Observation | undefined {
  const latest = Math.max(...[...shown.values()].map(({ epoch }) => epoch))
  return [...shown.values()].find(({ role, epoch }) => role === 'leader' && epoch === latest)
}

/** A person adds a node, or removes one: the leader is told. Whoever leads the latest term knows who is in. */
export const membership: Membership = {
  join: (node) => ({ name: 'addServer', server: node }),
  leave: (node) => ({ name: 'removeServer', server: node }),
  told: 'leader',
  isMember: (node, shown) => {
    const leader = leaderIn(shown)
    if (leader === undefined || leader.facts.changing !== 'nothing') return undefined
    return String(leader.facts.members)
      .split(/[ ,+]+/)
      .includes(node)
  },
  waitsFor: (shown) => {
    const leader = leaderIn(shown)
    if (leader === undefined) return 'nobody leads'
    const { changing } = leader.facts
    return typeof changing !== 'string' || changing === 'nothing' ? undefined : changing
  },
}
