/** Proposers that get in each other’s way (PMS §2.4), and values that only look chosen. */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { onlyAt, STILL } from './still.ts'

/** What a ballot asks for waits at a gate of its own. */
const gateOf = (n: number, proposer: string): string =>
  `  - arm: { kind: hold, target: { links: [[${proposer}, n1], [${proposer}, n2], [${proposer}, n3]] }, rule: { types: [Accept], where: [{ path: ballot.n, is: "=", value: ${n} }] } }
    as: ${proposer}-asks-${n}
`

/** All have promised, and the proposer asks for votes. */
const isPromised = (n: number, proposer: string): string =>
  `${['n1', 'n2', 'n3'].map((acceptor) => `  - wait: { fact: promised, of: ${acceptor}, value: ${n}.${proposer} }\n`).join('')}  - wait: { fact: phase, of: ${proposer}, value: accept }
`

/** What n4 asked for in ballot 1 comes when n5 has its own ballot 1 promised; n4 begins ballot 2; what n5 asked for comes when that is promised; and so on. */
const duel = (last: number): string => {
  let was = { n4: 1, n5: 1 }
  let steps = ''
  for (let n = 2; n <= last; n++) {
    const proposer = n % 2 === 0 ? 'n4' : 'n5'
    steps += `${gateOf(n, proposer)}  - lift: ${proposer}-asks-${was[proposer]}\n${isPromised(n, proposer)}`
    was = { ...was, [proposer]: n }
  }
  return steps
}

export const duels: ProtocolDefinition['scenarios'] = [
  {
    name: 'duel',
    title: 'A duel',
    teaches: 'Two proposers that try again at once can outbid each other for ever: nothing false, and nothing done (PMS §2.4).',
    text: `name: A duel
about: >
  Requests for votes are slow: they wait at a gate. Whenever those of one proposer arrive, the other has outbid it; it begins a higher ballot
  at once, and outbids the other. A dozen ballots later nobody has voted once. Then one of them pauses, and the other is done in no time.
run:
  protocol: paxos
  service: decree
  nodes: 5
  network: { delayMs: 30, jitterMs: 10 }
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n4 n5, backOffMs: 0, retransmitMs: 600000 }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}${gateOf(1, 'n4')}${gateOf(1, 'n5')}  - ask: propose X
    by: a
    of: n4
${isPromised(1, 'n4')}  - ask: propose Y
    by: b
    of: n5
${isPromised(1, 'n5')}${duel(12)}  - wait: { fact: acceptedBallot, of: n1, value: null }
  - wait: { fact: acceptedBallot, of: n2, value: null }
  - wait: { fact: acceptedBallot, of: n3, value: null }
  - pause: n5
  - lift: n4-asks-12
  - wait: { fact: chosen, of: n4, value: X }
  - resume: n5
  - lift: n5-asks-11
  - wait: { fact: chosen, of: n5, value: X }
  - wait: idle
expect: { operations: ok }
`,
  },
  {
    name: 'back-off',
    title: 'A duel that ends',
    teaches: 'Who was outbid waits for a random time that grows: sooner or later one proposer is alone for long enough (PMS §2.4).',
    text: `name: A duel that ends
about: >
  The same two proposers with the same slow promises; but who is outbid waits before it tries again, longer every time. One of them
  gets through.
run:
  protocol: paxos
  service: decree
  nodes: 5
  options: { proposers: n4 n5, acceptors: n1 n2 n3, learners: n4 n5, backOffMs: 100, backOffMsMax: 10000 }
steps:
${onlyAt({ n4: 'X', n5: 'Y' })}  - arm: { kind: delay, delayMs: 800, target: { links: [[n1, n4], [n2, n4], [n3, n4], [n1, n5], [n2, n5], [n3, n5]] }, rule: { types: [Promise] } }
  - ask: propose X
    by: a
    of: n4
  - wait: { fact: promised, of: n1, value: 1.n4 }
  - wait: { ms: 300 }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n4, is: "!=", value: null }
  - wait: { fact: chosen, of: n5, is: "!=", value: null }
expect: { running: 5 }
`,
  },
  {
    name: 'equal-votes',
    title: 'Equal votes that choose nothing',
    teaches: 'Votes count within one ballot: a majority that voted for one value, in different ballots, has chosen nothing (PMS §2.2).',
    text: `name: Equal votes that choose nothing
about: >
  Four ballots, each with one vote or two. After the third, n1 and n2 have both voted for V, in different ballots, and V is not
  chosen: the fourth is told of V in 1.n4 and of W in 1.n5, the higher, and W is chosen.
run:
  protocol: paxos
  service: decree
  nodes: 7
  options: { proposers: n4 n5 n6 n7, acceptors: n1 n2 n3, learners: n4 n5 n6 n7, ${STILL} }
steps:
${onlyAt({ n4: 'V', n5: 'W', n6: 'T', n7: 'U' })}  - arm: { kind: cut, target: { links: [[n4, n3], [n5, n1], [n6, n3], [n7, n2]] } }
  - arm: { kind: cut, target: { links: [[n4, n2], [n5, n2], [n6, n1]] }, rule: { types: [Accept] } }
  - ask: propose V
    by: a
    of: n4
  - wait: { fact: acceptedBallot, of: n1, value: 1.n4 }
  - ask: propose W
    by: b
    of: n5
  - wait: { fact: acceptedBallot, of: n3, value: 1.n5 }
  - ask: propose T
    by: c
    of: n6
  - wait: { fact: acceptedBallot, of: n2, value: 1.n6 }
  - wait: { fact: acceptedValue, of: n1, value: V }
  - wait: { fact: acceptedValue, of: n2, value: V }
  - wait: { fact: chosen, of: n4, value: null }
  - say: V has votes of a majority, and is not chosen.
  - ask: propose U
    by: d
    of: n7
  - wait: { fact: chosen, of: n4, value: W }
  - wait: idle
expect:
  operations: ok
  facts:
    - { of: n1, fact: acceptedBallot, value: 1.n7 }
    - { of: n2, fact: acceptedValue, value: V }
    - { of: n3, fact: acceptedBallot, value: 1.n7 }
    - { of: n7, fact: chosen, value: W }
`,
  },
]
