/** What a node notes of itself: its changes of state, by name. */
import type { NoteSpec } from '../core/machine.ts'

export const notes = [
  { name: 'prepare', help: 'A proposer begins a ballot higher than any it has seen (PMS §2.2, phase 1a).' },
  { name: 'promise', help: 'An acceptor promises to ignore lower ballots (PMS §2.2, phase 1b).' },
  { name: 'ignore', help: 'An acceptor ignores a ballot that is lower than its promise, and says so (PMS §2.2).' },
  { name: 'chooseFreely', help: 'No promise of the quorum told of a vote: the proposer may ask for its own value (PMS §2.2, phase 2a).' },
  { name: 'adopt', help: 'The highest vote that the quorum told of binds the proposer to its value (PMS §2.2, phase 2a, P2c).' },
  { name: 'vote', help: 'An acceptor votes for the value of a ballot (PMS §2.2, phase 2b).' },
  { name: 'outbid', help: 'A proposer hears of a ballot higher than its own, and gives its own up (PMS §2.4).' },
  { name: 'choose', help: 'A proposer has votes of a phase-2 quorum in its ballot: the value is chosen (PMS §2.2).' },
  { name: 'learn', help: 'A node learns which value was chosen, by votes or by being told (PMS §2.3).' },
  {
    name: 'contradiction',
    help: 'A second value was chosen. Impossible while quorums meet and disks keep what they were given (PMS §2.2).',
  },
] as const satisfies readonly NoteSpec[]

export type PaxosNote = (typeof notes)[number]['name']
