/** Raft as the rest of Synod sees it. */
import type { ProtocolDefinition } from '../core/machine.ts'
import { decode, encode, glimpse } from './codec.ts'
import { invariants } from './invariants.ts'
import { lies } from './lies.ts'
import { messageSpecs, type RaftMessage, raftMessageSchema } from './messages.ts'
import { notes } from './notes.ts'
import { panel } from './panel.ts'
import { raftMachine } from './raft.ts'
import { scenarios } from './scenarios.ts'
import { optionsSchema, type RaftOptions, type RaftState } from './state.ts'
import { facts, observe } from './view.ts'

export const raft: ProtocolDefinition<RaftState, RaftMessage, RaftOptions> = {
  name: 'raft',
  title: 'Raft',
  summary:
    'A replicated log with a strong leader: a majority elects it for a term, entries flow from it alone, and an entry is committed when a majority holds it. Bears crashes and any message loss while a majority lives.',
  source: 'D. Ongaro, J. Ousterhout: In Search of an Understandable Consensus Algorithm (Extended Version), 2014',
  version: 3,
  epochName: 'term',
  clusterSize: { min: 1, max: 15, usual: 5 },
  options: optionsSchema,
  optionSpecs: [
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
      name: 'maxInflight',
      label: 'Messages under way',
      help: 'Full AppendEntries that may be under way to one follower. One that is not full waits for the answer to those before it.',
    },
    { name: 'maxEntries', label: 'Entries per message', help: 'The most entries that one AppendEntries carries.' },
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
  ],
  messages: messageSpecs,
  message: raftMessageSchema,
  timers: [
    { name: 'election', help: 'Runs out when no leader was heard: the server stands for election (§5.2).' },
    { name: 'heartbeat', help: 'A leader shows that it is there (§5.2).' },
  ],
  notes,
  facts,
  services: ['*'],
  lies,
  machine: raftMachine,
  observe,
  panel,
  encode,
  decode,
  glimpse,
  invariants,
  scenarios,
}
