/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
export const scenarios: readonly { name: string; title: string; teaches: string; text: string }[] = [
  {
    name: 'normal-case',
    title: 'The normal case, one replica down',
    teaches: 'Three phases among 2f + 1 of 3f + 1 replicas make a request final; a client needs f + 1 equal replies (§4.2, Fig. 1).',
    text: `name: The normal case, one replica down
about: >
  The paper's Figure 1: of four replicas the last one is down. A request gets its number from the primary, two backups prepare
  it, three replicas commit it, and the client has two equal replies.
run: { protocol: pbft, service: kv, nodes: 4, seed: 1, options: { viewChangeMs: 5000, viewChangeMsMax: 10000 } }
steps:
  - wait: leader
  - crash: n4
  - client: put x 1
  - client: get x
    expect: "1"
  - wait: { fact: applied, is: ">=", value: 2 }
expect:
  leader: true
  running: 3
  applied: equal
  operations: ok
  facts:
    - { of: n1, fact: applied, is: "=", value: 2 }
    - { of: n2, fact: prepared, is: "=", value: 2 }
    - { of: n3, fact: epoch, is: "=", value: 0 }
`,
  },
  {
    name: 'primary-crash',
    title: 'The primary crashes',
    teaches: 'Backups that wait in vain for a request give the primary up; the next one begins its view with what was prepared (§4.4).',
    text: `name: The primary crashes
about: >
  The primary is killed between two writes. The client asks everybody, the backups wait for the request to be executed, lose
  patience and ask for view 1. The old primary comes back as a backup and is shown what it missed.
run: { protocol: pbft, service: kv, nodes: 4, seed: 2, options: { viewChangeMs: 1500 } }
steps:
  - wait: leader
  - client: put x 1
  - crash: leader
    as: old
  - client: put x 2
  - wait: new-leader
  - client: get x
    expect: "2"
  - restart: old
  - wait: applied
expect:
  leader: true
  running: 4
  applied: equal
  operations: ok
  facts:
    - { of: old, fact: epoch, is: ">=", value: 1 }
    - { of: n2, fact: applied, is: "=", value: 3 }
`,
  },
  {
    name: 'equivocating-primary',
    title: 'A primary that says two things',
    teaches:
      'Two quorums share an honest replica: of two requests with one number at most one is prepared, and a view change keeps it (§4.2, §4.4).',
    text: `name: A primary that says two things
about: >
  The primary gives number 1 to one batch at n3 and to another at n2 and n4, and then says nothing more of it. Two Prepares are
  enough at n2 and n4; two Commits of three are not. Their timers run out, and the primary of view 1 proposes again what was
  prepared: as number 1.
run: { protocol: pbft, service: kv, nodes: 4, seed: 3, options: { viewChangeMs: 1500 } }
steps:
  - wait: leader
  - tell: n1
    control: lie
    with: { lies: [{ lie: equivocate, kinds: [PrePrepare] }, { lie: silent, kinds: [Commit] }] }
  - client: put x 1
  - client: get x
    expect: "1"
  - wait: { fact: applied, of: n3, is: ">=", value: 2 }
expect:
  operations: ok
  facts:
    - { of: n2, fact: epoch, is: "=", value: 1 }
    - { of: n2, fact: leader, is: "=", value: n2 }
    - { of: n3, fact: applied, is: "=", value: 2 }
`,
  },
  {
    name: 'partial-primary',
    title: 'A primary that talks to some only',
    teaches: 'A primary that leaves out enough backups serves nobody, and is replaced like one that is down (§4.4).',
    text: `name: A primary that talks to some only
about: >
  The primary says nothing to n3 and n4. With n2 alone nothing is prepared: 2f backups are needed. The client asks everybody,
  and the backups go on to view 1.
run: { protocol: pbft, service: kv, nodes: 4, seed: 4, options: { viewChangeMs: 1500 } }
steps:
  - wait: leader
  - tell: n1
    control: lie
    with: { lies: [{ lie: silent, to: [n3, n4] }] }
  - client: put x 1
  - client: get x
    expect: "1"
expect:
  operations: ok
  facts: [{ of: n2, fact: epoch, is: "=", value: 1 }, { of: n2, fact: leader, is: "=", value: n2 }]
`,
  },
  {
    name: 'ignored-client',
    title: 'A primary that ignores one client',
    teaches: 'A backup’s patience is with the request that waits longest: a primary that serves all others is replaced, too (§4.4).',
    text: `name: A primary that ignores one client
about: >
  The primary gives no number to what c1 asks for, and serves c2 and c3 as it should. c1 asks everybody; the backups wait for its
  request, whatever else is executed meanwhile, and go on to view 1, where it is served.
run: { protocol: pbft, service: kv, nodes: 4, seed: 12, options: { viewChangeMs: 1000 } }
steps:
  - wait: leader
  - tell: n1
    control: lie
    with: { lies: [{ lie: ignore-client }] }
  - load: { clients: 3, rate: 30, operations: 90 }
  - wait: idle
expect:
  operations: ok
  facts: [{ of: n2, fact: epoch, is: ">=", value: 1 }]
`,
  },
  {
    name: 'wrong-new-view',
    title: 'A view begun wrongly',
    teaches: 'Every backup computes again what follows from the 2f + 1 ViewChanges, and refuses what does not (§4.4).',
    text: `name: A view begun wrongly
about: >
  Seven replicas bear two faulty ones. The primary is down, and the next in turn, n2, begins view 1 with null requests where
  there is nothing, or something else. All others see that this does not follow from its ViewChanges, refuse it, and go on to view 2.
run: { protocol: pbft, service: kv, nodes: 7, seed: 5, options: { viewChangeMs: 1500 } }
steps:
  - wait: leader
  - client: put x 1
  - tell: n2
    control: lie
    with: { lies: [{ lie: wrong-new-view }] }
  - crash: n1
  - client: put x 2
  - client: get x
    expect: "2"
expect:
  operations: ok
  running: 6
  facts: [{ of: n3, fact: epoch, is: ">=", value: 2 }, { of: n3, fact: leader, is: "=", value: n3 }]
`,
  },
  {
    name: 'lying-backup',
    title: 'A backup that lies about everything',
    teaches: 'What f replicas say counts for nothing: votes, checkpoints and replies need others that say the same (§4.1, §4.2, §4.3).',
    text: `name: A backup that lies about everything
about: >
  n4 votes for digests that nothing has, signs in others' names, says wrong states at checkpoints and answers clients wrongly.
  The other three agree without it, make checkpoints stable, and the client believes what two of them say.
run: { protocol: pbft, service: kv, nodes: 4, seed: 6, options: { checkpointEvery: 2, window: 8, viewChangeMs: 5000, viewChangeMsMax: 10000 } }
steps:
  - wait: leader
  - tell: n4
    control: lie
    with: { lies: [{ lie: forge }, { lie: wrong-digest }, { lie: false-checkpoint }, { lie: wrong-reply }] }
  - client: put x 1
  - client: put x 2
  - client: put x 3
  - client: get x
    expect: "3"
  - wait: { fact: low, of: n1, is: ">=", value: 4 }
  - wait: { fact: low, of: n2, is: ">=", value: 4 }
  - wait: { fact: low, of: n3, is: ">=", value: 4 }
expect:
  operations: ok
  facts:
    - { of: n1, fact: epoch, is: "=", value: 0 }
    - { of: n3, fact: low, is: "=", value: 4 }
`,
  },
  {
    name: 'water-marks',
    title: 'No further than the high mark',
    teaches: 'Numbers go no further above the last stable checkpoint than the window; the next checkpoint moves it on (§4.2, §4.3).',
    text: `name: No further than the high mark
about: >
  Checkpoints wait at a gate. With a window of 10 the primary gives the numbers 1 to 10 and no more, whoever asks. When the
  gate opens, checkpoint 10 becomes stable everywhere, and the rest is served.
run:
  protocol: pbft
  service: kv
  nodes: 4
  seed: 7
  options: { checkpointEvery: 5, window: 10, maxBatch: 1, viewChangeMs: 60000, viewChangeMsMax: 60000 }
steps:
  - wait: leader
  - arm: { kind: hold, rule: { types: [Checkpoint] } }
    as: gate
  - load: { clients: 1, rate: 0, operations: 12, mix: { read: 0, write: 1, cas: 0 } }
  - wait: { fact: applied, is: "=", value: 10 }
  - wait: { ms: 300 }
  - wait: { fact: applied, is: "=", value: 10 }
  - wait: { fact: low, is: "=", value: 0 }
  - lift: gate
  - wait: idle
  - wait: { fact: applied, is: "=", value: 12 }
expect:
  operations: ok
  applied: equal
  facts: [{ of: n1, fact: low, is: "=", value: 10 }, { of: n4, fact: high, is: "=", value: 20 }, { of: n2, fact: epoch, is: "=", value: 0 }]
`,
  },
  {
    name: 'committed-survives',
    title: 'Committed at one replica only',
    teaches: 'What was committed anywhere was prepared at f + 1 honest replicas: any 2f + 1 ViewChanges show it (§4.4, §4.5.1).',
    text: `name: Committed at one replica only
about: >
  Commits reach the primary alone, so that it alone knows its write to be committed, and then it is killed. The others never
  heard of that, but each of them has it prepared: view 1 begins with it, at the same number.
run: { protocol: pbft, service: kv, nodes: 4, seed: 8, options: { viewChangeMs: 1500 } }
steps:
  - wait: leader
  - arm:
      kind: loss
      probability: 1
      target: { links: [[n1, n2], [n1, n3], [n1, n4], [n2, n3], [n2, n4], [n3, n2], [n3, n4], [n4, n2], [n4, n3]] }
      rule: { types: [Commit, Committed] }
    as: deaf
  - ask: put x 1
    by: a
  - wait: { fact: applied, of: n1, is: "=", value: 1 }
  - crash: n1
  - lift: deaf
  - client: get x
    expect: "1"
  - restart: n1
  - wait: applied
expect:
  running: 4
  applied: equal
  facts: [{ of: n2, fact: epoch, is: ">=", value: 1 }]
`,
  },
  {
    name: 'state-transfer',
    title: 'A replica that missed a checkpoint',
    teaches:
      'What lies below a stable checkpoint is forgotten: who missed it fetches the state, and checks it against 2f + 1 signatures (§4.3).',
    text: `name: A replica that missed a checkpoint
about: >
  n4 is down while forty operations go by and the others forget how they came about. It comes back, is shown the proof of the
  last checkpoint, and fetches that state, first of all from n3, which hands out a wrong one whenever it is asked.
run: { protocol: pbft, service: kv, nodes: 4, seed: 9, options: { checkpointEvery: 5, window: 20, maxBatch: 1, viewChangeMs: 5000, viewChangeMsMax: 10000 } }
steps:
  - wait: leader
  - tell: n3
    control: lie
    with: { lies: [{ lie: wrong-state }] }
  - crash: n4
  - load: { clients: 2, rate: 0, operations: 40 }
  - wait: idle
  - restart: n4
  - wait: applied
expect:
  operations: ok
  running: 4
  applied: equal
  facts: [{ of: n4, fact: low, is: ">=", value: 30 }]
`,
  },
  {
    name: 'two-liars',
    title: 'f + 1 liars are too many',
    teaches:
      'The bound is tight: two liars of four that say one thing to each side make two honest replicas commit different requests (§3).',
    text: `name: f + 1 liars are too many
about: >
  n1, the primary, and n4 say one thing to n2 and another to n3: another PrePrepare, and the votes that go with it. Each of the
  two honest replicas sees 2f + 1 of four agree with it, and commits something else as number 1.
run: { protocol: pbft, service: kv, nodes: 4, seed: 10, options: { viewChangeMs: 5000, viewChangeMsMax: 10000 } }
steps:
  - wait: leader
  - tell: n1
    control: lie
    with: { lies: [{ lie: equivocate }] }
  - tell: n4
    control: lie
    with: { lies: [{ lie: equivocate }] }
  - ask: put x 1
  - wait: { fact: applied, of: n2, is: ">=", value: 1 }
  - wait: { fact: applied, of: n3, is: ">=", value: 1 }
expect: { breaks: [Agreement] }
`,
  },
  {
    name: 'rolling-crash',
    title: 'Every replica crashes in turn',
    teaches:
      'Disks keep what was promised: replicas may crash one after the other, and two at once, and nothing that was answered is lost (§4.3, §4.4).',
    text: `name: Every replica crashes in turn
about: >
  While clients read and write, every replica is killed and started again from its disk, one after the other. Then two are down
  at once, which is one too many: nothing is served until they are back.
run: { protocol: pbft, service: kv, nodes: 4, seed: 11, load: { clients: 3, rate: 20 }, options: { checkpointEvery: 10, window: 40, viewChangeMs: 800 } }
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
  - crash: n1
  - crash: n3
  - wait: { ms: 500 }
  - restart: n1
  - restart: n3
  - wait: progress
  - load: off
  - wait: idle
  - wait: applied
expect: { running: 4, applied: equal }
`,
  },
  {
    name: 'bad-afternoon',
    title: 'A bad afternoon',
    teaches:
      'Whatever befalls the replicas, and whatever f of them say, what was committed stays; when it is over, they go on (§4.4, §4.5).',
    text: `name: A bad afternoon
about: >
  Five seconds of crashes, pauses, partitions, weather, and mostly one liar, another afternoon for every seed, while clients read
  and write. Then all is healed, the liar apart, and within a few seconds operations succeed again and every replica has executed the same.
run: { protocol: pbft, service: kv, nodes: 4, seed: 1, load: { clients: 6, rate: 60 }, options: { checkpointEvery: 5, window: 40 } }
vary:
  nodes: [4, 4, 4, 5, 7]
  load: { clients: [2, 4, 10], rate: [8, 30, 100], mix: { read: [5, 20] }, keys: [1, 2, 5] }
  options:
    checkpointEvery: [1, 2, 5, 20]
    window: [20, 40, 200]
    maxBatch: [1, 2, 64]
    maxInFlight: [1, 4, 16]
    viewChangeMs: [150, 300, 500]
    chunkChars: [64, 65536]
steps:
  - storm: { ms: 5000, liars: 1 }
  - heal:
  - wait: progress
    withinMs: 15000
  - load: off
  - wait: idle
    withinMs: 15000
  - wait: leader
    withinMs: 10000
  - wait: applied
    withinMs: 10000
expect: { applied: equal }
`,
  },
]
