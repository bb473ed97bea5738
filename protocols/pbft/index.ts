/** PBFT as the rest of Synod sees it. */
import type { ProtocolDefinition } from '../core/machine.ts'
import { decode, encode, glimpse } from './codec.ts'
import { invariants } from './invariants.ts'
import { lies } from './lies.ts'
import { type PbftMessage, pbftMessageSchema } from './messages.ts'
import { notes } from './notes.ts'
import { panel } from './panel.ts'
import { pbftMachine } from './pbft.ts'
import { mostFaulty, refuseCluster } from './quorums.ts'
import { scenarios } from './scenarios.ts'
import { optionsSchema, type PbftOptions, type PbftState } from './state.ts'
import { facts, observe } from './view.ts'
import { messageSpecs } from './words.ts'

export const pbft: ProtocolDefinition<PbftState, PbftMessage, PbftOptions> = {
  name: 'pbft',
  title: 'PBFT',
  summary:
    'Agreement among liars: of 3f + 1 replicas f may do whatever they like. The primary gives a request its number, three phases of signed messages make it final, and the others replace a primary that does not serve.',
  source: 'M. Castro, B. Liskov: Practical Byzantine Fault Tolerance, OSDI 1999; ACM TOCS 20(4), 2002',
  version: 3,
  epochName: 'view',
  rings: { leader: 'is the primary', candidate: 'is the primary of a view that has not begun' },
  roles: { leader: 'primary', candidate: 'primary to be', follower: 'backup' },
  clusterSize: { min: 1, max: 31, usual: 4 },
  bears: { faulty: (nodes) => Math.floor((nodes - 1) / 3), lies: true },
  options: optionsSchema,
  optionSpecs: [
    {
      name: 'f',
      label: 'Faulty replicas to bear',
      help: 'How many replicas may lie at once; it takes 3f + 1 nodes. 0: as many as the nodes can bear (§3).',
    },
    {
      name: 'checkpointEvery',
      label: 'Checkpoint every',
      unit: 'numbers',
      help: 'K: after so many numbers the replicas agree on their state, and forget what is older (§4.3).',
    },
    {
      name: 'window',
      label: 'Window',
      unit: 'numbers',
      help: 'k: how far above the last stable checkpoint numbers may go; a small multiple of K (§4.3).',
    },
    { name: 'maxBatch', label: 'Requests per number', help: 'The most requests that get one number together (TOCS §6.2).' },
    {
      name: 'maxInFlight',
      label: 'Numbers under way',
      help: 'While so many are not executed, requests gather for the next one (TOCS §6.2).',
    },
    {
      name: 'viewChangeMs',
      label: 'Patience',
      unit: 'ms',
      help: 'A backup that waits so long for a request to be executed gives the primary up (§4.4). Doubles while views bring nothing (§4.5.2).',
    },
    { name: 'viewChangeMsMax', label: 'Longest patience', unit: 'ms', help: 'Patience doubles no further than this.' },
    { name: 'statusMs', label: 'Status', unit: 'ms', help: 'How often a replica says where it stands, so that it is sent what it missed.' },
    { name: 'chunkChars', label: 'Piece of state', unit: 'characters', help: 'The most of a state that one StateChunk carries (§4.6).' },
  ],
  refuse: (options, nodes) => refuseCluster(options, nodes.length),
  clients: {
    sessions: false,
    asks: 'leader-then-all',
    accepts: (nodes, options) => ((options as Partial<PbftOptions>).f || mostFaulty(nodes)) + 1,
  },
  messages: messageSpecs,
  message: pbftMessageSchema,
  timers: [
    { name: 'viewChange', help: 'Runs while a request waits to be executed, or a view to begin: then the next view is asked for (§4.4).' },
    { name: 'status', help: 'A replica says where it stands.' },
  ],
  notes,
  facts,
  services: ['*'],
  machine: pbftMachine,
  observe,
  carried: ({ hosted }) => ('service' in hosted ? hosted.state : undefined),
  panel,
  encode,
  decode,
  glimpse,
  lies,
  invariants,
  scenarios,
}
