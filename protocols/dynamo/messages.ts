/** What nodes say to each other: one type and one schema per message. "§" is a section of the Dynamo paper. */
import { z } from 'zod'
import { type NodeId, nodeId } from '../core/ids.ts'
import type { AnyMessage, MessageSpec } from '../core/machine.ts'
import { counted } from '../core/wording.ts'
import { type Siblings, valuesOf } from './versions.ts'

const node = z.string().min(1) as unknown as z.ZodType<NodeId>
const count = z.int().min(0)
const key = z.string()
const partition = count
const vector = z.record(z.string(), count)
const siblings = z.array(
  z.strictObject({
    dot: z.strictObject({ actor: z.string(), n: count }),
    context: vector,
    value: z.string().nullable(),
    at: z.number(),
    write: count,
  }),
)
/** Names a coordinator's request, over all of its lives. */
const req = z.string()

/** §4.5: what do you have of this key? */
export const replicaGetSchema = z.strictObject({ kind: z.literal('ReplicaGet'), req, key })
export const replicaGetReplySchema = z.strictObject({ kind: z.literal('ReplicaGetReply'), req, siblings })

/** §4.5: keep this. `hintFor`: for that node, which does not answer (§4.6). */
export const replicaPutSchema = z.strictObject({ kind: z.literal('ReplicaPut'), req, key, siblings, hintFor: node.nullable() })
export const replicaPutAckSchema = z.strictObject({ kind: z.literal('ReplicaPutAck'), req })

/** §5: a replica that answered a read with something else is told of what the read found. */
export const readRepairSchema = z.strictObject({ kind: z.literal('ReadRepair'), key, siblings })

/** §4.6: what was kept for somebody goes to him. Likewise the keys of a range that has moved (§4.9). */
export const hintDeliverSchema = z.strictObject({ kind: z.literal('HintDeliver'), key, siblings })
/** It is kept now: `digest` names the versions that were delivered. */
export const hintAckSchema = z.strictObject({ kind: z.literal('HintAck'), key, digest: z.string() })

const roots = z.array(z.strictObject({ partition, hash: z.string() }))
/** §4.7: the roots of the trees that both have. */
export const treeRootsSchema = z.strictObject({ kind: z.literal('TreeRoots'), roots })
/** Those of them that are the same here. */
export const treeSameSchema = z.strictObject({ kind: z.literal('TreeSame'), roots })
/** Hashes of a level, below what differs. */
export const treeNodesSchema = z.strictObject({
  kind: z.literal('TreeNodes'),
  partition,
  level: count,
  nodes: z.array(z.strictObject({ index: count, hash: z.string() })),
})
/** The keys in buckets that differ. */
export const treeLeavesSchema = z.strictObject({
  kind: z.literal('TreeLeaves'),
  partition,
  buckets: z.array(count),
  keys: z.array(z.strictObject({ key, digest: z.string() })),
})
/** The siblings of keys that differ. `wants`: of these the sender would have the other's. */
export const keySyncSchema = z.strictObject({
  kind: z.literal('KeySync'),
  partition,
  entries: z.array(z.strictObject({ key, siblings })),
  wants: z.array(key),
})

/** §4.8: who is a member, and how many copies there are, as the sender knows. */
export const gossipSchema = z.strictObject({
  kind: z.literal('Gossip'),
  members: z.record(z.string(), z.strictObject({ status: z.enum(['in', 'joining', 'leaving', 'out']), version: count })),
  quorum: z.strictObject({ n: count, r: count, w: count, version: count }),
})

export type ReplicaGet = z.infer<typeof replicaGetSchema>
export type ReplicaGetReply = z.infer<typeof replicaGetReplySchema>
export type ReplicaPut = z.infer<typeof replicaPutSchema>
export type ReplicaPutAck = z.infer<typeof replicaPutAckSchema>
export type ReadRepair = z.infer<typeof readRepairSchema>
export type HintDeliver = z.infer<typeof hintDeliverSchema>
export type HintAck = z.infer<typeof hintAckSchema>
export type TreeRoots = z.infer<typeof treeRootsSchema>
export type TreeSame = z.infer<typeof treeSameSchema>
export type TreeNodes = z.infer<typeof treeNodesSchema>
export type TreeLeaves = z.infer<typeof treeLeavesSchema>
export type KeySync = z.infer<typeof keySyncSchema>
export type Gossip = z.infer<typeof gossipSchema>

export const dynamoMessageSchema = z.discriminatedUnion('kind', [
  replicaGetSchema,
  replicaGetReplySchema,
  replicaPutSchema,
  replicaPutAckSchema,
  readRepairSchema,
  hintDeliverSchema,
  hintAckSchema,
  treeRootsSchema,
  treeSameSchema,
  treeNodesSchema,
  treeLeavesSchema,
  keySyncSchema,
  gossipSchema,
])
export type DynamoMessage = z.infer<typeof dynamoMessageSchema>

