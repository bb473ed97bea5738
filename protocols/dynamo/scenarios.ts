/**
 * Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). Most set one exact order of events: what would bring a
 * copy up to date by itself is cut on purpose until the scenario lets it happen.
 */

/** Copies stay as writes and reads leave them. */
const NO_TREES = '{ kind: cut, rule: { types: [TreeRoots] } }'
const missed = (from: string, ...to: readonly string[]): string =>
  `{ kind: cut, target: { links: [${to.map((node) => `[${from}, ${node}]`).join(', ')}] }, rule: { types: [ReplicaPut] } }`

export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
  {
    name: 'stale-read',
    title: 'A read that comes too early',
    teaches: 'With R + W not above N a read may miss what was acknowledged before it; anti-entropy brings it in the end (§4.5, §4.7).',
    text: `name: A read that comes too early
about: >
  R = W = 1. A write is acknowledged by n1 alone, for the others miss it. Whoever asks n3 is told that there is nothing. Then trees are compared, and n3 has it.
run: { protocol: dynamo, service: store, nodes: 3, options: { r: 1, w: 1, sloppy: false, readRepair: false } }
steps:
  - arm: ${NO_TREES}
    as: no-trees
  - arm: ${missed('n1', 'n2', 'n3')}
  - client: put x 1
    of: n1
  - client: get x
    by: reader
    of: n3
    expect: (none)
  - lift: no-trees
  - wait: { fact: holds, value: x=1 }
  - client: get x
    by: reader
    of: n3
    expect: 1
  - wait: { fact: behind, value: 0 }
expect: { operations: ok, facts: [{ fact: reads, value: weak }] }
`,
  },
  {
    name: 'read-repair',
    title: 'A read meets the write, and repairs',
    teaches: 'With R + W above N every read meets every acknowledged write; who answered with less is given the rest (§4.5, §5).',
    text: `name: A read meets the write, and repairs
about: >
  R = W = 2 of 3. n3 misses the second write. A read at n3 has the answers of n3 and of one more, who has the write: so it is found, whoever that is. n3 is repaired by it.
run: { protocol: dynamo, service: store, nodes: 3, options: { sloppy: false } }
steps:
  - arm: ${NO_TREES}
  - client: put x old
    of: n1
  - wait: { fact: holds, value: x=old }
  - arm: ${missed('n1', 'n3')}
  - client: put x new
    of: n1
  - wait: { fact: holds, of: n3, value: x=old }
  - client: get x
    by: reader
    of: n3
    expect: new
  - wait: { fact: holds, value: x=new }
expect: { operations: ok, facts: [{ fact: reads, value: fresh }, { fact: siblings, value: 0 }] }
`,
  },
  {
    name: 'write-all',
    title: 'Write all, read one',
    teaches:
      'W = N: any single replica answers reads, and one that is down stops writes. A write without an answer may have taken place (§4.5, §6).',
    text: `name: Write all, read one
about: >
  With W = 3 of 3 and R = 1. With n3 down a write is not acknowledged, though n1 and n2 have it: its outcome is unknown. Afterwards a read at n1 finds it, and one at
  n3 does not.
run: { protocol: dynamo, service: store, nodes: 3, options: { r: 1, w: 3, sloppy: false, readRepair: false } }
steps:
  - arm: ${NO_TREES}
  - client: put x 1
    of: n1
  - client: get x
    by: reader
    of: n2
    expect: 1
  - crash: n3
  - client: put x 2
    of: n1
    expect: unknown
  - wait: { fact: holds, of: n2, value: x=2 }
  - restart: n3
  - client: get x
    by: reader
    of: n1
    expect: 2
  - client: get x
    by: reader
    of: n3
    expect: 1
expect: { facts: [{ of: n1, fact: holds, value: x=2 }, { of: n3, fact: holds, value: x=1 }] }
`,
  },
  {
    name: 'read-all',
    title: 'Write one, read all',
    teaches: 'R = N: a read meets whoever acknowledged the write, and one replica that is down stops reads (§4.5, §6).',
    text: `name: Write one, read all
about: >
  With W = 1 and R = 3 of 3. n1 alone has the write, and a read at n2 finds it, for it waits for all. With n1 down no read is answered.
run: { protocol: dynamo, service: store, nodes: 3, options: { r: 3, w: 1, sloppy: false, readRepair: false } }
steps:
  - arm: ${NO_TREES}
  - arm: ${missed('n1', 'n2', 'n3')}
  - client: put x 1
    of: n1
  - client: get x
    by: reader
    of: n2
    expect: 1
  - crash: n1
  - client: get x
    by: reader
    of: n2
    expect: unknown
expect: { facts: [{ of: n2, fact: holds, value: null }] }
`,
  },
  {
    name: 'sloppy-quorum',
    title: 'Stand-ins acknowledge',
    teaches:
      'A sloppy quorum keeps writes going when homes are down, and with it R + W above N promises nothing until hints are delivered (§4.6).',
    text: `name: Stand-ins acknowledge
about: >
  One partition, at home at n3, n5 and n4, then n1 and n2 on the ring. R = W = 2. n3 and n5 are down: n4 writes, n1 and n2 stand in. n3 and n5 come back and n4 goes: n3 and n5 make a
  read quorum that knows nothing of the write. When the stand-ins hand over, they do.
run: { protocol: dynamo, service: store, nodes: 5, options: { partitions: 1, readRepair: false } }
steps:
  - arm: ${NO_TREES}
  - arm: { kind: cut, rule: { types: [HintDeliver] } }
    as: no-handoff
  - crash: n3
  - crash: n5
  - client: put x 1
    of: n4
  - wait: { fact: keptFor, of: n1, value: "n3: x=1" }
  - wait: { fact: keptFor, of: n2, value: "n5: x=1" }
  - restart: n3
  - restart: n5
  - crash: n4
  - client: get x
    by: reader
    of: n3
    expect: (none)
  - lift: no-handoff
  - wait: { fact: holds, of: n3, value: x=1 }
  - wait: { fact: holds, of: n5, value: x=1 }
  - wait: { fact: hints, value: 0 }
  - client: get x
    by: reader
    of: n3
    expect: 1
expect: { operations: ok, facts: [{ fact: reads, value: fresh unless sloppy }] }
`,
  },
  {
    name: 'siblings',
    title: 'Two versions, and one again',
    teaches: 'Writes on two sides of a partition are both kept; who has read both writes one in place of both (§4.4).',
    text: `name: Two versions, and one again
about: >
  W = 1. n1 is parted from n2 and n3, and two clients write x, one on each side, neither having read anything. When the partition is gone both versions
  are everywhere. A client reads both and writes a merged one.
run: { protocol: dynamo, service: store, nodes: 3, options: { w: 1, r: 2 } }
steps:
  - partition: [[n1], [n2, n3]]
    as: parted
  - client: put x a
    by: one
    of: n1
  - client: put x b
    by: two
    of: n2
  - lift: parted
  - wait: { fact: holds, value: x=a | b }
  - client: get x
    by: one
    of: n3
    expect: a | b
  - client: put x ab
    by: one
    of: n3
  - wait: { fact: holds, value: x=ab }
  - wait: { fact: behind, value: 0 }
expect: { operations: ok, facts: [{ fact: siblings, value: 0 }] }
`,
  },
  {
    name: 'no-lost-update',
    title: 'Two clients count, and both are heard',
    teaches: 'With dots and contexts the update of neither is lost: siblings show that both counted (§4.4).',
    text: `name: Two clients count, and both are heard
about: >
  Both clients read 5 and write 6, at the same node and one after the other. The second one had not read the write of the first: both stand side by side, and a client can see that
  it must be 7.
run: { protocol: dynamo, service: store, nodes: 3 }
steps:
  - client: put x 5
  - client: get x
    by: one
    of: n1
    expect: 5
  - client: get x
    by: two
    of: n1
    expect: 5
  - client: put x 6
    by: one
    of: n1
  - client: put x 6
    by: two
    of: n1
    expect: "ok, siblings: 6 | 6"
  - client: get x
    by: three
    of: n2
    expect: 6 | 6
  - client: put x 7
    by: three
    of: n2
  - wait: { fact: holds, value: x=7 }
expect: { operations: ok }
`,
  },
  {
    name: 'lost-update',
    title: 'The last writer wins, and one update is lost',
    teaches: 'Where the later clock is kept, a write that was acknowledged is gone, whatever R and W are (§4.4).',
    text: `name: The last writer wins, and one update is lost
about: >
  Both clients read 5 and write 6. The later one is kept, and nothing shows that there were two: an acknowledged write is nowhere any more.
run: { protocol: dynamo, service: store, nodes: 3, options: { resolve: last-writer-wins } }
steps:
  - client: put x 5
  - client: get x
    by: one
    of: n1
    expect: 5
  - client: get x
    by: two
    of: n1
    expect: 5
  - client: put x 6
    by: one
    of: n1
  - wait: { fact: holds, value: x=6 }
  - client: put x 6
    by: two
    of: n1
  - client: get x
    by: three
    of: n2
    expect: 6
  - wait: { fact: behind, value: 0 }
expect: { breaks: [Acknowledged Writes Survive] }
`,
  },
  {
    name: 'deletion',
    title: 'What was deleted stays deleted',
    teaches: 'A deletion is a version, too: a replica that missed it is repaired by it, not the others by the old value (§4.4, §5).',
    text: `name: What was deleted stays deleted
about: >
  n3 misses a deletion and still has the value. A read at n3 meets one who knows of it: the answer is that it was deleted, and n3 is repaired.
run: { protocol: dynamo, service: store, nodes: 3, options: { sloppy: false } }
steps:
  - arm: ${NO_TREES}
    as: no-trees
  - client: put x v
    of: n1
  - wait: { fact: holds, value: x=v }
  - arm: ${missed('n1', 'n3')}
  - client: delete x
    of: n1
  - wait: { fact: holds, of: n2, value: x=(deleted) }
  - client: get x
    by: reader
    of: n3
    expect: (deleted)
  - wait: { fact: holds, value: x=(deleted) }
  - lift: no-trees
  - wait: { fact: behind, value: 0 }
expect: { operations: ok, facts: [{ fact: holds, value: x=(deleted) }] }
`,
  },
  {
    name: 'join-and-leave',
    title: 'One joins, one leaves',
    teaches: 'Ranges move before their keeper goes: nothing is lost, and a read finds everything (§4.8.1, §4.9).',
    text: `name: One joins, one leaves
about: >
  n5 is added to a ring of four: its process starts, it joins, takes its ranges over and is in. Then n1 leaves: what it kept goes to whoever keeps it now, it holds
  nothing any more, and its process is ended.
run: { protocol: dynamo, service: store, nodes: 5, spares: 1 }
steps:
  - client: put a 1
  - client: put b 2
  - client: put c 3
  - client: put d 4
  - client: put e 5
  - client: put f 6
  - add: n5
  - tell: n5
    control: join
  - wait: { fact: member, of: n5, value: in }
  - wait: { fact: behind, value: 0 }
  - tell: n1
    control: leave
  - wait: { fact: member, of: n1, value: out }
  - wait: { fact: keys, of: n1, value: 0 }
  - wait: { fact: behind, value: 0 }
  - remove: n1
  - client: get a
    expect: 1
  - client: get b
    expect: 2
  - client: get c
    expect: 3
  - client: get d
    expect: 4
  - client: get e
    expect: 5
  - client: get f
    expect: 6
expect: { operations: ok, running: 4, facts: [{ of: n5, fact: member, value: in }, { of: n5, fact: keys, is: ">", value: 0 }] }
`,
  },
  {
    name: 'set-quorum',
    title: 'Other N, R and W while it runs',
    teaches: 'R and W decide whether reads are fresh, and can be set at any node at any time: gossip tells the others (§4.5, §4.8.1).',
    text: `name: Other N, R and W while it runs
about: >
  With R = W = 1 reads are weak. n2 is told R = W = 2, and soon all count so. R = 4 of 3 is refused.
run: { protocol: dynamo, service: store, nodes: 3, options: { r: 1, w: 1, sloppy: false } }
steps:
  - wait: { fact: reads, value: weak }
  - tell: n2
    control: setQuorum
    with: { n: 3, r: 2, w: 2 }
  - wait: { fact: reads, value: fresh }
  - tell: n1
    control: setQuorum
    with: { n: 3, r: 4, w: 2 }
  - client: put x 1
    of: n1
  - client: get x
    by: reader
    of: n3
    expect: 1
expect: { operations: ok, facts: [{ fact: quorum, value: 3 2 2 }] }
`,
  },
  {
    name: 'rolling-crash',
    title: 'Everybody crashes in turn',
    teaches: 'What was acknowledged outlives every crash, as long as disks do; a lost majority comes back with it (§4.5).',
    text: `name: Everybody crashes in turn
about: >
  Every node crashes and comes back, then three of five are lost and regained, then all. What was acknowledged is read again.
run: { protocol: dynamo, service: store, nodes: 5 }
limitMs: 600000
steps:
  - client: put x 1
  - client: put y 2
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
  - client: put x 3
  - crash: n1
  - crash: n2
  - crash: n3
  - restart: n1
  - restart: n2
  - restart: n3
  - client: put z 4
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
  - client: get x
    by: reader
    expect: 3
  - client: get y
    by: reader
    expect: 2
  - client: get z
    by: reader
    expect: 4
  - wait: { fact: behind, value: 0 }
expect: { running: 5, operations: ok }
`,
  },
  {
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches: 'Whatever befalls the nodes, what was acknowledged is kept; when it is over, all copies become equal (§4.6, §4.7).',
    text: `name: A bad afternoon
about: >
  Two storms of crashes, pauses, partitions and weather, other ones for every seed, while clients read, write and delete. Before the first
  one a node may join, before the second one leaves, and N, R and W are set anew. When all is over and healed, hints are delivered and trees compared until nobody is behind: then all
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
  - tell: n1
    control: setQuorum
    with: { n: 3, r: 1, w: 3 }
  - storm: { ms: 1500 }
  - heal:
  - client: put k1 last
    withinMs: 10000
  - load: off
  - wait: idle
    withinMs: 15000
  - tell: n2 # again: a crash may have taken back that it was told
    control: leave
    until: { fact: member, of: n2, value: out }
    withinMs: 30000
  - tell: n5
    control: join
    until: { fact: member, of: n5, value: in }
    withinMs: 30000
  - wait: { fact: behind, value: 0 }
    withinMs: 30000
expect: { operations: answered }
`,
  },
]
