/** Deliberately broken copies of Raft: each must be caught, and by the check that is there for it. */
import { expect, test } from 'vitest'
import { kv } from '../../../protocols/services/kv.ts'
import { type Edit, loadMutant } from '../../support/mutant.ts'
import { swarm } from '../../support/swarm.ts'
import { diskOf, figure8c, figure8d, node, type RaftDefinition, type RaftStage, raftStage, staleLeaderRead, stand } from './plays.ts'

const broken = async (...edits: Edit[]): Promise<RaftDefinition> => (await loadMutant('raft', edits)) as RaftDefinition

/** What the swarm finds first, within so many seeds. */
function firstFinding(raft: RaftDefinition, seeds: number): string {
  for (let seed = 1; seed <= seeds; seed++) {
    const { failure } = swarm(raft, kv, seed)
    if (failure) return failure.name
  }
  return `nothing in ${seeds} seeds`
}

const rows: { what: string; edit: Edit; caughtBy: string; seeds: number }[] = [
  {
    what: 'two votes in one term',
    edit: { file: 'election.ts', find: '(state.votedFor === undefined || state.votedFor === m.candidateId) &&', replace: '' },
    caughtBy: 'Election Safety',
    seeds: 100,
  },
  {
    what: 'a leader that rewrites its own log',
    edit: {
      file: 'replication.ts',
      find: '  state.log = appended(state.log, entry)',
      replace: '  state.log = index % 20 === 0 ? replaceFrom(state.log, index - 1, [entry]) : appended(state.log, entry)',
    },
    caughtBy: 'Leader Append-Only',
    seeds: 20,
  },
  {
    what: 'entries taken without looking at what stands before them',
    edit: { file: 'replication.ts', find: 'if (term !== m.prevLogTerm) return', replace: 'if (term === undefined) return' },
    caughtBy: 'Log Matching',
    seeds: 100,
  },
  {
    what: 'a vote for any log',
    edit: { file: 'election.ts', find: 'isUpToDate(state.log, m.lastLogTerm, m.lastLogIndex)', replace: 'true' },
    caughtBy: 'Leader Completeness',
    seeds: 100,
  },
  {
    what: 'a commit bounded by the end of the log instead of what matched',
    edit: {
      file: 'replication.ts',
      find: 'Math.min(m.leaderCommit, matchIndex)',
      replace: 'Math.min(m.leaderCommit, lastIndex(state.log))',
    },
    caughtBy: 'State Machine Safety',
    seeds: 100,
  },
  {
    what: 'reads without a round of heartbeats',
    edit: { file: 'reads.ts', find: ' || !isAcknowledged(state, askedIn)) return', replace: ') return' },
    caughtBy: 'Leader Lease',
    seeds: 100,
  },
  {
    what: 'a repeated command executed again',
    edit: { file: 'sessions.ts', find: 'if (before !== undefined) {', replace: 'if (before !== undefined && index < 0) {' },
    caughtBy: 'Linearizability',
    seeds: 20,
  },
]

for (const { what, edit, caughtBy, seeds } of rows) {
  test(`${what}: ${caughtBy}`, async () => {
    expect(firstFinding(await broken(edit), seeds)).toBe(caughtBy)
  })
}

test('a vote that is not written to the disk: Election Safety, by a voter that crashes', async () => {
  const raft = await broken({ file: 'storage.ts', find: 'record.vote = state.votedFor ?? null', replace: 'record.vote = null' })
  const stage = raftStage(raft, 3)
  stand(stage, 'n1', ['n3'])
  stage.crash('n3')
  stage.start('n3')
  stand(stage, 'n2', ['n3'])
  expect(stage.observer.violations.map(({ invariant }) => invariant)).toEqual(['Election Safety'])
})

test('an old entry committed by counting replicas: an election early, then Leader Completeness and State Machine Safety, by Figure 8', async () => {
  const raft = await broken({ file: 'commit.ts', find: ' || termAt(state.log, agreed) !== state.currentTerm) return', replace: ') return' })
  const found = (stage: RaftStage) => [...new Set(stage.observer.violations.map(({ invariant }) => invariant))]
  expect(found(figure8c(raft))).toEqual(['Election Restriction'])
  expect(found(figure8d(raft))).toEqual(['Election Restriction', 'Leader Completeness', 'State Machine Safety'])
})

test('a read without a round of heartbeats: a leader that was cut off answers with the old value', async () => {
  const raft = await broken({ file: 'reads.ts', find: ' || !isAcknowledged(state, askedIn)) return', replace: ') return' })
  const { stage, read } = staleLeaderRead(raft)
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: '1' })
})

test('a log cut on every AppendEntries: a late, shorter one erases what was acknowledged', async () => {
  const raft = await broken({
    file: 'replication.ts',
    find: '  if (i === entries.length) return\n',
    replace: '  if (i === entries.length) return void (state.log = replaceFrom(state.log, prevLogIndex + 1 + i, []))\n',
  })
  const stage = raftStage(raft, 3, { disks: { n2: diskOf(1, 1, 1, 1, 1) } })
  stage.inject('n2', 'n1', {
    kind: 'AppendEntries',
    term: 1,
    leaderId: node('n1'),
    prevLogIndex: 1,
    prevLogTerm: 1,
    entries: [{ term: 1, kind: 'noop' }],
    leaderCommit: 0,
    readCtx: 0,
  })
  expect(stage.state('n2').log.entries.size).toBe(2)
})

test('acknowledgements of the round before taken for those of this one: a leader that was cut off answers with the old value', async () => {
  const find = '(state.progress[node]?.readCtx ?? -1) >= round'
  const raft = await broken({ file: 'rounds.ts', find, replace: `${find} - 1` })
  const { stage, read } = staleLeaderRead(raft)
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: '1' })
  expect(stage.observer.violations.map(({ invariant }) => invariant)).toContain('Fresh Reads')
})
