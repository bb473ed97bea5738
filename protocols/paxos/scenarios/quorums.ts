/** Quorums of two sizes: those of the two phases must meet. */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { onlyAt, STILL } from './still.ts'

export const quorums: ProtocolDefinition['scenarios'] = [
  {
    name: 'flexible-quorums',
    title: 'Flexible quorums',
    teaches:
      'Only quorums of different phases must meet: with four acceptors, three promises and two votes are enough (Flexible Paxos §3).',
    text: `name: Flexible quorums
about: >
  Two votes of four choose X. The next proposer needs three promises: however it gets them, one is of an acceptor that voted for X.
run:
  protocol: paxos
  service: decree
  nodes: 6
  options: { proposers: n5 n6, acceptors: n1 n2 n3 n4, learners: n5, q1: 3, q2: 2, ${STILL} }
steps:
${onlyAt({ n5: 'X', n6: 'Y' })}  - arm: { kind: cut, target: { links: [[n5, n4], [n6, n1]] } }
  - arm: { kind: cut, target: { links: [[n5, n3]] }, rule: { types: [Accept] } }
  - ask: propose X
    by: a
    of: n5
  - wait: { fact: chosen, of: n5, value: X }
  - wait: { fact: acceptedBallot, of: n3, value: null }
  - ask: propose Y
    by: b
    of: n6
  - wait: { fact: chosen, of: n6, value: X }
  - wait: idle
expect: { operations: ok, facts: [{ of: n1, fact: acceptedBallot, value: 1.n5 }] }
`,
  },
  {
    name: 'unsafe-quorums',
    title: 'Quorums that do not meet',
    teaches:
      'Two promises and two votes of four need have nobody in common: then a new ballot does not see what was chosen (Flexible Paxos §3).',
    text: `name: Quorums that do not meet
about: >
  X is chosen by n1 and n2. The next proposer asks n3 and n4 alone, who know nothing, and chooses Y. Such sizes are refused unless
  one asks to see it break.
run:
  protocol: paxos
  service: decree
  nodes: 6
  options: { proposers: n5 n6, acceptors: n1 n2 n3 n4, learners: n5, q1: 2, q2: 2, allowUnsafeQuorums: true, ${STILL} }
steps:
${onlyAt({ n5: 'X', n6: 'Y' })}  - arm: { kind: cut, target: { links: [[n5, n3], [n5, n4], [n6, n1], [n6, n2]] } }
  - ask: propose X
    by: a
    of: n5
  - wait: { fact: chosen, of: n5, value: X }
  - ask: propose Y
    by: b
    of: n6
  - wait: { fact: chosen, of: n6, value: Y }
  - wait: idle
expect: { breaks: [Agreement, Chosen for Ever] }
`,
  },
]
