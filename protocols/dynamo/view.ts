/** What a person wants to see of a node at a glance, in the paper's words. */
import type { NodeId } from '../core/ids.ts'
import type { FactSpec, Observation } from '../core/machine.ts'
import { outstanding } from './antiEntropy.ts'
import { glanceAt } from './glance.ts'
import { astray } from './handOff.ts'
import { valuesText } from './messages.ts'
import { promiseOf } from './options.ts'
import type { DynamoState } from './state.ts'
import { entriesOf } from './storage.ts'

export const facts: readonly FactSpec[] = [
  { name: 'member', label: 'on the ring', help: 'in, joining, leaving or out, as this node knows of itself. §4.8.1, persistent.' },
  {
    name: 'quorum',
    label: 'N, R, W',
    help: 'Copies of a key, answers that a read waits for, and copies that a write waits for. §4.5, persistent.',
  },
  {
    name: 'reads',
    label: 'reads are',
    help: 'fresh when R + W is above N: a read meets every write acknowledged before it; else weak. §4.5.',
  },
  { name: 'holds', label: 'holds', help: 'Its keys with their versions; siblings stand side by side. §4.4, persistent.' },
  { name: 'keys', label: 'keys', help: 'How many keys it holds, what it keeps for others not counted.' },
  { name: 'siblings', label: 'siblings', help: 'How many of its keys have versions that know nothing of each other. §4.4.' },
  { name: 'hints', label: 'hints', help: 'Keys that it keeps for nodes that did not answer. §4.6, persistent.' },
  { name: 'keptFor', label: 'kept for others', help: 'For whom it keeps what. §4.6, persistent.' },
  {
    name: 'behind',
    label: 'behind',
    help: 'What it still has to do for all copies to be equal: trees to compare, hints to deliver, keys to move, requests to end. §4.6, §4.7.',
  },
  { name: 'suspects', label: 'suspects', help: 'Nodes that did not answer it. §4.8.3.' },
]

const SHOWN = 160
const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)

export const behind = (state: DynamoState): number => outstanding(state) + hintsOf(state) + astray(state).length + state.requests.length

const hintsOf = ({ hints }: DynamoState): number => [...hints.values()].reduce((count, { size }) => count + size, 0)

/** Whose copies count how: "n1, n2 and n3 on the ring, N 3, R 2, W 2: reads are fresh". By the newest table that anybody shows. */
export function headline(shown: ReadonlyMap<NodeId, Observation>): string {
  const inOf = [...shown].filter(([, { facts }]) => facts.member === 'in').map(([node]) => node)
  const [newest] = [...shown.values()].sort((a, b) => b.epoch - a.epoch)
  const [n, r, w] = String(newest?.facts.quorum ?? '').split(' ')
  const ring = inOf.length === 0 ? 'Nobody that runs is on the ring' : `${list(inOf)} ${inOf.length === 1 ? 'is' : 'are'} on the ring`
  const moving = [...shown].flatMap(([node, { facts }]) =>
    facts.member === 'joining' || facts.member === 'leaving' ? [`${node} ${facts.member === 'joining' ? 'joins' : 'leaves'}`] : [],
  )
  return [
    ring,
    ...moving,
    ...(n === undefined || w === undefined ? [] : [`N ${n}, R ${r}, W ${w}: reads are ${newest?.facts.reads}`]),
  ].join('; ')
}

const list = (names: readonly string[]): string => (names.length > 4 ? `${names.length} nodes` : names.join(', '))

export function observe(state: DynamoState): Observation {
  const { n, r, w, version } = state.quorum
  const { keys, several, first } = glanceAt(state.store.values())
  return {
    role: 'other',
    epoch: Object.values(state.members).reduce((sum, member) => sum + member.version, version),
    facts: {
      member: state.members[state.id]?.status ?? null,
      quorum: `${n} ${r} ${w}`,
      reads: promiseOf({ n, r, w, sloppy: state.options.sloppy }),
      holds: short(first.map(([key, siblings]) => `${key}=${valuesText(siblings)}`).join(', ')) || null,
      keys,
      siblings: several,
      hints: hintsOf(state),
      keptFor:
        short(
          entriesOf(state.hints)
            .slice(0, 20)
            .map(([target, key, siblings]) => `${target}: ${key}=${valuesText(siblings)}`)
            .join(', '),
        ) || null,
      behind: behind(state),
      suspects: state.suspects.length === 0 ? null : state.suspects.join(' '),
    },
  }
}