export const named = (text: string): readonly NodeId[] => [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))].map(nodeId)

/** The values of siblings in a few words: `a | b`. */
export function valuesText(siblings: Siblings): string {
  const values = valuesOf(siblings)
  return values.length === 0 ? '(none)' : values.map((value) => value ?? '(deleted)').join(' | ')
}

export const messageSpecs: readonly MessageSpec[] = [
  {
    kind: 'ReplicaGet',
    family: 'read',
    style: 'request',
    help: 'The coordinator of a read asks a replica what it has of a key (§4.5).',
    summary: of<ReplicaGet>(({ key }) => key),
  },
  {
    kind: 'ReplicaGetReply',
    family: 'read',
    style: 'reply',
    help: 'All versions that the replica has of the key (§4.5).',
    summary: of<ReplicaGetReply>((m) => valuesText(m.siblings)),
  },
  {
    kind: 'ReplicaPut',
    family: 'replication',
    style: 'request',
    help: 'The coordinator of a write gives a replica all its versions of the key; perhaps on behalf of one that does not answer (§4.5, §4.6).',
    summary: of<ReplicaPut>((m) => `${m.key} = ${valuesText(m.siblings)}${m.hintFor === null ? '' : `, for ${m.hintFor}`}`),
  },
  {
    kind: 'ReplicaPutAck',
    family: 'replication',
    style: 'reply',
    help: 'The versions are on the replica’s disk: W of these make a write succeed (§4.5).',
    summary: () => 'kept',
  },
  {
    kind: 'ReadRepair',
    family: 'read',
    style: 'request',
    help: 'A replica that answered a read with old versions is given what the read found (§5).',
    summary: of<ReadRepair>((m) => `${m.key} = ${valuesText(m.siblings)}`),
  },
  {
    kind: 'HintDeliver',
    family: 'replication',
    style: 'request',
    help: 'What was kept for a node that did not answer goes to it; or the key of a range goes to whoever keeps it now (§4.6, §4.9).',
    summary: of<HintDeliver>((m) => `${m.key} = ${valuesText(m.siblings)}`),
  },
  {
    kind: 'HintAck',
    family: 'replication',
    style: 'reply',
    help: 'What was delivered is on the disk: the hint may go (§4.6).',
    summary: of<HintAck>((m) => m.key),
  },
  {
    kind: 'TreeRoots',
    family: 'other',
    style: 'request',
    help: 'Anti-entropy: the roots of Merkle trees that both keep (§4.7).',
    faint: () => true,
    summary: of<TreeRoots>((m) => counted(m.roots.length, 'partition')),
  },
  {
    kind: 'TreeSame',
    family: 'other',
    style: 'reply',
    help: 'Roots that are the same here: nothing is missing there (§4.7).',
    faint: () => true,
    summary: of<TreeSame>((m) => `${m.roots.length} the same`),
  },
  {
    kind: 'TreeNodes',
    family: 'other',
    style: 'reply',
    help: 'One level down in what differs of a Merkle tree (§4.7).',
    summary: of<TreeNodes>((m) => `partition ${m.partition}, level ${m.level}, nodes ${m.nodes.map(({ index }) => index).join(' ')}`),
  },
  {
    kind: 'TreeLeaves',
    family: 'other',
    style: 'reply',
    help: 'The keys in the buckets that differ, with digests (§4.7).',
    summary: of<TreeLeaves>((m) => `partition ${m.partition}, ${m.keys.length} keys of ${m.buckets.length} buckets`),
  },
  {
    kind: 'KeySync',
    family: 'other',
    style: 'reply',
    help: 'Versions of the keys that differ, and of which ones the sender wants the other’s (§4.7).',
    summary: of<KeySync>((m) => `${m.entries.map(({ key }) => key).join(' ') || 'nothing'}; wants ${m.wants.join(' ') || 'nothing'}`),
  },
  {
    kind: 'Gossip',
    family: 'membership',
    style: 'request',
    help: 'Who is a member, and N, R and W, as the sender knows them (§4.8.1).',
    faint: () => true,
    summary: of<Gossip>(({ members, quorum: { n, r, w } }) => {
      const others = Object.entries(members).filter(([, { status }]) => status !== 'in')
      return [`N ${n}, R ${r}, W ${w}`, ...others.map(([node, { status }]) => `${node} ${status}`)].join(', ')
    }),
  },
]

function of<M extends DynamoMessage>(summary: (message: M) => string): (body: AnyMessage) => string {
  return (body) => summary(body as M)
}
