/**
 * Classic mistakes in Raft, each a small edit of the source. `sim` must find every one of them: by an invariant of the
 * protocol, by what its clients saw, or because it does nothing any more.
 */
import type { Edit, Mistake } from './plant.ts'

const raft = (file: string, find: string, replace: string): Edit => ({ file: `protocols/raft/${file}`, find, replace })

export const mistakes: readonly Mistake[] = [
  {
    name: 'old-term-by-count',
    what: 'An entry of an older term is committed because a majority holds it; a later leader overwrites it (§5.4.2, Fig. 8).',
    edits: [raft('commit.ts', ' || termAt(state.log, agreed) !== state.currentTerm) return', ') return')],
  },
  {
    name: 'vote-not-persisted',
    what: 'A server forgets in a crash for whom it voted, and votes again in the same term (§5.2).',
    edits: [raft('storage.ts', 'record.vote = state.votedFor ?? null', 'record.vote = null')],
  },
  {
    name: 'term-not-persisted',
    what: 'A server forgets in a crash which term it was in, and votes in terms that it voted in before (§5.1).',
    edits: [raft('storage.ts', '      currentTerm = term\n', '')],
  },
  {
    name: 'two-votes',
    what: 'A server votes for everybody who asks in a term (§5.2).',
    edits: [raft('election.ts', '(state.votedFor === undefined || state.votedFor === m.candidateId) &&', '')],
  },
  {
    name: 'vote-for-shorter-log',
    what: 'Of two logs that end in the same term the shorter one gets votes, too: a leader may lack what was committed (§5.4.1).',
    edits: [raft('election.ts', 'isUpToDate(state.log, m.lastLogTerm, m.lastLogIndex)', 'm.lastLogTerm >= lastTerm(state.log)')],
  },
  {
    name: 'vote-for-older-log',
    what: 'Only the length of logs is compared when somebody asks for a vote, not the terms in which they end (§5.4.1).',
    edits: [raft('election.ts', 'isUpToDate(state.log, m.lastLogTerm, m.lastLogIndex)', 'm.lastLogIndex >= lastIndex(state.log)')],
  },
  {
    name: 'stale-votes-counted',
    what: 'A candidate counts votes of earlier terms: two may lead one term (§5.2).',
    edits: [raft('election.ts', "state.role !== 'candidate' || m.term !== state.currentTerm || ", "state.role !== 'candidate' || ")],
  },
  {
    name: 'reply-before-disk',
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
    name: 'follower-log-not-persisted',
    what: 'A follower acknowledges entries that it keeps in memory alone (Fig. 2, persistent state).',
    edits: [
      raft(
        'storage.ts',
        'hasSnapshot || from <= lastIndex(state.log)',
        "hasSnapshot || (from <= lastIndex(state.log) && state.role === 'leader')",
      ),
    ],
  },
  {
    name: 'no-noop-stale-read',
    what: 'A new leader appends no entry of its own and answers reads from what it knows to be committed, which may be old (§8).',
    edits: [
      raft('election.ts', "  appendAsLeader(turn, { term: state.currentTerm, kind: 'noop' })\n", ''),
      raft('reads.ts', 'termAt(state.log, state.commitIndex) === state.currentTerm', 'state.commitIndex >= 0'),
    ],
  },
  {
    name: 'read-without-round',
    what: 'A leader answers reads without asking whether it still leads: another may have been elected (§8).',
    edits: [raft('reads.ts', ' || !isAcknowledged(state, askedIn)) return', ') return')],
  },
  {
    name: 'sessions-not-replicated',
    what: 'Only the leader remembers what clients were answered: the next one executes a repeated command again (§8).',
    edits: [
      raft(
        'sessions.ts',
        'const results = withResult(kept, { seq: entry.seq, result })',
        "const results = state.role === 'leader' ? withResult(kept, { seq: entry.seq, result }) : kept",
      ),
    ],
  },
  {
    name: 'repeated-command-executed',
    what: 'A command that a client repeats is executed again.',
    edits: [raft('sessions.ts', 'if (before !== undefined) {', 'if (before !== undefined && index < 0) {')],
  },
  {
    name: 'truncation-on-stale-append',
    what: 'A late, shorter AppendEntries cuts the log behind what it carries: acknowledged entries are lost (§5.3).',
    edits: [
      raft(
        'replication.ts',
        '  if (i === entries.length) return\n',
        '  if (i === entries.length) {\n    state.log = replaceFrom(state.log, prevLogIndex + 1 + i, [])\n    return\n  }\n',
      ),
    ],
  },
  {
    name: 'commit-beyond-match',
    what: "A follower takes the leader's commit index up to the end of its own log, not of what was matched (Fig. 2).",
    edits: [raft('replication.ts', 'Math.min(m.leaderCommit, matchIndex)', 'Math.min(m.leaderCommit, lastIndex(state.log))')],
  },
  {
    name: 'append-without-match',
    what: 'Entries are taken without looking at the term of the one before them (§5.3).',
    edits: [raft('replication.ts', 'if (term !== m.prevLogTerm) return', 'if (term === undefined) return')],
  },
  {
    name: 'applied-before-commit',
    what: 'A follower applies entries as soon as it has them (§5.3).',
    edits: [raft('replication.ts', 'Math.min(m.leaderCommit, matchIndex)', 'matchIndex')],
  },
  {
    name: 'match-as-sent',
    what: 'A leader takes what it sent last for what the follower acknowledged (§5.3).',
    edits: [
      raft(
        'replication.ts',
        'const matchIndex = Math.max(known.matchIndex, m.matchIndex)',
        'const matchIndex = Math.max(known.matchIndex, m.matchIndex, ...known.inflight)',
      ),
    ],
  },
  {
    name: 'minority-commits',
    what: 'One server fewer than a majority is enough to commit (§5.3).',
    edits: [
      raft(
        'commit.ts',
        'held.sort((a, b) => b - a)[majority(state.nodes.length) - 1]',
        'held.sort((a, b) => b - a)[Math.max(0, majority(state.nodes.length) - 2)]',
      ),
    ],
  },
  {
    name: 'stale-leader-resets-timer',
    what: 'What an old leader says resets the election timer and is not answered: a server that is ahead of it is kept quiet for ever (§5.1, §5.2).',
    edits: [
      raft(
        'replication.ts',
        'if (m.term < state.currentTerm) return refuse(turn, from, { ...m, readCtx: 0 })',
        'if (m.term < state.currentTerm) return heedLeader(turn)',
      ),
    ],
  },
  {
    name: 'vote-kept-over-terms',
    what: 'A vote is not freed by a new term: elections fail as soon as everybody has voted (§5.2).',
    edits: [raft('terms.ts', '    state.votedFor = undefined\n', '')],
  },
  {
    name: 'pre-vote-bumps-terms',
    what: 'A pre-vote makes terms grow as a vote does: who asks whether it may stand gives up as soon as somebody says yes (dissertation §9.6).',
    edits: [raft('raft.ts', ' && !isOfNobody(message)', '')],
  },
  {
    name: 'pre-votes-dropped',
    what: 'A granted pre-vote is dropped because its term is not the one in which who asked is (dissertation §9.6).',
    edits: [raft('election.ts', 'm.term !== state.currentTerm + 1', 'm.term !== state.currentTerm')],
  },
  {
    name: 'higher-term-not-told',
    what: 'A server that is ahead in its term does not answer an older leader: it is out for ever, since nobody hears it while all hear the leader (dissertation §6.2 with §4.2.3).',
    edits: [
      raft(
        'replication.ts',
        'if (m.term < state.currentTerm) return refuse(turn, from, { ...m, readCtx: 0 })',
        'if (m.term < state.currentTerm) return',
      ),
    ],
  },
  {
    name: 'lease-from-acknowledgement',
    what: 'A lease is counted from when the acknowledgements came, not from when they were asked for (dissertation §6.4.1).',
    edits: [raft('lease.ts', 'const untilMs = sentMs + leaseMs(state)', 'const untilMs = nowMs + leaseMs(state)')],
  },
  {
    name: 'lease-kept-on-transfer',
    what: 'A leader that asks another to stand goes on answering reads alone (dissertation §6.4.1, §3.10).',
    edits: [raft('transfer.ts', '  if (!state.lease.isGivenUp) giveUpLease(turn)\n', '')],
  },
  {
    name: 'lease-forgotten-in-crash',
    what: 'A voter that crashed and came back elects another leader at once, though it had just heard one (dissertation §6.4.1).',
    edits: [
      raft(
        'raft.ts',
        '  heedLeader(turn) // it may have heard one just before it crashed\n',
        '  heedLeader(turn)\n  turn.state.heardLeader = false\n',
      ),
    ],
  },
  {
    name: 'snapshot-without-sessions',
    what: 'A snapshot holds the service alone: who starts from it executes a repeated command again (§8, dissertation §5, §6.3).',
    edits: [raft('snapshot.ts', 'Object.fromEntries(state.sessions.entries())', '{}')],
  },
  {
    name: 'stale-snapshot-installed',
    what: 'A late snapshot takes the place of a state that is newer than it (§7).',
    edits: [raft('snapshot.ts', '  if (m.lastIncludedIndex <= state.commitIndex) return answer(0, true)\n', '')],
  },
  {
    name: 'snapshot-applied-again',
    what: 'After a restart a server applies its log from the beginning, though its state is that of the snapshot (§7).',
    edits: [raft('snapshot.ts', '    lastApplied: lastIncludedIndex,\n', '    lastApplied: 0,\n')],
  },
  {
    name: 'chunks-of-two-snapshots',
    what: 'Chunks of two snapshots are put together, because nobody looks at where a chunk belongs (§7, Fig. 13).',
    edits: [raft('snapshot.ts', '  if (m.offset !== held.length) return answer(held.length, false)\n', '')],
  },
  {
    name: 'snapshot-beyond-applied',
    what: 'A snapshot is said to reach to the end of the log, not to what was applied (§7).',
    edits: [
      raft(
        'snapshot.ts',
        '  const { lastApplied, log, options } = state\n',
        '  const { log, options } = state\n  const lastApplied = lastIndex(log)\n',
      ),
    ],
  },
]
