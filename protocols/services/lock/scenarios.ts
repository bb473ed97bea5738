/** What a lock is for, and what it cannot do alone; each on every log protocol that carries it. */
import type { ServiceScenario } from '../../core/service.ts'

export const scenarios: readonly ServiceScenario[] = [
  {
    name: 'lock-paused-client',
    title: 'A paused client and its old token',
    teaches:
      'A holder may sleep longer than its lease and not know it. What the lock guards knows the newer token, and refuses (Kleppmann 2016).',
    text: (run) => `name: A paused client and its old token
about: >
  Client a takes the lock for 300 ms and then sleeps, as in a long pause of its garbage collector. Its lease ends, b takes the lock and writes.
  a wakes up, still believes in its lock, and writes: its token 1 is older than the 2 that was seen, and the write is refused.
run: { ${run}, seed: 3 }
steps:
  - wait: leader
  - client: acquire x 300
    by: a
    expect: token 1
  - wait: { ms: 500 }
  - client: acquire x 60000
    by: b
    expect: token 2
  - client: write x from-b
    by: b
    expect: written
  - client: write x from-a
    by: a
    expect: "refused: token 1 is older than 2"
  - client: release x
    by: a
    expect: "refused: not its holder"
  - client: read x
    expect: from-b
  - client: holder x
    expect: b, token 2
expect: { leader: true, operations: ok }
`,
  },
  {
    name: 'lock-without-fence',
    title: 'A paused client without a token',
    teaches: 'The same pause where nobody looks at tokens: both write, and the update of the client that held the lock is lost.',
    text: (run) => `name: A paused client without a token
about: >
  Client a takes the lock for 300 ms and sleeps. b takes it and writes. a wakes up and writes, and nobody looks at its token:
  what b wrote while it held the lock is gone. Asking the lock before the write would not help: the pause may fall in between.
run: { ${run}, seed: 3 }
steps:
  - wait: leader
  - client: acquire x 300
    by: a
    expect: token 1
  - wait: { ms: 500 }
  - client: acquire x 60000
    by: b
    expect: token 2
  - client: write x from-b unchecked
    by: b
    expect: written
  - client: write x from-a unchecked
    by: a
    expect: written
  - client: read x
    expect: from-a
  - client: holder x
    expect: b, token 2
expect: { breaks: [Fenced Writes] }
`,
  },
  {
    name: 'lock-late-write',
    title: 'A late write before the new holder’s first',
    teaches:
      'A token fences only when it was seen: until the new holder shows it, a late write of the old one is taken. It announces its token first.',
    text: (run) => `name: A late write before the new holder’s first
about: >
  Of two locks a's leases end, and b takes both. It has written nothing yet, so a's late write to x is taken: nobody has seen a newer token.
  For y it announces its token before anything else, and a's late write is refused.
run: { ${run}, seed: 4 }
steps:
  - wait: leader
  - client: acquire x 300
    by: a
  - client: acquire y 300
    by: a
  - wait: { ms: 500 }
  - client: acquire x 60000
    by: b
    expect: token 2
  - client: acquire y 60000
    by: b
    expect: token 2
  - client: announce y
    by: b
    expect: seen
  - client: write x late
    by: a
    expect: written
  - client: write y late
    by: a
    expect: "refused: token 1 is older than 2"
  - client: read x
    expect: late
  - client: read y
    expect: (none)
expect: { leader: true, operations: ok }
`,
  },
  {
    name: 'lock-leader-crash',
    title: 'The lock outlives the leader',
    teaches: 'A lock is in the log: who holds it is known to whoever leads next, and the next grant has a higher token.',
    text: (run) => `name: The lock outlives the leader
about: >
  a holds the lock when the leader is killed. Its successor knows: b is refused until a gives the lock back, and then gets the next token.
run: { ${run}, seed: 5 }
steps:
  - wait: leader
  - client: acquire x 60000
    by: a
    expect: token 1
  - client: write x from-a
    by: a
    expect: written
  - crash: leader
    as: old
  - client: acquire x 60000
    by: b
    expect: held by a, token 1
  - client: release x
    by: a
    expect: released
  - client: acquire x 60000
    by: b
    expect: token 2
  - client: write x from-b
    by: b
    expect: written
  - restart: old
  - wait: applied
  - client: holder x
    expect: b, token 2
expect: { leader: true, applied: equal, operations: ok }
`,
  },
  {
    name: 'lock-bad-afternoon',
    title: 'A lock on a bad afternoon',
    teaches:
      'Clients take locks, sleep over them and write with old tokens while nodes crash and links break: no old token is taken after a newer one.',
    text: (run) => `name: A lock on a bad afternoon
about: >
  A few locks with short leases, taken and forgotten by a background load, under misfortunes drawn from the seed.
  Afterwards all is healed: every node has the same locks, and the answers of all clients fit one order.
run: { ${run}, seed: 6, load: { clients: 4, rate: 100, keys: 2, mix: { read: 3, write: 8, cas: 1 } } }
steps:
  - wait: leader
  - storm: { ms: 4000 }
  - heal:
  - wait: progress
  - load: off
  - wait: idle
  - wait: applied
expect: { leader: true, applied: equal, operations: answered }
`,
  },
]
