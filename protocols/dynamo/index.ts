/** A Dynamo-style store as the rest of Synod sees it. */
import type { ProtocolDefinition } from '../core/machine.ts'
import { decode, encode } from './codec.ts'
import { controls, membership } from './controls.ts'
import { dynamoMachine } from './dynamo.ts'
import { invariants } from './invariants.ts'
import { type DynamoMessage, dynamoMessageSchema, messageSpecs } from './messages.ts'
import { notes } from './notes.ts'
import { type DynamoOptions, optionsSchema, refuse } from './options.ts'
import { panel } from './panel.ts'
import { scenarios } from './scenarios.ts'
import type { DynamoState } from './state.ts'
import { tuning } from './tuning.ts'
import { facts, headline, observe } from './view.ts'

export const dynamo: ProtocolDefinition<DynamoState, DynamoMessage, DynamoOptions> = {
  name: 'dynamo',
  title: 'Dynamo-style store',
  summary:
    'Keeps N copies of every key on a ring without any leader: a write waits for W of them, a read for R. Always writable, even by stand-ins; versions that know nothing of each other are kept side by side, and all copies become equal in the end. Whether a read is fresh is a matter of R, W and luck.',
  source:
    'G. DeCandia et al.: Dynamo: Amazon’s Highly Available Key-value Store, SOSP 2007. Versions: N. Preguiça et al.: Dotted Version Vectors, 2010',
  version: 3,
  epochName: 'ring version',
  clusterSize: { min: 1, max: 15, usual: 5 },
  options: optionsSchema,
  refuse,
  optionSpecs: [
    { name: 'n', label: 'N', help: 'Copies of each key (§4.3). Can be set anew during a run.' },
    { name: 'r', label: 'R', help: 'Answers that a read waits for; above N is refused (§4.5). R + W above N makes reads fresh.' },
    { name: 'w', label: 'W', help: 'Copies on disks that a write waits for; above N is refused (§4.5).' },
    {
      name: 'sloppy',
      label: 'Sloppy quorums',
      help: 'Others on the ring stand in for nodes that do not answer, and hand over later (§4.6). Without: the N at home alone.',
    },
    {
      name: 'resolve',
      label: 'Conflicts',
      help: 'siblings: versions that know nothing of each other are kept, and clients merge them (§4.4). last-writer-wins: the later clock is kept, and an acknowledged write may be lost.',
    },
    {
      name: 'members',
      label: 'Members',
      help: 'Nodes on the ring at the start: all that are there, or some such as n1 n2 n3. Others can join (§4.8.1).',
    },
    {
      name: 'partitions',
      label: 'Partitions',
      help: 'Equal parts of the ring: each has its own Merkle tree and moves as one (§6.2, strategy 2).',
    },
    { name: 'tokens', label: 'Tokens per node', help: 'Virtual nodes on the ring (§4.2). More of them spread keys more evenly.' },
    { name: 'readRepair', label: 'Read repair', help: 'A read gives replicas with old versions what it found (§5).' },
    {
      name: 'replicaMs',
      label: 'Patience',
      unit: 'ms',
      help: 'About twice so long a coordinator waits for a node before it suspects it (§4.8.3).',
    },
    {
      name: 'requestMs',
      label: 'Request ends',
      unit: 'ms',
      help: 'After about so long a coordinator tells its client that it does not know.',
    },
    {
      name: 'hintMs',
      label: 'Handoff',
      unit: 'ms',
      help: 'About every so often a node tries to hand over what it keeps for others (§4.6).',
    },
    {
      name: 'antiEntropyMs',
      label: 'Anti-entropy',
      unit: 'ms',
      help: 'About every so often a node compares Merkle trees with another one (§4.7).',
    },
    { name: 'gossipMs', label: 'Gossip', unit: 'ms', help: 'About every so often a node tells another one who is a member (§4.8.1).' },
  ],
  tuning,
  messages: messageSpecs,
  message: dynamoMessageSchema,
  timers: [
    {
      name: 'requests',
      help: 'A coordinator looks after its requests: who is silent is suspected (§4.8.3), and at last the client is told.',
    },
    { name: 'handOff', help: 'Hints and keys that moved are delivered (§4.6).' },
    { name: 'antiEntropy', help: 'Merkle trees are compared (§4.7).' },
    { name: 'gossip', help: 'The member table goes to somebody (§4.8.1).' },
  ],
  controls,
  membership,
  notes,
  facts,
  headline,
  services: ['store'],
  clients: { sessions: false, asks: 'any' },
  promises: 'eventual',
  machine: dynamoMachine,
  observe,
  panel,
  encode,
  decode,
  invariants,
  scenarios,
}
