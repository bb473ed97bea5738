/** Whatever befalls servers and links, another way for every seed; and what they are not made for. */
import type { ProtocolDefinition } from '../../core/machine.ts'

export const storms: ProtocolDefinition['scenarios'] = [
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
  - wait: leader
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
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches: 'Whatever befalls the servers, what was committed stays; when it is over, they go on (§5.4, §5.6).',
    text: `name: A bad afternoon
about: >
  Five seconds of crashes, pauses, partitions and weather, another afternoon for every seed, while clients read and write.
  Servers are added and removed meanwhile, in half of the afternoons with their processes, and leaders told to hand over. Then all is healed, and within a few seconds operations succeed again; all servers are made
  members, and every one has applied the same.
run: { protocol: raft, service: kv, nodes: 5, seed: 1, load: { clients: 6, rate: 100 }, options: { leaseReads: true, driftBound: 2.5, followerReads: true, snapshotEvery: 20, keepEntries: 0, snapshotChunk: 200 } }
vary:
  nodes: [3, 5]
  load: { clients: [3, 6, 12], rate: [8, 30, 150], mix: { read: [5, 20] }, keys: [1, 2, 5], gossip: [true, false] }
  options:
    plainElections: [true, false]
    preVote: [true, false]
    checkQuorum: [true, false]
    leaseReads: [false, true]
    driftBound: [1.2, 2.5]
    maxEntries: [1, 1, 2, 512]
    maxInflight: [1, 1, 4]
    snapshotEvery: [10000, 10000, 10, 4]
    keepEntries: [0, 5]
    snapshotChunk: [100, 1000, 65536]
    catchUpRounds: [10, 2]
    writeInParallel: [false, true]
    followerReads: [false, false, true]
    batch: [false, true]
  spares: [0, 0, 1, 2]
steps:
  - storm: { ms: 5000, tells: [transferLeadership, addServer, removeServer, addLearner, changeMembers] }
  - heal:
  - wait: progress
    withinMs: 10000
  - load: off
  - wait: idle
    withinMs: 15000
  - tell: leader
    control: changeMembers
    with: { servers: all }
    until: applied
    withinMs: 20000
  - wait: applied
    withinMs: 10000
expect: { applied: equal }
`,
  },
  {
    name: 'one-liar',
    title: 'One liar is too many',
    teaches: 'Raft bears crashes and no lies (§2): a single server that votes for everybody gives one term two leaders.',
    text: `name: One liar is too many
about: >
  Requests for votes wait at a gate until two servers stand in the same term: nobody's patience ends twice before everybody's has ended once. These two are parted from each
  other, so that neither hears that the other one leads. The third one votes for both of them, and both have a majority: two leaders of one term, whose entries at one index may differ.
run: { protocol: raft, service: kv, nodes: 3, seed: 1, options: { plainElections: true, electionMsMin: 4000, electionMsMax: 4500 } }
steps:
  - arm: { kind: hold, rule: { types: [RequestVote] } }
    as: gate
  - tell: n3
    control: lie
    with: { lies: [{ lie: vote-for-all }] }
  - wait: { fact: epoch, of: n1, is: ">=", value: 1 }
  - wait: { fact: epoch, of: n2, is: ">=", value: 1 }
  - arm: { kind: cut, target: { links: [[n1, n2], [n2, n1]] } }
  - lift: gate
  - watch: { ms: 1500 }
expect: { breaks: [Election Safety] }
`,
  },
]
