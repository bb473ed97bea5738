/** What a person wants to see of a node at a glance, in the paper's words. */
import type { NodeId } from '../core/ids.ts'
import type { FactSpec, Observation } from '../core/machine.ts'
import { ballotText } from './ballot.ts'
import type { PaxosState } from './state.ts'

export const facts: readonly FactSpec[] = [
  { name: 'promised', label: 'promised', help: 'The acceptor ignores every ballot lower than this one. PMS §2.2, persistent.' },
  { name: 'acceptedBallot', label: 'voted in', help: 'The highest ballot in which the acceptor has voted. PMS §2.2, persistent.' },
  {
    name: 'acceptedValue',
    label: 'voted for',
    help: 'The value that it voted for there. A vote is not yet a choice. PMS §2.2, persistent.',
  },
  { name: 'ballot', label: 'own ballot', help: 'The ballot that this node stands in as a proposer. PMS §2.2.' },
  {
    name: 'phase',
    label: 'phase',
    help: 'What the proposer does: prepare (collects promises), accept (collects votes), outbid (waits before it tries again). PMS §2.2, §2.4.',
  },
  { name: 'promises', label: 'promises', help: 'Acceptors that have promised its ballot. A phase-1 quorum lets it go on. PMS §2.2.' },
  {
    name: 'votes',
    label: 'votes',
    help: 'Acceptors that it knows to have voted in its ballot. A phase-2 quorum chooses the value. PMS §2.2.',
  },
  { name: 'chosen', label: 'learned', help: 'The value that was chosen, as far as this node has learned. PMS §2.3.' },
]

/** What was chosen and who knows it; before that, who proposes in which ballot. */
export function headline(shown: ReadonlyMap<NodeId, Observation>): string {
  const learned = new Map<string, NodeId[]>()
  const proposing: string[] = []
  for (const [node, { facts }] of shown) {
    if (typeof facts.chosen === 'string') learned.set(facts.chosen, [...(learned.get(facts.chosen) ?? []), node])
    if (facts.phase === 'prepare') proposing.push(`${node} asks for promises in ${facts.ballot}`)
    if (facts.phase === 'accept') proposing.push(`${node} asks for votes in ${facts.ballot}`)
  }
  if (learned.size > 0)
    return [...learned].map(([value, nodes]) => `${value} is chosen, as ${nodes.length} of ${shown.size} have learned`).join('; ')
  return proposing.length > 0 ? proposing.join('; ') : 'Nobody proposes'
}

export function observe({ promised, accepted, attempt, chosen, seen }: PaxosState): Observation {
  return {
    role: attempt?.phase === 'accept' ? 'leader' : attempt?.phase === 'prepare' ? 'candidate' : 'other',
    epoch: Math.max(seen, promised?.n ?? 0),
    facts: {
      promised: promised && ballotText(promised),
      acceptedBallot: accepted && ballotText(accepted.ballot),
      acceptedValue: accepted?.value ?? null,
      ballot: attempt && ballotText(attempt.ballot),
      phase: attempt?.phase ?? null,
      promises: attempt?.promises.length ?? null,
      votes: attempt?.votes.length ?? null,
      chosen,
    },
  }
}
