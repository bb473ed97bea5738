/** Reads that no log entry carries (dissertation §6.4). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { N1_LEADS } from './n1Leads.ts'

export const reads: ProtocolDefinition['scenarios'] = [
  {
    name: 'follower-reads',
    title: 'A follower answers',
    teaches:
      'A follower may answer reads: it asks the leader how far it must have applied, and waits until it has. So no answer is older than the question (dissertation §6.4).',
    text: `name: A follower answers
about: >
  n1 leads, and what it sends to n3 waits at a gate: n3 does not know that x is 2 by now. A read at n3 asks n1 for the read index, and has its answer when n3 has
  caught up. Then n3 is parted from n1: it cannot ask, hears no leader, and sends its client on.
run: { protocol: raft, service: kv, nodes: 3, seed: 3, options: { followerReads: true, electionMsMin: 1500, electionMsMax: 3000, heartbeatMs: 100 } }
steps:
${N1_LEADS}
  - client: put x 1
  - wait: applied
  - arm: { kind: hold, target: { links: [[n1, n3]] }, rule: { types: [AppendEntries] } }
    as: gate
  - client: put x 2
  - ask: get x
    by: reader
    of: n3
  - wait: { ms: 300 }
  - lift: gate
  - wait: idle
  - client: get x
    of: n3
    expect: "2"
  - arm: { kind: cut, target: { links: [[n1, n3], [n3, n1]] } }
  - client: put x 3
    of: n1
  - client: get x
    of: n3
    expect: "3"
  - heal:
  - wait: applied
expect: { operations: ok, applied: equal }
`,
  },
  {
    name: 'lease',
    title: 'A lease and a slow clock',
    teaches:
      'Lease reads assume that clocks drift no more than a bound; a leader whose clock is slower answers old values when another leads already (dissertation §6.4.1).',
    text: `name: A lease and a slow clock
about: >
  n1 leads with a lease, and its clock goes at a third of the speed, which driftBound does not allow for. It is parted from the others, who elect another while n1 still believes
  in its lease: a read there is answered with the old value.
simulationOnly: the clock of a real machine cannot be slowed down for one process
run:
  protocol: raft
  service: kv
  nodes: 3
  seed: 8
  options: { leaseReads: true, driftBound: 1.1, electionMsMin: 500, electionMsMax: 520, heartbeatMs: 100 }
steps:
${N1_LEADS}
  - client: put x old
  - clock: n1
    driftPpm: -650000
  - wait: { fact: lease, of: n1, value: true }
  - partition: [[n1], [n2, n3]]
  - wait: new-leader
  - client: put x new
    by: writer
    of: n2
  - ask: get x
    by: reader
    of: n1
  - watch: { ms: 500 }
expect: { breaks: [Fresh Reads, Leader Lease] }
`,
  },
]
