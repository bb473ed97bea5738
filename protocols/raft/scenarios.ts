/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
  {
    name: 'leader-crash',
    title: 'The leader crashes',
    teaches: 'A majority elects a new leader that has everything committed; the old one follows it when it is back (§5.2, §5.4).',
    text: `name: The leader crashes
about: >
  The leader is killed between two writes. A new one is elected in a later term and has all that was committed;
  the old leader comes back from its disk, follows, and catches up.
run: { protocol: raft, service: kv, nodes: 5, seed: 7 }
steps:
  - wait: leader
  - client: put x 1
  - crash: leader
    as: old
  - wait: new-leader
  - client: get x
    expect: "1"
  - client: put x 2
  - restart: old
  - wait: applied
expect: { leader: true, running: 5, applied: equal, operations: ok }
`,
  },
  {
    name: 'leader-cut-off',
    title: 'A leader without followers',
    teaches:
      'Two servers may both believe that they lead, in different terms; only the one with a majority can commit or answer a read (§5.4, §8).',
    text: `name: A leader without followers
about: >
  The leader is parted from the others. It goes on believing that it leads and commits nothing;
  the majority elects another. When the parting ends, the old leader hears the higher term and steps down.
run: { protocol: raft, service: kv, nodes: 5, seed: 3 }
steps:
  - wait: leader
  - client: put x 1
  - partition: [[leader], rest]
    as: parting
  - wait: new-leader
  - client: put x 2
  - client: get x
    expect: "2"
  - lift: parting
  - wait: applied
expect: { leader: true, applied: equal, operations: ok }
`,
  },
  {
    name: 'split-vote',
    title: 'Split votes',
    teaches:
      'When several servers stand at once nobody may get a majority; random timeouts make one of them first, sooner or later (§5.2, §9.3).',
    text: `name: Split votes
about: >
  All election timeouts are nearly equal and messages take a while, so that servers often stand together and share
  the votes. Terms pass without a leader until one server is early enough.
run:
  protocol: raft
  service: kv
  nodes: 4
  seed: 5
  network: { delayMs: 12, jitterMs: 4 }
  options: { electionMsMin: 150, electionMsMax: 180 }
steps:
  - wait: leader
  - client: put x 1
expect: { leader: true, operations: ok }
`,
  },
  {
    name: 'rough-weather',
    title: 'Rough weather',
    teaches: 'Loss, repetition, delay and crashes cost time, never agreement (§2, §5).',
    text: `name: Rough weather
about: >
  Messages are lost, repeated and overtaken while clients read and write, and a server is killed in between.
  Afterwards all is healed, and every server has applied the same.
run: { protocol: raft, service: kv, nodes: 5, seed: 11, load: { clients: 4, rate: 100 } }
steps:
  - wait: leader
  - arm: { kind: loss, probability: 0.05 }
  - arm: { kind: duplicate, probability: 0.1 }
  - arm: { kind: reorder, probability: 0.2, windowMs: 30 }
  - wait: { ms: 1000 }
  - crash: leader
    as: old
  - wait: new-leader
  - restart: old
  - wait: { ms: 1000 }
  - heal:
  - load: off
  - wait: idle
  - wait: applied
expect: { leader: true, running: 5, applied: equal, operations: answered }
`,
  },
  {
    name: 'one-liar',
    title: 'One liar is too many',
    teaches: 'Raft bears crashes and no lies (§2): a single server that votes for everybody gives one term two leaders.',
    text: `name: One liar is too many
about: >
  Requests for votes wait at a gate until two servers stand in the same term. The third one votes for both of them, and both
  have a majority: two leaders of one term, whose entries at one index may differ.
run: { protocol: raft, service: kv, nodes: 3, seed: 1, options: { electionMsMin: 3000, electionMsMax: 6000 } }
steps:
  - arm: { kind: hold, rule: { types: [RequestVote] } }
    as: gate
  - tell: n3
    control: lie
    with: { lies: [{ lie: vote-for-all }] }
  - wait: { fact: epoch, of: n1, is: ">=", value: 1 }
  - wait: { fact: epoch, of: n2, is: ">=", value: 1 }
  - lift: gate
  - watch: { ms: 1500 }
expect: { breaks: [Election Safety] }
`,
  },
  {
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches: 'Whatever befalls the servers, what was committed stays; when it is over, they go on (§5.4, §5.6).',
    text: `name: A bad afternoon
about: >
  Five seconds of crashes, pauses, partitions and weather, another afternoon for every seed, while clients read and write.
  Then all is healed, and within a few seconds operations succeed again and every server has applied the same.
run: { protocol: raft, service: kv, nodes: 5, seed: 1, load: { clients: 6, rate: 100 } }
vary:
  nodes: [3, 5]
  load: { clients: [3, 6, 12], rate: [8, 30, 150], mix: { read: [5, 20] }, keys: [1, 2, 5], gossip: [true, false] }
  options: { maxEntries: [1, 2, 16, 512], maxInflight: [1, 4], writeInParallel: [false, true] }
steps:
  - storm: { ms: 5000 }
  - heal:
  - wait: progress
    withinMs: 10000
  - load: off
  - wait: idle
    withinMs: 15000
  - wait: leader
    withinMs: 5000
  - wait: applied
    withinMs: 5000
expect: { applied: equal }
`,
  },
]
