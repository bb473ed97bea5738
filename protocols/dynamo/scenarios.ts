/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
  {
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches: 'Whatever befalls the nodes, what was acknowledged is kept; when it is over, all copies become equal (§4.6, §4.7).',
    text: `name: A bad afternoon
about: >
  Two storms of crashes, pauses, partitions and weather, other ones for every seed, while clients read, write and delete. Before the first
  one a node may join, before the second one leaves. When all is over and healed, hints are delivered and trees compared until nobody is behind: then all
  copies of every key are equal. What clients saw need not be linearizable.
run: { protocol: dynamo, service: store, nodes: 5, seed: 1, load: { clients: 4, rate: 20 } }
vary:
  network: { delayMs: [0, 5, 20], jitterMs: [0, 5, 20] }
  load: { clients: [3, 5], keys: [1, 2, 5], rate: [20, 50, 100], mix: { read: [2, 5], write: [4, 8], cas: [0] } }
  options:
    n: [3, 3, 2]
    r: [1, 2]
    w: [1, 2, 2]
    sloppy: [true, true, false]
    members: [all, n1 n2 n3 n4]
    partitions: [1, 3, 12]
    replicaMs: [30, 60]
    readRepair: [true, false]
    hintMs: [50, 150]
    antiEntropyMs: [100, 600]
steps:
  - tell: n5
    control: join
  - storm: { ms: 1500 }
  - heal:
  - tell: n2
    control: leave
  - storm: { ms: 1500 }
  - heal:
  - client: put k1 last
    withinMs: 10000
  - load: off
  - wait: idle
    withinMs: 15000
  - wait: { fact: behind, value: 0 }
    withinMs: 30000
expect: { operations: answered }
`,
  },
]
