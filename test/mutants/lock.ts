/** Classic mistakes in the lock with fencing tokens, each a small edit of the source: found by the lock's invariants, or by what clients saw. */
import type { Edit, Mistake } from './plant.ts'

const lock = (find: string, replace: string): Edit => ({ file: 'protocols/services/lock/index.ts', find, replace })

export const mistakes: readonly Mistake[] = [
  {
    name: 'token-not-raised',
    what: 'Whoever gets a lock after its lease ended has the token of the one before: nobody can tell their writes apart.',
    edits: [
      lock('const token = held ? lock.token : lock.token + 1', 'const token = held || lock.holder !== null ? lock.token : lock.token + 1'),
    ],
  },
  {
    name: 'anyone-releases',
    what: 'A lock is given back by whoever asks: a holder that woke up late frees the lock of the next one.',
    edits: [lock('lock.holder !== null && op.token === lock.token', 'lock.holder !== null')],
  },
  {
    name: 'fence-refuses-its-holder',
    what: 'The resource wants a higher token than it has seen, so that a holder can write once only.',
    edits: [lock('token < resource.seen)', 'token <= resource.seen)')],
  },
  {
    name: 'fence-one-short',
    what: 'The resource takes the token before the newest one, too.',
    edits: [lock('token < resource.seen)', 'token < resource.seen - 1)')],
  },
  {
    name: 'lease-by-own-clock',
    what: 'Every replica looks at its own clock to see whether a lease is over: replicas of one log disagree.',
    edits: [lock('Math.max(lock.grantedMs, atMs)', 'Math.max(lock.grantedMs, Math.floor(performance.now()), atMs * 0)')],
  },
  {
    name: 'renewal-of-a-stranger',
    what: 'Whoever asks for a held lock is taken for its holder.',
    edits: [lock('if (held && lock.holder !== client)', 'if (held && lock.holder === null)')],
  },
]
