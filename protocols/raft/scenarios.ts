/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
  {
    name: 'elect-a-leader',
    title: 'Elect a leader',
    teaches: 'A term begins with an election; a majority of votes makes a leader, and everybody learns of it from its heartbeats (§5.2).',
    text: `name: Elect a leader
about: >
  Five servers start as followers. The first whose election timeout runs out asks the others for their votes.
  The run is slowed down, so that the election can be watched.
run: { protocol: raft, nodes: 5, seed: 1, timeScale: 10 }
limitMs: 60000
steps:
  - wait: leader
  - wait: { fact: leader, is: "!=", value: null }
  - timeScale: 1
  - client: put x 1
  - client: get x
    expect: 1
  - wait: applied
expect: { leader: true, operations: ok, applied: equal, running: 5 }
`,
  },
  {
    name: 'leader-crash',
    title: 'The leader crashes',
    teaches:
      'What a majority holds survives the loss of any one server; the old leader comes back from its disk and catches up (§5.3, §5.4).',
    text: `name: The leader crashes
about: >
  Kill -9 the leader in the middle of a load. The others elect a new one and go on; the old leader starts again from
  its own disk, follows, and is sent what it missed.
run: { protocol: raft, nodes: 5, seed: 2 }
limitMs: 60000
steps:
  - wait: leader
  - client: put x before
  - load: { clients: 4, rate: 100 }
  - crash: leader
    as: old
  - wait: new-leader
  - client: put y after
  - client: get x
    expect: before
  - restart: old
  - load: off
  - wait: idle
  - wait: applied
expect: { leader: true, applied: equal, running: 5 }
`,
  },
  {
    name: 'leader-in-the-minority',
    title: 'The leader is cut off with a minority',
    teaches:
      'Two leaders may live at once, but only the one with a majority commits; what the other took in is overwritten when the cut is healed (§5.3, §5.4).',
    text: `name: The leader is cut off with a minority
about: >
  The leader and one follower on one side, three servers on the other. The majority elects a leader of a later term.
  Cut off, the old leader can commit nothing. Healed, it steps down and takes over the log of the new one.
run: { protocol: raft, nodes: 5, seed: 3 }
limitMs: 60000
steps:
  - wait: leader
  - client: put x 1
  - partition: [[leader, follower], rest]
    as: split
  - wait: new-leader
  - client: put x 2
  - client: get x
    expect: 2
  - lift: split
  - client: cas x 2 3
    expect: any
  - wait: applied
expect: { leader: true, applied: equal, running: 5 }
`,
  },
  {
    name: 'slow-link-and-loss',
    title: 'A slow link and lost messages',
    teaches:
      'Messages may be late, lost, doubled or out of order: Raft repeats and ignores what it has seen, and no answer to a client is wrong (§5.5).',
    text: `name: A slow link and lost messages
about: >
  Every link between servers loses one message in twenty and doubles some; the links of one follower are slow as well.
  Operations take longer, and all of them come right.
run: { protocol: raft, nodes: 3, seed: 4 }
limitMs: 60000
steps:
  - wait: leader
  - arm: { kind: delay, target: { links: [[leader, follower], [follower, leader]] }, delayMs: 40, jitterMs: 20 }
    as: slow
  - arm: { kind: loss, target: { groups: [[n1], [n2], [n3]] }, probability: 0.05 }
    as: lossy
  - arm: { kind: duplicate, target: { groups: [[n1], [n2], [n3]] }, probability: 0.1 }
    as: double
  - load: { clients: 4, rate: 0, operations: 200 }
  - wait: idle
  - lift: slow
  - lift: lossy
  - lift: double
  - wait: leader
  - client: put x 1
  - wait: applied
expect: { leader: true, operations: answered, applied: equal, running: 3 }
`,
  },
  {
    name: 'lost-append',
    title: 'One chosen message is lost',
    teaches:
      'A follower that misses an entry refuses the next one; the leader steps back and sends it again (the consistency check of §5.3).',
    text: `name: One chosen message is lost
about: >
  The first AppendEntries that carries an entry from the leader to one follower is dropped; nothing else is touched.
  The next heartbeat finds the gap, and the leader repairs it.
run: { protocol: raft, nodes: 3, seed: 5 }
limitMs: 60000
steps:
  - wait: leader
  - wait: applied
  - arm:
      kind: cut
      target: { links: [[leader, follower]] }
      rule: { types: [AppendEntries], where: [{ path: entries.0.term, is: ">", value: 0 }], count: 1 }
  - client: put x 1
  - client: put x 2
  - wait: applied
  - heal
  - client: get x
    expect: 2
expect: { leader: true, operations: ok, applied: equal, running: 3 }
`,
  },
]
