/** What a node notes of itself: its changes of state, by name. */
import type { NoteSpec } from '../core/machine.ts'
import { namesIn } from '../core/wording.ts'

export const notes = [
  {
    name: 'prepare',
    help: 'A proposer begins a ballot higher than any it has seen (PMS §2.2, phase 1a).',
    says: ({ ballot }) => `prepares ballot ${ballot}`,
  },
  {
    name: 'promise',
    help: 'An acceptor promises to ignore lower ballots (PMS §2.2, phase 1b).',
    says: ({ ballot, of, value }) => `promises ballot ${ballot}${of === null ? '' : `, having voted for ${value} in ${of}`}`,
  },
  {
    name: 'ignore',
    help: 'An acceptor ignores a ballot that is lower than its promise, and says so (PMS §2.2).',
    says: ({ ballot, promised }) => `ignores ballot ${ballot}, having promised ${promised}`,
  },
  {
    name: 'chooseFreely',
    help: 'No promise of the quorum told of a vote: the proposer may ask for its own value (PMS §2.2, phase 2a).',
    says: ({ ballot, value }) => `is free to ask for ${value} in ballot ${ballot}`,
  },
  {
    name: 'adopt',
    help: 'The highest vote that the quorum told of binds the proposer to its value (PMS §2.2, phase 2a, P2c).',
    says: ({ ballot, value, of }) => `adopts ${value} for ballot ${ballot}, voted for in ${of}`,
  },
  {
    name: 'vote',
    help: 'An acceptor votes for the value of a ballot (PMS §2.2, phase 2b).',
    says: ({ ballot, value }) => `votes for ${value} in ballot ${ballot}`,
  },
  {
    name: 'outbid',
    help: 'A proposer hears of a ballot higher than its own, and gives its own up (PMS §2.4).',
    says: ({ ballot, by }) => `gives ballot ${ballot} up, outbid by ${by}`,
  },
  {
    name: 'choose',
    help: 'A proposer has votes of a phase-2 quorum in its ballot: the value is chosen (PMS §2.2).',
    says: ({ ballot, value, votes }) => `has ${value} chosen in ballot ${ballot}, by the votes of ${namesIn(votes)}`,
  },
  {
    name: 'learn',
    help: 'A node learns which value was chosen, by votes or by being told (PMS §2.3).',
    says: ({ value, from }) => `learns that ${value} is chosen, by ${from}`,
  },
  {
    name: 'contradiction',
    help: 'A second value was chosen. Impossible while quorums meet and disks keep what they were given (PMS §2.2).',
    says: ({ chosen, value }) => `hears that ${value} is chosen, knowing that ${chosen} is`,
  },
] as const satisfies readonly NoteSpec[]

export type PaxosNote = (typeof notes)[number]['name']
