/** Servers that go down and come back, links that are cut: who leads, and what stays (§5). */
import type { ProtocolDefinition } from '../../core/machine.ts'

export const crashes: ProtocolDefinition['scenarios'] = [
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
    name: 'rolling-crash',
    title: 'Every server crashes in turn',
    teaches:
      'Disks keep what was promised: servers may crash one after the other, and a majority at once, and nothing that was answered is lost (§5.1, §5.4).',
    text: `name: Every server crashes in turn
about: >
  While clients read and write, every server is killed and started again from its disk, one after the other. Then three are down
  at once, a majority: nothing is served until one of them is back.
run: { protocol: raft, service: kv, nodes: 5, seed: 31, load: { clients: 3, rate: 20 } }
steps:
  - wait: leader
  - wait: progress
  - crash: n1
  - wait: progress
  - restart: n1
  - wait: progress
  - crash: n2
  - wait: progress
  - restart: n2
  - wait: progress
  - crash: n3
  - wait: progress
  - restart: n3
  - wait: progress
  - crash: n4
  - wait: progress
  - restart: n4
  - wait: progress
  - crash: n5
  - wait: progress
  - restart: n5
  - wait: progress
  - crash: n1
  - crash: n3
  - crash: n5
  - wait: { ms: 800 }
  - restart: n1
  - wait: progress
  - restart: n3
  - restart: n5
  - wait: progress
  - load: off
  - wait: idle
  - wait: applied
expect: { leader: true, running: 5, applied: equal }
`,
  },
]
