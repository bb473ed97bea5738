/** What the dissertation adds to elections (§3.10, §6.2, §9.6). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { N1_LEADS, PATIENT } from './n1Leads.ts'

export const elections: ProtocolDefinition['scenarios'] = [
  {
    name: 'pre-vote',
    title: 'Back from a parting, and nobody minds',
    teaches:
      'With PreVote a server that hears nobody asks in vain, and its term stays: when it is back the leader goes on (dissertation §9.6).',
    text: `name: Back from a parting, and nobody minds
about: >
  n3 is parted from the others for ten election timeouts. It asks whether it would be elected, and nobody answers: its term stays what it was. When it
  is back it follows, and n1 leads on in the same term.
run: { protocol: raft, service: kv, nodes: 3, seed: 2, options: { ${PATIENT} } }
steps:
${N1_LEADS}
  - client: put x 1
  - partition: [[n3], rest]
    as: parting
  - client: put x 2
  - wait: { ms: 10000 }
  - lift: parting
  - wait: applied
  - wait: { fact: leader, value: n1 }
expect: { operations: ok, applied: equal, facts: [{ fact: epoch, is: "<=", value: 2 }, { of: n1, fact: role, value: leader }] }
`,
  },
  {
    name: 'no-pre-vote',
    title: 'Back from a parting, and the leader falls',
    teaches:
      'Without PreVote every timeout of a server that hears nobody is a new term; its return deposes a leader that all others heard (§4.2.3 of the dissertation).',
    text: `name: Back from a parting, and the leader falls
about: >
  As before, in plain elections. n3 stands again and again, and is many terms ahead when it is back: n1 hears of it and steps down,
  though n2 had heard it all the time. It takes an election to lead again.
run: { protocol: raft, service: kv, nodes: 3, seed: 2, options: { plainElections: true, ${PATIENT} } }
steps:
${N1_LEADS}
  - client: put x 1
  - partition: [[n3], rest]
    as: parting
  - client: put x 2
  - wait: { fact: epoch, of: n3, is: ">=", value: 10 }
  - lift: parting
  - wait: { fact: epoch, of: n1, is: ">=", value: 10 }
  - wait: leader
  - client: get x
    expect: "2"
  - wait: applied
expect: { operations: ok, applied: equal, facts: [{ fact: epoch, is: ">=", value: 11 }] }
`,
  },
  {
    name: 'check-quorum',
    title: 'A leader that hears no majority resigns',
    teaches:
      'CheckQuorum ends the office of a leader that is cut off, and its clients go elsewhere; meanwhile it answers no read (dissertation §6.2, §6.4).',
    text: `name: A leader that hears no majority resigns
about: >
  n1 leads and is parted from n2 and n3, clients still reach it. A read waits there for acknowledgements that never come, until n1 leaves its
  office: then the client asks the new leader, which has a newer value by then.
run: { protocol: raft, service: kv, nodes: 3, seed: 4, options: { ${PATIENT} } }
steps:
${N1_LEADS}
  - client: put x 1
  - partition: [[n1], [n2, n3]]
    as: parting
  - ask: get x
    by: reader
    of: n1
  - wait: { fact: role, of: n1, value: follower }
  - wait: new-leader
  - client: put x 2
  - wait: idle
  - client: get x
    expect: "2"
  - lift: parting
  - wait: applied
expect: { operations: ok, applied: equal }
`,
  },
  {
    name: 'transfer',
    title: 'Leadership changes hands',
    teaches:
      'The leader brings another server up to date and asks it to stand; voters hear it though they hear a leader, and no command is lost (dissertation §3.10).',
    text: `name: Leadership changes hands
about: >
  n1 leads term 1 while clients read and write, and hands over to n2: n2 stands at once, is elected in term 2, and n1 follows.
  What clients ask meanwhile is not taken on, and asked again.
run: { protocol: raft, service: kv, nodes: 3, seed: 6, options: { ${PATIENT} } }
steps:
${N1_LEADS}
  - load: { clients: 4, rate: 100 }
  - wait: { ms: 300 }
  - tell: n1
    control: transferLeadership
    with: { to: n2 }
  - wait: { fact: leader, value: n2 }
  - wait: { ms: 300 }
  - load: off
  - wait: idle
  - wait: applied
expect: { operations: ok, applied: equal, facts: [{ fact: epoch, is: "<=", value: 3 }, { of: n2, fact: role, value: leader }] }
`,
  },
]
