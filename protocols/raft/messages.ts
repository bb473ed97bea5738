/**
 * What servers say to each other: one type and one schema per message, with the paper's field names. Nodes are known by
 * their names; indexes count from 1. `readCtx` numbers the read round that a message belongs to (see reads.ts), 0 before the first.
 */
import { z } from 'zod'
import type { NodeId } from '../core/ids.ts'
import type { AnyMessage, MessageSpec } from '../core/machine.ts'
import type { CommandEntry, ConfigEntry, Configuration, Entry } from './log.ts'

const node = z.string().min(1) as unknown as z.ZodType<NodeId>
const term = z.int().min(0)
const index = z.int().min(0)
/**
 * By hand, not by a schema per entry: a follower does this for every entry, and it takes a thirtieth of the time. Whatever
 * JSON carried may be an operation: the service alone understands it.
 */
const entries = z.custom<Entry[]>(
  (value) => Array.isArray(value) && value.every(isEntry),
  'entries are { term, kind: noop | register }, { term, kind: config, voters, old?, learners } or { term, kind: command, session, seq, firstUnacked, op }',
)

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as { readonly [field in keyof CommandEntry]?: unknown }
  if (!isCount(entry.term, 0)) return false
  const fields = Object.keys(entry).length
  if (entry.kind === 'config') return isConfig(entry as object, fields)
  if (entry.kind === 'noop' || entry.kind === 'register') return fields === 2
  if (entry.kind !== 'command' || fields !== 6 || entry.op === undefined) return false
  return isCount(entry.session, 0) && isCount(entry.seq, 1) && isCount(entry.firstUnacked, 1)
}

function isConfiguration(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const fields = Object.keys(value).length
  return isCount((value as { readonly index?: unknown }).index, 0) && isConfig(value, fields + 1)
}

/** With a term and a kind, or with an index. */
function isConfig(value: object, fields: number): boolean {
  const { voters, old, learners } = value as { readonly [field in keyof ConfigEntry]?: unknown }
  if (!isNodes(voters) || voters.length === 0 || !isNodes(learners)) return false
  return old === undefined ? fields === 4 : fields === 5 && isNodes(old) && old.length > 0
}

const isNodes = (value: unknown): value is readonly NodeId[] => Array.isArray(value) && value.every((node) => typeof node === 'string')

const isCount = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least

/** §5.2. */
export const requestVoteSchema = z.strictObject({
  kind: z.literal('RequestVote'),
  term,
  candidateId: node,
  lastLogIndex: index,
  lastLogTerm: term,
  /** It only asks whether it would be elected in this term, which is not its own yet (dissertation §9.6). */
  preVote: z.literal(true).optional(),
  /** The leader itself asked it to stand (dissertation §3.10). */
  transfer: z.literal(true).optional(),
})

export const requestVoteReplySchema = z.strictObject({
  kind: z.literal('RequestVoteReply'),
  /** Of a pre-vote that is granted: the term that was asked for. */
  term,
  voteGranted: z.boolean(),
  preVote: z.literal(true).optional(),
})

/** §5.3; without entries it is a heartbeat. */
export const appendEntriesSchema = z.strictObject({
  kind: z.literal('AppendEntries'),
  term,
  leaderId: node,
  prevLogIndex: index,
  prevLogTerm: term,
  entries,
  leaderCommit: index,
  readCtx: z.int().min(0),
})

/** `prevLogIndex` and `readCtx` are those of the request. On failure the conflict fields say where to go on (§5.3). */
export const appendEntriesReplySchema = z.strictObject({
  kind: z.literal('AppendEntriesReply'),
  term,
  success: z.boolean(),
  prevLogIndex: index,
  /** The last index known to agree with the leader's log; 0 on failure. */
  matchIndex: index,
  /** The term of the follower's own entry at prevLogIndex; absent when its log is too short. */
  conflictTerm: term.optional(),
  /** The first index of that term, or one past the end of the follower's log. */
  conflictIndex: index.optional(),
  readCtx: z.int().min(0),
})

/** A part of the leader's snapshot, for a follower that lacks what the leader discarded (§7, Fig. 13). Offsets count characters of the text. */
export const installSnapshotSchema = z.strictObject({
  kind: z.literal('InstallSnapshot'),
  term,
  leaderId: node,
  lastIncludedIndex: z.int().min(1),
  lastIncludedTerm: term,
  /** The latest up to that entry. */
  lastConfig: z.custom<Configuration>(isConfiguration, 'lastConfig is { index, voters, old?, learners }'),
  offset: z.int().min(0),
  data: z.string(),
  done: z.boolean(),
})

export const installSnapshotReplySchema = z.strictObject({
  kind: z.literal('InstallSnapshotReply'),
  term,
  lastIncludedIndex: z.int().min(1),
  /** At which the next chunk must begin. */
  offset: z.int().min(0),
  /** All that the snapshot holds is there. */
  done: z.boolean(),
})

/** The leader hands over: who gets it stands at once (dissertation §3.10). */
export const timeoutNowSchema = z.strictObject({ kind: z.literal('TimeoutNow'), term })

/** How far must I have applied to answer what was asked here before? (Dissertation §6.4.) `life` and `number` name the question. */
export const readIndexSchema = z.strictObject({ kind: z.literal('ReadIndex'), term, life: z.int().min(0), number: z.int().min(1) })

