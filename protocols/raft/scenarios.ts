/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */

/**
 * n1 leads, nearly always term 1: until it does nobody else may ask for votes. Nor may anybody lead who was elected before that was said, as may happen on a busy
 * machine. Patience is long, so that such a machine changes nothing.
 */
const N1_LEADS = `  - arm: { kind: cut, target: { links: [[n2, n1], [n2, n3], [n3, n1], [n3, n2]] }, rule: { types: [RequestVote, AppendEntries] } }
    as: n1-alone-may-stand
  - wait: { fact: role, of: n1, value: leader }
  - lift: n1-alone-may-stand`
const PATIENT = 'electionMsMin: 500, electionMsMax: 1000, heartbeatMs: 100'

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
  {
    name: 'snapshot',
    title: 'Too far behind for the log',
    teaches:
      'Logs are cut at snapshots; a follower that lacks what was discarded is sent the snapshot in chunks, with the sessions of clients and the members in it (§7).',
    text: `name: Too far behind for the log
about: >
  n3 is down while the others write snapshots and discard their logs. When it is back it lacks entries that nobody has any more: it is sent the leader's snapshot in small chunks,
  and the log behind it. All crash and come back from their snapshots.
run: { protocol: raft, service: kv, nodes: 3, seed: 9, options: { snapshotEvery: 20, keepEntries: 0, snapshotChunk: 200, ${PATIENT} } }
steps:
${N1_LEADS}
  - client: put x 1
  - crash: n3
  - load: { clients: 4, rate: 200, operations: 200 }
  - wait: idle
  - restart: n3
  - wait: { fact: snapshot, of: n3, is: ">", value: 0 }
  - wait: applied
  - crash: n1
  - crash: n2
  - crash: n3
  - restart: n1
  - restart: n2
  - restart: n3
  - wait: leader
  - client: get x
    expect: "1"
  - wait: applied
expect: { running: 3, applied: equal }
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
    snapshotEvery: [10000, 10000, 40, 10]
    keepEntries: [0, 5]
    snapshotChunk: [100, 1000, 65536]
    catchUpRounds: [10, 2]
    writeInParallel: [false, true]
    followerReads: [false, false, true]
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
]
