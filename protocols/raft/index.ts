/** Raft as the rest of Synod sees it. */
import type { ProtocolDefinition } from '../core/machine.ts'
import { decode, encode, glimpse } from './codec.ts'
import { controls, membership } from './controls.ts'
import { invariants } from './invariants.ts'
import { lies } from './lies.ts'
import { messageSpecs, type RaftMessage, raftMessageSchema } from './messages.ts'
import { notes } from './notes.ts'
import { optionSpecs, optionsSchema, type RaftOptions } from './options.ts'
import { panel } from './panel.ts'
import { raftMachine } from './raft.ts'
import { scenarios } from './scenarios/index.ts'
import type { RaftState } from './state.ts'
import { called, facts, observe } from './view.ts'

export const raft: ProtocolDefinition<RaftState, RaftMessage, RaftOptions> = {
  name: 'raft',
  title: 'Raft',
  summary:
    'A replicated log with a strong leader: a majority elects it for a term, entries flow from it alone, and an entry is committed when a majority holds it. Bears crashes and any message loss while a majority lives.',
  source: 'D. Ongaro, J. Ousterhout: In Search of an Understandable Consensus Algorithm (Extended Version), 2014',
  version: 8,
  epochName: 'term',
  rings: { leader: 'leads', candidate: 'asks for votes' },
  called,
  clusterSize: { min: 1, max: 15, usual: 5 },
  options: optionsSchema,
  optionSpecs,
  messages: messageSpecs,
  message: raftMessageSchema,
  timers: [
    { name: 'election', help: 'Runs out when no leader was heard: the server stands for election (§5.2).' },
    { name: 'heartbeat', help: 'A leader shows that it is there (§5.2).' },
    { name: 'quorum', help: 'A leader looks whether it still hears a majority (dissertation §6.2).' },
    { name: 'lease', help: 'The leader may not answer reads alone any more (dissertation §6.4.1).' },
    { name: 'transfer', help: 'Who was to lead instead does not: the leader goes on (dissertation §3.10).' },
    { name: 'batch', help: 'All that arrived together is in the log: it leaves for the followers (dissertation §10.2.2).' },
  ],
  controls,
  membership,
  notes,
  facts,
  services: ['*'],
  clients: {
    ...{ sessions: true, asks: 'leader' },
    readsAnywhere: (options) => (options as Partial<RaftOptions> | undefined)?.followerReads === true,
  },
  lies,
  machine: raftMachine,
  observe,
  carried: ({ hosted }) => ('service' in hosted ? hosted.state : undefined),
  panel,
  encode,
  decode,
  glimpse,
  invariants,
  scenarios,
}
