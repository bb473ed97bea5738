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
    what: 'Only the leader that answered a client remembers what: the next one, be it the same server, executes a repeated command again (§8).',
    edits: [
      raft(
        'sessions.ts',
        'const results = withResult(kept, { seq: entry.seq, result })',
        "const answers = state.role === 'leader' && entry.term === state.currentTerm\n  const results = answers ? withResult(kept, { seq: entry.seq, result }) : kept",
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
    edits: [raft('configuration.ts', '[majority(voters.length) - 1] as number', '[Math.max(0, majority(voters.length) - 2)] as number')],
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
    name: 'read-index-not-confirmed',
    what: 'A leader tells a follower its commit index without asking whether it still leads (dissertation §6.4, steps 2 and 3).',
    edits: [raft('reads.ts', '  take(turn, { from, life, number })', '  answer(turn, { from, life, number })')],
  },
  {
    name: 'read-index-not-awaited',
    what: 'A follower answers as soon as the leader has told it the read index, whether or not it has applied so much (dissertation §6.4, step 4).',
    edits: [raft('followerReads.ts', 'index <= state.lastApplied', 'index >= 0')],
  },
  {
    name: 'read-index-of-an-earlier-question',
    what: 'A follower takes the answer to a question of before a read for one of after it.',
    edits: [raft('followerReads.ts', ' || m.number !== number) return', ') return')],
  },
  {
    name: 'lease-from-acknowledgement',
    what: 'A lease is counted from when the acknowledgements came, not from when they were asked for (dissertation §6.4.1).',
    edits: [raft('lease.ts', 'const untilMs = sentMs + leaseMs(state)', 'const untilMs = nowMs + leaseMs(state)')],
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
  {
    name: 'commit-below-snapshot',
    what: 'Who installs a snapshot or comes back from one knows of no committed entry (§7).',
    edits: [raft('snapshot.ts', '    commitIndex: lastIncludedIndex,\n', '    commitIndex: 0,\n')],
  },
  {
    name: 'snapshot-without-config',
    what: 'A snapshot keeps an older configuration than the one that counted at its last entry (§7, dissertation §5.1).',
    edits: [
      raft(
        'snapshot.ts',
        'state.configurations.findLast(({ index }) => index <= lastApplied) as Configuration',
        'state.configurations[0] as Configuration',
      ),
    ],
  },
  {
    name: 'config-at-commit',
    what: 'A configuration counts only when it is committed: two leaders may decide by majorities that do not overlap (§6).',
    edits: [
      raft(
        'configuration.ts',
        "if (entry.kind !== 'config') continue",
        "if (entry.kind !== 'config' || from + i > state.commitIndex) continue",
      ),
      raft('commit.ts', "    case 'config':\n", "    case 'config':\n      followLog(turn, index, [entry])\n"),
      raft('commit.ts', 'import { heldByQuorum,', 'import { followLog, heldByQuorum,'),
    ],
  },
  {
    name: 'config-not-rolled-back',
    what: 'A configuration that was deleted from the log goes on counting (dissertation §4.1).',
    edits: [raft('configuration.ts', 'if (latest(state).index >= from) {', 'if (from < 0) {')],
  },
  {
    name: 'change-upon-change',
    what: 'A leader begins a change while the one before is not committed (dissertation §4.1).',
    edits: [
      raft(
        'membership.ts',
        "  if (latest(state).old !== undefined || latest(state).index > state.commitIndex) return 'the last change is not committed yet'\n",
        '',
      ),
    ],
  },
  {
    name: 'removed-leader-counts',
    what: 'A leader that removes itself counts its own log for one of the others (dissertation §4.2.2).',
    edits: [
      raft(
        'commit.ts',
        '  return heldByQuorum(state, (node) => (node === state.id ? own :',
        '  let spare = isVoter(latest(state), state.id) ? 0 : 1\n  return heldByQuorum(state, (node) => (node === state.id || spare-- > 0 ? own :',
      ),
      raft('commit.ts', 'import { heldByQuorum,', 'import { heldByQuorum, isVoter, latest,'),
    ],
  },
  {
    name: 'joint-as-one',
    what: 'Of a joint configuration one majority of all together decides, not one of each side (§6).',
    edits: [
      raft(
        'configuration.ts',
        'return isHeldBy(voters, has) && (old === undefined || isHeldBy(old, has))',
        'return isHeldBy([...new Set([...voters, ...(old ?? [])])], has)',
      ),
      raft(
        'configuration.ts',
        'return old === undefined ? byNew : Math.min(byNew, heldByMajority(old, held))',
        'return old === undefined ? byNew : heldByMajority([...new Set([...voters, ...old])], held)',
      ),
    ],
  },
  {
    name: 'joint-left-early',
    what: 'The new configuration takes over before the joint one is committed (§6).',
    edits: [raft('membership.ts', 'if (now.index <= state.commitIndex && now.old !== undefined)', 'if (now.old !== undefined)')],
  },
]