/** The sender still led when it had the question. */
export const readIndexReplySchema = z.strictObject({
  kind: z.literal('ReadIndexReply'),
  term,
  life: z.int().min(0),
  number: z.int().min(1),
  index,
})

export type RequestVote = z.infer<typeof requestVoteSchema>
export type RequestVoteReply = z.infer<typeof requestVoteReplySchema>
export type AppendEntries = z.infer<typeof appendEntriesSchema>
export type AppendEntriesReply = z.infer<typeof appendEntriesReplySchema>
export type InstallSnapshot = z.infer<typeof installSnapshotSchema>
export type InstallSnapshotReply = z.infer<typeof installSnapshotReplySchema>
export type TimeoutNow = z.infer<typeof timeoutNowSchema>
export type ReadIndex = z.infer<typeof readIndexSchema>
export type ReadIndexReply = z.infer<typeof readIndexReplySchema>
export type RaftMessage =
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | InstallSnapshot
  | InstallSnapshotReply
  | TimeoutNow
  | ReadIndex
  | ReadIndexReply

export const raftMessageSchema = z.discriminatedUnion('kind', [
  requestVoteSchema,
  requestVoteReplySchema,
  appendEntriesSchema,
  appendEntriesReplySchema,
  installSnapshotSchema,
  installSnapshotReplySchema,
  timeoutNowSchema,
  readIndexSchema,
  readIndexReplySchema,
])

const span = (from: number, count: number): string => (count === 1 ? `entry ${from}` : `entries ${from}–${from + count - 1}`)

export const messageSpecs: readonly MessageSpec[] = [
  {
    kind: 'RequestVote',
    family: 'election',
    style: 'request',
    help: 'A candidate asks for a vote and shows how far its log reaches (§5.2); or it asks whether it would get it (dissertation §9.6).',
    summary: of<RequestVote>(
      (m) =>
        `${m.preVote ? 'pre-vote, ' : m.transfer ? 'by transfer, ' : ''}term ${m.term}, log ends at ${m.lastLogIndex} (term ${m.lastLogTerm})`,
    ),
  },
  {
    kind: 'RequestVoteReply',
    family: 'election',
    style: 'reply',
    help: 'A vote, or its refusal with the term the voter knows (§5.2).',
    summary: of<RequestVoteReply>((m) => `${m.preVote ? 'pre-vote, ' : ''}term ${m.term}, ${m.voteGranted ? 'granted' : 'refused'}`),
  },
  {
    kind: 'AppendEntries',
    family: 'replication',
    style: 'request',
    help: 'The leader sends entries of its log; without entries it is a heartbeat (§5.3).',
    faint: (body) => (body as AppendEntries).entries.length === 0,
    summary: of<AppendEntries>((m) =>
      m.entries.length === 0
        ? `term ${m.term}, heartbeat at ${m.prevLogIndex}, commit ${m.leaderCommit}`
        : `term ${m.term}, ${span(m.prevLogIndex + 1, m.entries.length)}, commit ${m.leaderCommit}`,
    ),
  },
  {
    kind: 'AppendEntriesReply',
    family: 'replication',
    style: 'reply',
    help: 'The follower says how far its log agrees with the leader, or where it does not (§5.3).',
    faint: (body) =>
      (body as AppendEntriesReply).success && (body as AppendEntriesReply).matchIndex === (body as AppendEntriesReply).prevLogIndex,
    summary: of<AppendEntriesReply>((m) =>
      m.success
        ? `term ${m.term}, matches to ${m.matchIndex}`
        : `term ${m.term}, refused at ${m.prevLogIndex}${m.conflictTerm === undefined ? '' : `, has term ${m.conflictTerm}`}${m.conflictIndex === undefined ? '' : `, try ${m.conflictIndex}`}`,
    ),
  },
  {
    kind: 'InstallSnapshot',
    family: 'snapshot',
    style: 'request',
    help: 'The leader sends a part of its snapshot to a follower that lacks what it discarded (§7).',
    summary: of<InstallSnapshot>((m) => `term ${m.term}, up to ${m.lastIncludedIndex}, from ${m.offset}${m.done ? ', the last part' : ''}`),
  },
  {
    kind: 'InstallSnapshotReply',
    family: 'snapshot',
    style: 'reply',
    help: 'The follower says how much of the snapshot it has (§7).',
    summary: of<InstallSnapshotReply>((m) => `term ${m.term}, up to ${m.lastIncludedIndex}, ${m.done ? 'installed' : `has ${m.offset}`}`),
  },
  {
    kind: 'TimeoutNow',
    family: 'election',
    style: 'request',
    help: 'The leader hands over: who gets this stands for election at once (dissertation §3.10).',
    summary: of<TimeoutNow>((m) => `term ${m.term}`),
  },
  {
    kind: 'ReadIndex',
    family: 'read',
    style: 'request',
    help: 'A follower asks how far it must have applied to answer the reads that wait at it (dissertation §6.4).',
    summary: of<ReadIndex>((m) => `term ${m.term}, question ${m.number}`),
  },
  {
    kind: 'ReadIndexReply',
    family: 'read',
    style: 'reply',
    help: 'The leader still leads, and all that was committed when it had the question is up to this entry (dissertation §6.4).',
    summary: of<ReadIndexReply>((m) => `term ${m.term}, question ${m.number}: applied to ${m.index}`),
  },
]

function of<M extends RaftMessage>(summary: (message: M) => string): (body: AnyMessage) => string {
  return (body) => summary(body as M)
}
