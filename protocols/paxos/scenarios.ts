/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
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
