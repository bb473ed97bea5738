/** What a disk keeps, and what a crash leaves to be found (PMS §2.5). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { onlyAt, STILL } from './still.ts'

/** Promises of the two others are held, so that neither proposer goes on; then n2 goes down, whose last promise is to n5. */
const N2_PROMISED_BOTH = `run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n4, votesToLearners: false, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: cut, target: { links: [[n4, n1], [n5, n3]] } }
  - arm: { kind: hold, target: { links: [[n3, n4]] }, rule: { types: [Promise] } }
    as: first
  - arm: { kind: hold, target: { links: [[n1, n5]] }, rule: { types: [Promise] } }
    as: second
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: promised, of: n2, value: 1.n4 }
  - wait: { fact: promised, of: n3, value: 1.n4 }
  - wait: { fact: promises, of: n4, value: 1 }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: promised, of: n2, value: 1.n5 }
  - wait: { fact: promised, of: n1, value: 1.n5 }
  - wait: { fact: promises, of: n5, value: 1 }
  - crash: n2`

export const crashes: ProtocolDefinition['scenarios'] = [
  {
    name: 'amnesia',
    title: 'A disk forgets',
    teaches: 'An acceptor must remember its promise over a crash: one that forgets lets two values be chosen (PMS §2.5).',
    text: `name: A disk forgets
about: >
  n2 has promised both proposers, n5 last. It loses its disk in a crash, and comes back without any promise. Now it votes for X in the
  lower ballot, with n3, and then for Y, with n1: both are chosen.
${N2_PROMISED_BOTH}
  - wipe: n2
  - restart: n2
  - lift: first
  - wait: { fact: chosen, of: n4, value: X }
  - lift: second
  - wait: { fact: acceptedBallot, of: n2, value: 1.n5 }
  - wait: { fact: acceptedBallot, of: n1, value: 1.n5 }
  - wait: idle
expect: { breaks: [Agreement, Kept Promises, Chosen for Ever] }
`,
  },
  {
    name: 'disk-kept',
    title: 'A disk remembers',
    teaches: 'The same crash with the disk kept: the acceptor keeps its promise, and one value is chosen (PMS §2.5).',
    text: `name: A disk remembers
about: >
  As when a disk forgets; but n2 comes back with its promise to n5. It ignores the lower ballot, X gets the vote of n3 alone, and Y
  is chosen.
${N2_PROMISED_BOTH}
  - restart: n2
  - lift: first
  - wait: { fact: phase, of: n4, value: outbid }
  - wait: { fact: acceptedBallot, of: n3, value: 1.n4 }
  - lift: second
  - wait: { fact: chosen, of: n5, value: Y }
  - wait: { fact: chosen, of: n4, value: Y }
  - wait: idle
expect:
  facts:
    - { of: n2, fact: acceptedBallot, value: 1.n5 }
    - { of: n3, fact: acceptedValue, value: X }
`,
  },
  {
    name: 'crash-unseen',
    title: 'The proposer dies, and nobody sees its vote',
    teaches: 'A value with a single vote may be lost with its proposer: it was not chosen (PMS §2.2).',
    text: `name: The proposer dies, and nobody sees its vote
about: >
  n4 dies when n3 alone has its request for votes. n5 asks n1 and n2, who know of no vote, and is free: Y is chosen.
run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n5, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: cut, target: { links: [[n4, n1], [n4, n2]] }, rule: { types: [Accept] } }
  - arm: { kind: cut, target: { links: [[n5, n3]] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: acceptedBallot, of: n3, value: 1.n4 }
  - crash: n4
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n5, value: Y }
  - wait: { fact: acceptedBallot, of: n2, value: 1.n5 }
expect: { running: 4, facts: [{ of: n2, fact: acceptedValue, value: Y }] }
`,
  },
  {
    name: 'crash-seen',
    title: 'The proposer dies, and its vote is seen',
    teaches: 'The same single vote, seen by the next proposer, binds it (PMS §2.2, P2c).',
    text: `name: The proposer dies, and its vote is seen
about: >
  n4 dies when n3 alone has its request for votes. n5 asks n2 and n3, is told of X, and must ask for it: X is chosen after all.
run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n5, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: cut, target: { links: [[n4, n1], [n4, n2]] }, rule: { types: [Accept] } }
  - arm: { kind: cut, target: { links: [[n5, n1]] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: acceptedBallot, of: n3, value: 1.n4 }
  - crash: n4
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n5, value: X }
  - wait: { fact: acceptedBallot, of: n2, value: 1.n5 }
expect: { running: 4, facts: [{ of: n2, fact: acceptedValue, value: X }] }
`,
  },
]
