/** Single-decree Paxos as the rest of Synod sees it. */
import type { Json } from '../core/json.ts'
import type { ProtocolDefinition } from '../core/machine.ts'
import { invariants } from './invariants.ts'
import { lies } from './lies.ts'
import { messageSpecs, type PaxosMessage, paxosMessageSchema } from './messages.ts'
import { notes } from './notes.ts'
import { optionsSchema, type PaxosOptions } from './options.ts'
import { panel } from './panel.ts'
import { paxosMachine } from './paxos.ts'
import { refuse } from './roles.ts'
import { scenarios } from './scenarios/index.ts'
import type { PaxosState } from './state.ts'
import { facts, headline, observe } from './view.ts'

export const paxos: ProtocolDefinition<PaxosState, PaxosMessage, PaxosOptions> = {
  name: 'paxos',
  title: 'Paxos (single decree)',
  summary:
    'Chooses one value, once and for ever. Any node may propose; a ballot asks a quorum what it has voted for, and then for its votes. Bears crashes and any message loss; proposers that outbid each other cost time, never agreement.',
  source: 'L. Lamport: Paxos Made Simple, 2001; The Part-Time Parliament, 1998. H. Howard, D. Malkhi, A. Spiegelman: Flexible Paxos, 2016',
  version: 1,
  epochName: 'ballot',
  rings: { leader: 'proposes a value', candidate: 'gathers promises' },
  roles: { leader: 'proposer in phase 2', candidate: 'proposer in phase 1' },
  clusterSize: { min: 1, max: 15, usual: 5 },
  options: optionsSchema,
  refuse,
  optionSpecs: [
    {
      name: 'proposers',
      label: 'Proposers',
      help: 'Nodes that propose values: all, or some such as n1 n2 (PMS §2.1). Clients of the others are sent on.',
    },
    {
      name: 'acceptors',
      label: 'Acceptors',
      help: 'Nodes that vote: all, or some such as n1 n2 n3 (PMS §2.1). Quorums are counted of them.',
    },
    { name: 'learners', label: 'Learners', help: 'Nodes that find out which value was chosen: all, or some (PMS §2.3).' },
    {
      name: 'q1',
      label: 'Phase-1 quorum',
      help: 'So many promises let a proposer ask for votes. 0: as few as meet every phase-2 quorum; a majority when neither size is given (Flexible Paxos §4).',
    },
    {
      name: 'q2',
      label: 'Phase-2 quorum',
      help: 'So many votes in one ballot choose its value. 0: as few as meet every phase-1 quorum (Flexible Paxos §4).',
    },
    {
      name: 'allowUnsafeQuorums',
      label: 'Allow unsafe quorums',
      help: 'Lets q1 and q2 be so small that their quorums need not meet: then two values can be chosen. To see it break.',
    },
    {
      name: 'backOffMs',
      label: 'First back-off',
      unit: 'ms',
      help: 'A proposer that was outbid waits between this and a bound that doubles every time. 0: it tries again at once, and proposers may duel for ever (PMS §2.4).',
    },
    { name: 'backOffMsMax', label: 'Longest back-off', unit: 'ms', help: 'The bound of the back-off grows up to this.' },
    {
      name: 'retransmitMs',
      label: 'Retransmission',
      unit: 'ms',
      help: 'After so long without a quorum a proposer says again what was not answered.',
    },
    {
      name: 'askMs',
      label: 'Learners ask',
      unit: 'ms',
      help: 'How often a learner that knows nothing asks what was voted for and chosen (PMS §2.3).',
    },
    {
      name: 'votesToLearners',
      label: 'Votes go to all learners',
      help: 'Each vote goes to every learner: soonest known, most messages. Without, the proposer alone counts and tells the learners: one delay more (PMS §2.3).',
    },
  ],
  messages: messageSpecs,
  message: paxosMessageSchema,
  timers: [
    { name: 'retransmit', help: 'A proposer says again what was not answered: it may have been lost (PMS §2.4).' },
    { name: 'retry', help: 'A proposer that was outbid begins another ballot (PMS §2.4).' },
    { name: 'ask', help: 'A learner that knows nothing yet asks (PMS §2.3).' },
  ],
  notes,
  facts,
  headline,
  services: ['decree'],
  clients: { sessions: false, asks: 'any' },
  machine: paxosMachine,
  observe,
  panel,
  // A state is plain data: it encodes to itself, with its keys in the order in which initialState has them.
  encode: (state) => state as unknown as Json,
  decode: (json) => json as unknown as PaxosState,
  lies,
  invariants,
  scenarios,
}
