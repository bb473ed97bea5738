/** Whatever befalls nodes and links; and what they are not made for. */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { onlyAt, STILL } from './still.ts'

export const storms: ProtocolDefinition['scenarios'] = [
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
