/** One ballot, and what the next one makes of it (PMS §2.2). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { onlyAt, STILL } from './still.ts'

export const ballots: ProtocolDefinition['scenarios'] = [
  {
    name: 'one-ballot',
    title: 'One ballot',
    teaches: 'Two round trips choose a value: promises of a majority, then votes of a majority (PMS §2.2).',
    text: `name: One ballot
about: >
  A client proposes, and nobody else does. The proposer asks for promises, then for votes, and all learn what was chosen.
  Whoever proposes afterwards is told the same value.
run:
  protocol: paxos
  service: decree
  nodes: 5
steps:
  - client: learn
    expect: (nothing)
  - client: propose X
    expect: X
  - wait: { fact: chosen, value: X }
  - ask: propose Y
    by: another
    of: n4
  - client: propose Z
    expect: X
  - client: learn
    expect: X
  - wait: idle
expect: { operations: ok, facts: [{ fact: chosen, value: X }] }
`,
  },
  {
    name: 'free-choice',
    title: 'A free choice, and then none',
    teaches: 'What was chosen is found again by whoever asks a majority: it meets the one that chose (PMS §2.2, P2c).',
    text: `name: A free choice, and then none
about: >
  n4 reaches n1 and n2 only: they promise, vote for X, and X is chosen while n3 knows nothing of it. n5 reaches n2 and n3 only, and
  would have Y; n2 tells of its vote for X, so n5 must ask for X.
run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n4, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: cut, target: { links: [[n4, n3], [n5, n1]] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: chosen, of: n4, value: X }
  - wait: { fact: promised, of: n3, value: null }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n5, value: X }
  - wait: { fact: acceptedBallot, of: n3, value: 1.n5 }
  - wait: idle
expect:
  operations: ok
  facts:
    - { of: n1, fact: acceptedBallot, value: 1.n4 }
    - { of: n2, fact: acceptedBallot, value: 1.n5 }
    - { of: n3, fact: acceptedValue, value: X }
`,
  },
  {
    name: 'minority-vote-seen',
    title: 'A minority’s vote is seen',
    teaches: 'A proposer cannot tell whether a vote that it is told of was part of a majority: it must take it up (PMS §2.2, P2c).',
    text: `name: A minority’s vote is seen
about: >
  X gets one vote only, of n1. n5 hears of it from n1, though X was not chosen, and must ask for X in place of its own Y.
run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n4, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: cut, target: { links: [[n4, n2], [n4, n3]] }, rule: { types: [Accept] } }
  - arm: { kind: cut, target: { links: [[n5, n3]] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: acceptedBallot, of: n1, value: 1.n4 }
  - wait: { fact: chosen, of: n4, value: null }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n5, value: X }
  - wait: idle
expect:
  operations: ok
  facts:
    - { of: n1, fact: acceptedBallot, value: 1.n5 }
    - { of: n2, fact: acceptedValue, value: X }
    - { of: n3, fact: acceptedBallot, value: null }
`,
  },
  {
    name: 'minority-vote-unseen',
    title: 'A minority’s vote is not seen',
    teaches: 'Of several votes that a quorum tells of, the one in the highest ballot counts (PMS §2.2, P2c).',
    text: `name: A minority’s vote is not seen
about: >
  X gets the vote of n1 alone. n5 asks n2 and n3, who have not voted: it is free to ask for Y, and Y is chosen. n6 is then told of
  both votes, X in 1.n4 and Y in 1.n5, and must ask for Y.
run:
  protocol: paxos
  service: decree
  nodes: 6
  options: { proposers: n4 n5 n6, acceptors: n1 n2 n3, learners: n4, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y', n6: 'Z' })}  - arm: { kind: cut, target: { links: [[n4, n2], [n4, n3]] }, rule: { types: [Accept] } }
  - arm: { kind: cut, target: { links: [[n5, n1], [n6, n3]] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: acceptedBallot, of: n1, value: 1.n4 }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n5, value: Y }
  - ask: propose Z
    by: c
    of: n6
  - wait: { fact: chosen, of: n6, value: Y }
  - wait: { fact: acceptedBallot, of: n1, value: 1.n6 }
  - wait: idle
expect:
  operations: ok
  facts:
    - { of: n1, fact: acceptedValue, value: Y }
    - { of: n2, fact: acceptedBallot, value: 1.n6 }
    - { of: n3, fact: acceptedBallot, value: 1.n5 }
`,
  },
  {
    name: 'late-accept',
    title: 'Votes are asked for too late',
    teaches: 'A promise binds: who has promised a higher ballot ignores the lower one, whatever it promised before (PMS §2.2, P1a).',
    text: `name: Votes are asked for too late
about: >
  All three promise n4, and its requests for votes are held. n2 and n3 then promise n5. Now n4’s requests arrive: n1 votes for X, n2
  and n3 ignore it. n5’s quorum told of no vote, so it may ask for Y; n1 votes for that as well.
run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n5, ${STILL} }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: hold, target: { links: [[n4, n1], [n4, n2], [n4, n3]] }, rule: { types: [Accept] } }
    as: first
  - arm: { kind: hold, target: { links: [[n5, n1], [n5, n2], [n5, n3]] }, rule: { types: [Accept] } }
    as: second
  - arm: { kind: cut, target: { links: [[n5, n1]] }, rule: { types: [Prepare] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: phase, of: n4, value: accept }
  - wait: { fact: promised, of: n1, value: 1.n4 }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: phase, of: n5, value: accept }
  - lift: first
  - wait: { fact: acceptedBallot, of: n1, value: 1.n4 }
  - wait: { fact: phase, of: n4, value: outbid }
  - wait: { fact: acceptedBallot, of: n2, value: null }
  - lift: second
  - wait: { fact: chosen, of: n5, value: Y }
  - wait: { fact: acceptedBallot, of: n1, value: 1.n5 }
  - wait: { fact: acceptedBallot, of: n2, value: 1.n5 }
  - wait: { fact: acceptedBallot, of: n3, value: 1.n5 }
expect:
  facts:
    - { of: n1, fact: acceptedValue, value: Y }
    - { of: n4, fact: chosen, value: null }
`,
  },
]
