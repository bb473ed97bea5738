/**
 * Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). Most set one exact order of events: what
 * a proposer says to an acceptor is lost or held on purpose, and nobody repeats anything or tries again. There the acceptors
 * are n1 to n3 and the proposers others, so that 1.n4 < 1.n5 < 1.n6 are the first ballots, and each value reaches one proposer only.
 */

/** Nobody repeats, retries or asks by itself. */
const STILL = 'retransmitMs: 600000, backOffMs: 600000, backOffMsMax: 600000, askMs: 600000'

/** A client that is not answered asks the next node: here its value does not get there. */
const onlyAt = (of: { readonly [node: string]: string }): string =>
  Object.entries(of)
    .flatMap(([node, value]) =>
      Object.keys(of)
        .filter((other) => other !== node)
        .map(
          (other) =>
            `  - arm: { kind: cut, target: { links: [[clients, ${other}]] }, rule: { types: [ClientRequest], where: [{ path: request.op.value, is: "=", value: ${value} }] } }\n`,
        ),
    )
    .join('')

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

export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
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
  {
    name: 'amnesia',
    title: 'A disk forgets',
    teaches: 'An acceptor must remember its promise over a crash: one that forgets lets two values be chosen (PMS §2.5).',
    text: `name: A disk forgets
about: >
  n2 has promised both proposers, n5 last. It loses its disk in a crash, and comes back without any promise. Now it votes for X in the
  lower ballot, with n3, and then for Y, with n1: both are chosen.
run:
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
  - crash: n2
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
run:
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
  - crash: n2
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
  {
    name: 'one-liar',
    title: 'One liar is too many',
    teaches: 'Paxos bears crashes and no lies (PMS §2.1): a single acceptor that hides its vote lets a second value be chosen.',
    text: `name: One liar is too many
about: >
  n1 and n2 vote for X, and X is chosen. n5 asks n2 and n3 what they have voted for. n3 knows nothing; n2 does, and says that it has
  not voted. So n5 asks for its own Y, and gets it.
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
  - tell: n2
    control: lie
    with: { lies: [{ lie: hide-vote }] }
  - ask: propose Y
    by: b
    of: n5
  - wait: { fact: chosen, of: n5, value: Y }
  - wait: idle
expect: { breaks: [Agreement, Chosen for Ever, Truthful Promises] }
`,
  },
  {
    name: 'rolling-crash',
    title: 'Everybody crashes in turn',
    teaches: 'What was chosen outlives every crash, as long as disks do (PMS §2.5).',
    text: `name: Everybody crashes in turn
about: >
  A value is chosen. Every node crashes and comes back in turn, then a majority is lost and regained, then all of them. Whoever is asked
  then says the same.
run:
  protocol: paxos
  service: decree
  nodes: 5
steps:
  - client: propose X
    expect: X
  - crash: n1
  - restart: n1
  - crash: n2
  - restart: n2
  - crash: n3
  - restart: n3
  - crash: n4
  - restart: n4
  - crash: n5
  - restart: n5
  - crash: n1
  - crash: n2
  - crash: n3
  - restart: n1
  - restart: n2
  - restart: n3
  - crash: n1
  - crash: n2
  - crash: n3
  - crash: n4
  - crash: n5
  - restart: n1
  - restart: n2
  - restart: n3
  - restart: n4
  - restart: n5
  - client: propose Y
    expect: X
  - wait: { fact: chosen, value: X }
  - wait: idle
expect: { running: 5, operations: ok, facts: [{ fact: chosen, value: X }] }
`,
  },
  {
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches: 'Whatever befalls the nodes, one value is chosen at most; when it is over, all learn it (PMS §2.2, §2.4).',
    text: `name: A bad afternoon
about: >
  Three seconds of crashes, pauses, partitions and weather, another afternoon for every seed, while clients propose and learn.
  Messages take their time, so that a ballot lasts long enough for something to happen to it. Then all is healed: proposals
  are answered within a few seconds, and every node learns the one value.
run: { protocol: paxos, service: decree, nodes: 5, seed: 1, load: { clients: 4, rate: 20 } }
vary:
  nodes: [3, 3, 4, 5]
  network: { delayMs: [0, 20, 60, 150], jitterMs: [0, 20, 100] }
  load: { clients: [3, 5], rate: [4, 12, 40], mix: { read: [0, 2, 8] } }
  options:
    proposers: [all, all, n1 n2]
    acceptors: [all, all, n1 n2 n3]
    q2: [0, 2]
    backOffMs: [2, 20, 100]
    retransmitMs: [60, 400]
    askMs: [100, 2000]
    votesToLearners: [true, false]
steps:
  - storm: { ms: 3000 }
  - heal:
  - client: propose last
    withinMs: 10000
  - load: off
  - wait: idle
    withinMs: 15000
  - wait: { fact: chosen, is: "!=", value: null }
    withinMs: 10000
expect: { operations: answered }
`,
  },
]
