/**
 * Classic mistakes in Paxos, each a small edit of the source. `sim` must find every one of them: by an invariant of the
 * protocol, by what its clients saw, or because it does nothing any more.
 */
import type { Edit, Mistake } from './plant.ts'

const paxos = (file: string, find: string, replace: string): Edit => ({ file: `protocols/paxos/${file}`, find, replace })

export const mistakes: readonly Mistake[] = [
  {
    name: 'vote-is-no-promise',
    what: 'An acceptor that votes in a ballot which it has not promised may vote in a lower one later (PMS §2.2, phase 2b).',
    edits: [
      paxos('acceptor.ts', '    if (!same(state.promised, ballot)) state.promised = ballot\n    state.accepted', '    state.accepted'),
    ],
  },
  {
    name: 'first-vote-adopted',
    what: 'A proposer takes up the first vote that it is told of, not the highest (P2c).',
    edits: [paxos('proposer.ts', 'compare(accepted.ballot, best?.ballot ?? null) > 0', 'best === null')],
  },
  {
    name: 'own-value-always',
    what: 'A proposer asks for its own value, whatever its promises tell of (P2c).',
    edits: [
      paxos('proposer.ts', 'const vote = highestVote(attempt)', 'const vote = state.proposal === null ? highestVote(attempt) : null'),
    ],
  },
  {
    name: 'promises-of-other-ballots',
    what: 'A proposer counts promises that it was given for earlier ballots.',
    edits: [
      paxos(
        'proposer.ts',
        "const attempt = current(turn.state, ballot, 'prepare')",
        "const attempt = turn.state.attempt?.phase === 'prepare' ? turn.state.attempt : current(turn.state, ballot, 'prepare')",
      ),
    ],
  },
  {
    name: 'promise-counted-twice',
    what: 'An acceptor whose promise comes twice counts for two.',
    edits: [paxos('proposer.ts', ' || attempt.promises.some(({ acceptor }) => acceptor === from)', '')],
  },
  {
    name: 'vote-counted-twice',
    what: 'An acceptor whose vote comes twice counts for two.',
    edits: [paxos('proposer.ts', ' || attempt.votes.includes(from)', '')],
  },
  {
    name: 'late-promise-changes-value',
    what: 'Promises that come after the quorum change the value of a ballot that was proposed already (B1).',
    edits: [
      paxos(
        'proposer.ts',
        "current(turn.state, ballot, 'prepare')",
        "(current(turn.state, ballot, 'prepare') ?? current(turn.state, ballot, 'accept'))",
      ),
    ],
  },
  {
    name: 'votes-added-over-ballots',
    what: 'A learner adds up votes for equal values, whatever their ballots (PMS §2.3).',
    edits: [paxos('learner.ts', 'same(vote.ballot, ballot))', 'vote.value === value)')],
  },
  {
    name: 'bare-numbers',
    what: 'Two proposers may take the same ballot: numbers without a name (B1).',
    edits: [
      paxos('ballot.ts', 'if (a.n !== b.n) return a.n - b.n', 'return a.n - b.n'),
      paxos('acceptor.ts', 'if (state.accepted && same(state.accepted.ballot, ballot)) return', ''),
    ],
  },
  {
    name: 'promise-not-persisted',
    what: 'An acceptor forgets in a crash what it has promised, and votes in a lower ballot (PMS §2.5).',
    edits: [paxos('storage.ts', "['promised', 'accepted',", "['accepted',")],
  },
  {
    name: 'accepted-not-persisted',
    what: 'An acceptor forgets in a crash what it has voted for, and promises without telling of it (PMS §2.5).',
    edits: [paxos('storage.ts', "'accepted', 'used'", "'used'")],
  },
  {
    name: 'ballot-used-again',
    what: 'A proposer forgets in a crash which numbers it has used, and proposes another value in one of its ballots (PMS §2.5).',
    edits: [
      paxos('storage.ts', "'used', 'chosen'", "'chosen'"),
      paxos('proposer.ts', 'Math.max(state.used, state.seen, state.promised?.n ?? 0)', 'Math.max(state.used, state.seen)'),
    ],
  },
  {
    name: 'own-vote-before-disk',
    what: 'A node counts its own promise and vote before its disk has them: a crash takes back a part of a quorum (PMS §2.5).',
    edits: [paxos('paxos.ts', ' || mayHear()', " || mayHear() || message.kind !== 'Nack'")],
  },
  {
    name: 'chosen-by-promises',
    what: 'A proposer takes for chosen what a quorum tells that it has voted for, in whatever ballots (PMS §2.3).',
    edits: [
      paxos(
        'proposer.ts',
        "  if (vote) note(turn, 'adopt'",
        "  const told = attempt.promises.filter(({ accepted }) => accepted && accepted.value === vote?.value)\n  if (told.length >= state.roles.q2) return learn(turn, value, 'votes')\n  if (vote) note(turn, 'adopt'",
      ),
    ],
  },
  {
    name: 'acceptor-answers-before-disk',
    what: 'What a step says leaves the node before what it persisted is durable: a crash takes back what was promised.',
    edits: [
      {
        file: 'protocols/sim/node.ts',
        find: 'if (!this.#isUnsynced || this.#world.sync',
        replace:
          'if (this.#gathered.length > 0) this.#gathered = this.#postAll(this.#gathered)\n    if (!this.#isUnsynced || this.#world.sync',
      },
    ],
  },
  {
    name: 'votes-in-lower-ballots',
    what: 'An acceptor votes in whatever ballot it is asked to, whatever it has promised (P1a).',
    edits: [
      paxos(
        'acceptor.ts',
        "if (compare(ballot, state.promised) < 0) return ignore(turn, from, ballot, 'accept')\n  if (!state.accepted",
        'if (!state.accepted',
      ),
    ],
  },
  {
    name: 'minority-promises',
    what: 'A proposer goes on with one promise too few: its quorum misses another (P2c).',
    edits: [paxos('proposer.ts', 'promises.length >= turn.state.roles.q1', 'promises.length + 1 >= turn.state.roles.q1')],
  },
  {
    name: 'own-vote-read',
    what: 'Who learns is told what its node voted for: a vote is not a choice (PMS §2.3).',
    edits: [paxos('clients.ts', 'answer(turn, id, chosen)', 'answer(turn, id, chosen ?? turn.state.accepted?.value ?? null)')],
  },
  {
    name: 'says-it-once',
    what: 'A proposer never repeats what was lost: it waits for ever, and its clients with it (PMS §2.4).',
    edits: [paxos('proposer.ts', "attempt.phase !== 'outbid') sendAll(turn)", "attempt.phase === 'outbid') sendAll(turn)")],
  },
  {
    name: 'learner-asks-once',
    what: 'A learner whose question was lost never learns what was chosen (PMS §2.3).',
    edits: [paxos('learner.ts', '  waitToAsk(turn)\n}\n\nexport', '}\n\nexport')],
  },
]
