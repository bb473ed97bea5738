/** Snapshots: one test per claim of the paper, titled as the claim, with its section. */
import { expect, test } from 'vitest'
import { raft } from '../../../protocols/raft/index.ts'
import { lastIndex } from '../../../protocols/raft/log.ts'
import type { RaftMessage } from '../../../protocols/raft/messages.ts'
import { append, diskOf, get, ledByN1, node, put, type RaftStage, raftStage } from './plays.ts'

const options = { snapshotEvery: 5, keepEntries: 0, snapshotChunk: 40 }
const NOBODY = { sessions: {}, service: {} }

/** n2 is sent a snapshot whole. */
function installed(stage: RaftStage, lastIncludedIndex: number, lastIncludedTerm: number): void {
  const data = JSON.stringify(NOBODY)
  const lastConfig = { index: 0, voters: stage.nodes, learners: [] }
  const message = {
    kind: 'InstallSnapshot',
    term: 9,
    leaderId: node('n1'),
    lastIncludedIndex,
    lastIncludedTerm,
    lastConfig,
    offset: 0,
    data,
    done: true,
  }
  stage.inject('n2', 'n1', message as RaftMessage)
}

test('T11: entries behind a snapshot stay when the log has its last entry, else all are gone (§7, Fig. 13)', () => {
  const stage = raftStage(raft, 3, { disks: { n2: diskOf(1, 1, 2, 2) } })
  installed(stage, 3, 2)
  expect(stage.state('n2')).toMatchObject({ commitIndex: 3, lastApplied: 3, log: { baseIndex: 3, baseTerm: 2 } })
  expect(lastIndex(stage.state('n2').log)).toBe(4)
  installed(stage, 9, 5)
  expect(stage.state('n2')).toMatchObject({ commitIndex: 9, lastApplied: 9, log: { baseIndex: 9, baseTerm: 5 } })
  expect(lastIndex(stage.state('n2').log)).toBe(9)
  stage.dropAll()
  stage.inject('n2', 'n1', {
    ...{ kind: 'AppendEntries', term: 9, leaderId: node('n1'), prevLogIndex: 9, prevLogTerm: 5, leaderCommit: 9, readCtx: 0 },
    entries: [{ term: 9, kind: 'noop' }],
  })
  expect(stage.deliver({ from: 'n2' }).message).toMatchObject({ success: true, matchIndex: 10 })
})

test('a late snapshot moves nothing back, and is acknowledged (§7)', () => {
  const stage = raftStage(raft, 3, { disks: { n2: diskOf(1, 1, 2, 2) } })
  installed(stage, 9, 5)
  const before = stage.state('n2')
  installed(stage, 3, 2)
  expect(stage.state('n2')).toEqual(before)
  expect(stage.inFlight.at(-1)?.message).toMatchObject({ kind: 'InstallSnapshotReply', lastIncludedIndex: 3, done: true })
})

/** n1 has discarded what n3 lacks; one session has appended a, b, c, ... to x. */
function behind(): { stage: RaftStage; session: number } {
  const { stage, session } = ledByN1(raft, { options })
  for (const [i, value] of ['a', 'b', 'c', 'd', 'e', 'f', 'g'].entries()) {
    stage.request('n1', append(session, i + 1, value))
    stage.dropAll({ to: 'n3' })
    stage.settle()
  }
  return { stage, session }
}

test('a follower that lacks what was discarded is sent the snapshot in chunks, and the log goes on behind it (§7)', () => {
  const { stage, session } = behind()
  expect(stage.state('n1').log.baseIndex).toBeGreaterThan(3)
  const chunks: number[] = []
  stage.onEffect = (_, effect) => effect.kind === 'send' && effect.message.kind === 'InstallSnapshot' && chunks.push(effect.message.offset)
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(chunks).toEqual(chunks.map((_, i) => 40 * i))
  expect(chunks.length).toBeGreaterThan(2)
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.state('n3').lastApplied).toBe(stage.state('n1').lastApplied)
  expect(stage.state('n3').sessions.get(session)?.results.at(-1)).toEqual(stage.state('n1').sessions.get(session)?.results.at(-1))
  expect(stage.observer.violations).toEqual([])
})

test('lost chunks are sent again, and a follower that crashed meanwhile begins anew (§7)', () => {
  const { stage } = behind()
  stage.timer('n1', 'heartbeat')
  stage.deliver({ from: 'n1', to: 'n3', kind: 'InstallSnapshot' })
  stage.deliver({ from: 'n3', to: 'n1' })
  expect(stage.state('n1').progress[node('n3')]).toMatchObject({ mode: 'snapshot', offset: 40 })
  stage.crash('n3')
  stage.start('n3')
  stage.timer('n1', 'heartbeat') // the second chunk again, which n3 cannot use
  stage.settle()
  expect(stage.state('n3').lastApplied).toBe(stage.state('n1').lastApplied)
})

test('a server comes back from its snapshot and what its log has behind it; a command that it executed before is not executed again (§7)', () => {
  const { stage, session } = behind()
  const { lastIncludedIndex } = stage.state('n1').snapshot as { lastIncludedIndex: number }
  for (const name of ['n1', 'n2']) {
    stage.crash(name)
    stage.start(name)
  }
  expect(stage.state('n1')).toMatchObject({ commitIndex: lastIncludedIndex, lastApplied: lastIncludedIndex })
  stage.timer('n1', 'election')
  stage.settle()
  const again = stage.request('n1', append(session, 7, 'g'))
  stage.settle()
  expect(stage.replies.get(again)).toMatchObject({ kind: 'ok' })
  const read = stage.request('n1', get('x'))
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: 'abcdefg' })
  expect(stage.observer.violations).toEqual([])
})

test('the log begins where a snapshot ends, or as many entries before it as are to be kept', () => {
  const { stage, session } = ledByN1(raft, { options: { ...options, keepEntries: 2 } })
  for (let seq = 1; seq <= 6; seq++) {
    stage.request('n1', put(session, seq, 'x', 'y'))
    stage.settle()
  }
  const { snapshot, log } = stage.state('n1')
  expect(snapshot?.lastIncludedIndex).toBe(5)
  expect(log.baseIndex).toBe(3)
  expect((raft.encode(stage.state('n1')) as { log: object }).log).not.toHaveProperty('3')
})
