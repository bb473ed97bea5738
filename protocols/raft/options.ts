/** What a run of Raft can be told beforehand: the settings with their defaults, and the words of a form for them. */
import { z } from 'zod'
import type { ProtocolDefinition } from '../core/machine.ts'

const plain = { preVote: false, checkQuorum: false, stickToLeader: false, leaseReads: false }

export const optionsSchema = z
  .strictObject({
    electionMsMin: z.number().min(1).max(600_000).default(150),
    electionMsMax: z.number().min(1).max(600_000).default(300),
    heartbeatMs: z.number().min(1).max(600_000).default(50),
    plainElections: z.boolean().default(false),
    preVote: z.boolean().default(true),
    checkQuorum: z.boolean().default(true),
    stickToLeader: z.boolean().default(true),
    leaseReads: z.boolean().default(false),
    driftBound: z.number().min(1).max(100).default(1.2),
    followerReads: z.boolean().default(false),
    maxInflight: z.int().min(1).max(1024).default(4),
    maxEntries: z.int().min(1).max(10_000).default(512),
    snapshotEvery: z.int().min(1).max(1_000_000_000).default(10_000),
    keepEntries: z.int().min(0).max(1_000_000_000).default(1000),
    snapshotChunk: z.int().min(1).max(16_777_216).default(65_536),
    catchUpRounds: z.int().min(1).max(1000).default(10),
    maxSessions: z.int().min(1).max(1_000_000).default(2048),
    writeInParallel: z.boolean().default(false),
    batch: z.boolean().default(false),
  })
  .refine((options) => options.electionMsMin <= options.electionMsMax, {
    path: ['electionMsMax'],
    message: 'The longest election timeout is shorter than the shortest: raise electionMsMax or lower electionMsMin.',
  })
  // One click for the paper's own algorithm: whatever else is said of elections, they are plain.
  .transform((options) => (options.plainElections ? { ...options, ...plain } : options))
  .refine((options) => !options.leaseReads || options.stickToLeader, {
    path: ['leaseReads'],
    message: 'A lease is the promise of voters not to elect another leader for a while: set stickToLeader, or do without leaseReads.',
  })
export type RaftOptions = z.infer<typeof optionsSchema>

export const optionSpecs: ProtocolDefinition['optionSpecs'] = [
  {
    name: 'electionMsMin',
    label: 'Shortest election timeout',
    unit: 'ms',
    help: 'A server that hears no leader for a time drawn between these two stands for election (§5.2). Much longer than a message takes.',
  },
  { name: 'electionMsMax', label: 'Longest election timeout', unit: 'ms', help: 'The wider the range, the rarer a split vote (§9.3).' },
  {
    name: 'heartbeatMs',
    label: 'Heartbeat',
    unit: 'ms',
    help: 'How often an idle leader shows that it is there. Well below the shortest election timeout.',
  },
  {
    name: 'plainElections',
    label: 'Plain elections',
    help: 'As in the paper: none of the next four, whatever they say (§5.2).',
  },
  {
    name: 'preVote',
    label: 'PreVote',
    help: 'Who would stand asks first whether a majority would vote for it; only then its term grows. So who was cut off disturbs nobody when it is back (dissertation §9.6).',
  },
  {
    name: 'checkQuorum',
    label: 'CheckQuorum',
    help: 'A leader that has not heard a majority for an election timeout leaves its office: it could not commit anything (dissertation §6.2).',
  },
  {
    name: 'stickToLeader',
    label: 'Stick to the leader',
    help: 'Who has heard a leader within the shortest election timeout takes no notice of a candidate, nor of its term (dissertation §4.2.3).',
  },
  {
    name: 'leaseReads',
    label: 'Lease reads',
    help: 'A leader answers reads alone, without asking a majority each time, while voters are bound to it: the shortest election timeout, less what clocks may drift. Needs clocks that keep that bound (dissertation §6.4.1).',
  },
  {
    name: 'driftBound',
    label: 'Drift bound',
    help: 'So many times faster than another may a clock run. A lease lasts the shortest election timeout divided by it; clocks that drift more let a deposed leader answer old values (dissertation §6.4.1).',
  },
  {
    name: 'followerReads',
    label: 'Reads at followers',
    help: 'Clients read at any server: a follower asks the leader how far it must have applied, waits until it has, and answers (dissertation §6.4).',
  },
  {
    name: 'maxInflight',
    label: 'Messages under way',
    help: 'Full AppendEntries that may be under way to one follower. One that is not full waits for the answer to those before it.',
  },
  { name: 'maxEntries', label: 'Entries per message', help: 'The most entries that one AppendEntries carries.' },
  {
    name: 'snapshotEvery',
    label: 'Entries between snapshots',
    help: 'After so many entries applied a server writes a snapshot of its state machine and discards the beginning of its log (§7).',
  },
  {
    name: 'keepEntries',
    label: 'Entries kept',
    help: 'So many entries before a snapshot stay in the log, so that a follower that is a little behind needs no snapshot (§7).',
  },
  {
    name: 'snapshotChunk',
    label: 'Chunk of a snapshot',
    unit: 'characters',
    help: 'The most of a snapshot that one InstallSnapshot carries (§7, Fig. 13).',
  },
  {
    name: 'catchUpRounds',
    label: 'Rounds of catching up',
    help: 'A new server that is not up to date after so many rounds is not taken in (dissertation §4.2.1).',
  },
  {
    name: 'maxSessions',
    label: 'Client sessions',
    help: 'Sessions that the state machine remembers; beyond that the one unused for longest expires.',
  },
  {
    name: 'writeInParallel',
    label: 'Leader writes in parallel',
    help: 'Entries leave for the followers before the leader has them on its own disk; it counts itself when it has (dissertation §10.2.1).',
  },
  {
    name: 'batch',
    label: 'Leader sends in batches',
    help: 'What arrived together leaves together, also while earlier entries are under way: one message for many commands (dissertation §10.2.2).',
  },
]
