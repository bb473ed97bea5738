/** Members that come and go (§6, dissertation §4). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { N1_LEADS, PATIENT } from './n1Leads.ts'

export const members: ProtocolDefinition['scenarios'] = [
  {
    name: 'one-in-one-out',
    title: 'One server comes, one goes',
    teaches:
      'A new server catches up before it has a vote; a server that is removed is sent nothing more, and a leader that removes itself leaves its office when that is committed (dissertation §4.1, §4.2).',
    text: `name: One server comes, one goes
about: >
  n4 is added to a cluster of three under load, and is a voter when it has caught up. Then n1, which leads, is removed: it leads until that is committed, another one
  is elected, and its process ends.
run: { protocol: raft, service: kv, nodes: 4, spares: 1, seed: 3, options: { ${PATIENT} } }
steps:
${N1_LEADS}
  - load: { clients: 4, rate: 50 }
  - wait: { ms: 300 }
  - add: n4
  - tell: n1
    control: addServer
    with: { server: n4 }
  - wait: { fact: member, of: n4, value: voter }
  - wait: { fact: changing, of: n1, value: nothing }
  - tell: n1
    control: removeServer
    with: { server: n1 }
  - wait: { fact: role, of: n1, value: follower }
  - remove: n1
  - wait: leader
  - client: put x 1
  - load: off
  - wait: idle
  - wait: applied
expect: { operations: ok, running: 3, applied: equal, facts: [{ fact: members, value: n2 n3 n4 }] }
`,
  },
  {
    name: 'learner',
    title: 'A learner',
    teaches:
      'A learner is sent everything and counts for nothing: without a majority of voters nothing commits, however many learners there are (dissertation §4.2.1).',
    text: `name: A learner
about: >
  n4 learns from a cluster of three, and has what was written. Then n2 and n3 are down: n1 and n4 are two of four, and commit nothing until a voter is back.
run: { protocol: raft, service: kv, nodes: 4, seed: 5, options: { checkQuorum: false, ${PATIENT} } }
steps:
${N1_LEADS.replace('[n3, n2]', '[n3, n2], [n4, n1], [n4, n2], [n4, n3]')}
  - tell: n1
    control: changeMembers
    with: { servers: [n1, n2, n3] }
    until: { fact: members, of: n1, value: n1 n2 n3 }
  - wait: { fact: changing, of: n1, value: nothing }
  - tell: n1
    control: addLearner
    with: { server: n4 }
  - wait: { fact: member, of: n4, value: learner }
  - client: put x 1
  - wait: applied
  - crash: n2
  - crash: n3
  - ask: put x 2
    by: other
  - wait: { ms: 2000 }
  - restart: n2
  - wait: idle
  - client: get x
    expect: "2"
expect: { operations: ok, facts: [{ of: n4, fact: member, value: learner }] }
`,
  },
  {
    name: 'all-new',
    title: 'All are replaced',
    teaches:
      'By joint consensus any servers take the place of any others: old and new ones decide together, each by a majority of its own, until the new ones decide alone (§6).',
    text: `name: All are replaced
about: >
  Of six nodes the first three are the members, under load. Then the last three are, by one joint change, and the first three are not any more. A log that was compacted goes to the new
  ones as a snapshot. What was written before is there.
run: { protocol: raft, service: kv, nodes: 6, seed: 7, options: { snapshotEvery: 20, keepEntries: 0, ${PATIENT} } }
steps:
  - wait: leader
  - tell: leader
    control: changeMembers
    with: { servers: [n1, n2, n3] }
    until: { fact: members, of: n1, value: n1 n2 n3 }
  - load: { clients: 4, rate: 100 }
  - client: put kept 1
  - wait: { ms: 1000 }
  - wait: leader
  - tell: leader
    control: changeMembers
    with: { servers: [n4, n5, n6] }
    until: { fact: members, of: n4, value: n4 n5 n6 }
  - wait: { fact: role, of: n1, is: "!=", value: leader }
  - crash: n1
  - crash: n2
  - crash: n3
  - client: get kept
    expect: "1"
  - load: off
  - wait: idle
  - wait: applied
expect: { operations: answered, running: 3, applied: equal, facts: [{ fact: members, value: n4 n5 n6 }] }
`,
  },
]
