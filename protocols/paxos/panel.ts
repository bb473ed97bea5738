/** The ballot table: who promised and who voted in which ballot, when a value was chosen, and when each learner learned it. */
import type { BallotStep } from '../core/ballots.ts'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { Panel, RoundsView } from '../core/panel.ts'
import type { RoundName, RoundWord } from '../core/rounds.ts'
import { ballotText } from './ballot.ts'
import type { PaxosMessage } from './messages.ts'
import type { PaxosOptions } from './options.ts'
import { rolesOf } from './roles.ts'
import type { PaxosState } from './state.ts'

const ballots: RoundsView<PaxosMessage> = {
  kind: 'rounds',
  name: 'ballots',
  title: 'Ballots',
  help: 'Every ballot, and under each acceptor what it promised and what it voted for in it. A value is chosen when a quorum has voted for it in one ballot, whether or not anybody knows. PMS §2.2.',
  round: {
    name: 'ballot',
    label: 'ballot',
    help: 'A number and the proposer that took it. Higher ballots bind lower ones by the votes that their promises tell of. PMS §2.2.',
  },
  beginner: { name: 'proposer', label: 'proposer', help: 'Begins a ballot, collects promises, and asks for votes. PMS §2.2.' },
  phases: [
    {
      name: 'promise',
      label: 'promise',
      empty: 'no vote yet',
      help: 'The acceptor will ignore lower ballots; it tells of its last vote, if it has voted. PMS §2.2, phase 1b.',
    },
    {
      name: 'vote',
      label: 'vote',
      help: 'The acceptor accepts the value of the ballot. PMS §2.2, phase 2b.',
      reached: {
        name: 'chosen',
        label: 'chosen',
        help: 'A phase-2 quorum has voted for the value in this ballot: no other can ever be chosen. PMS §2.2.',
      },
    },
  ],
  learned: { name: 'learned', label: 'learned', help: 'The node has found out which value was chosen. PMS §2.3.' },
  hears: {
    notes: ['prepare', 'promise', 'ignore', 'chooseFreely', 'adopt', 'vote', 'outbid', 'choose', 'learn'],
    messages: ['Promise', 'Accepted'],
  },
  needs: (options, nodes) => ({ vote: rolesOf(options as PaxosOptions, nodes).q2 }),
  tell,
}

function tell({ node, notes, given }: BallotStep<PaxosMessage>): RoundWord[] {
  const words: RoundWord[] = []
  const message = given?.message
  // It is heard before it has consequences.
  if (given && message?.kind === 'Promise')
    words.push({ is: 'heard', round: round(ballotText(message.ballot)), phase: 'promise', node: given.from })
  if (given && message?.kind === 'Accepted' && message.ballot.by === node)
    words.push({ is: 'heard', round: round(ballotText(message.ballot)), phase: 'vote', node: given.from })
  for (const each of notes) words.push(...told(node, each.note, each.data))
  return words
}

function told(node: NodeId, note: string, data: { readonly [key: string]: Json }): RoundWord[] {
  if (note === 'learn') return [{ is: 'learns', node, text: String(data.value), how: HOW[String(data.from)] ?? '' }]
  const it = round(String(data.ballot))
  switch (note) {
    case 'prepare':
      return [{ is: 'begins', round: it, by: node }]
    case 'promise':
      return [{ is: 'says', round: it, phase: 'promise', node, text: data.of === null ? '' : `${data.value} in ${data.of}` }]
    case 'ignore': {
      const phase = data.phase === 'prepare' ? 'promise' : 'vote'
      return [{ is: 'says', round: it, phase, node, text: `it has promised ${data.promised}`, refused: true }]
    }
    case 'chooseFreely':
      return [
        {
          is: 'asks',
          round: it,
          by: node,
          phase: 'vote',
          text: String(data.value),
          why: 'its own value: no promise of the quorum told of a vote',
        },
      ]
    case 'adopt':
      return [
        {
          is: 'asks',
          round: it,
          by: node,
          phase: 'vote',
          text: String(data.value),
          why: `the value of ${data.of}, the highest vote that it was told of`,
        },
      ]
    case 'vote':
      return [{ is: 'says', round: it, phase: 'vote', node, text: String(data.value) }]
    case 'outbid':
      return [{ is: 'ends', round: it, how: 'given up', why: `outbid by ${data.by} (§2.4)` }]
    case 'choose':
      return [{ is: 'ends', round: it, how: 'done', why: 'its proposer has votes of a quorum' }]
    default:
      return []
  }
}

const HOW: { readonly [from: string]: string } = {
  votes: 'by votes of a quorum',
  'its own ballot': 'by its own ballot',
  'being told': 'by being told',
}

/** `3.n2` stands after `3.n1` and before `4.n1`. */
function round(name: string): RoundName {
  const [n = '0', by = ''] = name.split('.')
  return { name, order: [Number(n), Number(by.replace(/\D/g, ''))] }
}

export const panel: Panel<PaxosState, PaxosMessage> = { title: 'Ballots', views: [ballots] }
