/** One test per claim of the paper (extended version) and of the dissertation, titled as the claim, with its section. */
import { expect, test } from 'vitest'
import { raft } from '../../../protocols/raft/index.ts'
import type { RaftMessage } from '../../../protocols/raft/messages.ts'
import { kv } from '../../../protocols/services/kv.ts'
import {
  append,
  diskOf,
  figure8c,
  figure8d,
  get,
  ledByN1,
  node,
  put,
  type RaftStage,
  raftStage,
  staleLeaderRead,
  stand,
  termsOf,
} from './plays.ts'

const heartbeat = { kind: 'AppendEntries' as const, leaderId: node('n1'), entries: [], readCtx: 0 }

test('a server that hears a higher term becomes a follower of it, without a vote (§5.1)', () => {
  const stage = raftStage(raft, 3)
  stage.timer('n1', 'election')
  stage.inject('n1', 'n2', { kind: 'RequestVoteReply', term: 5, voteGranted: false })
  expect(stage.state('n1')).toMatchObject({ role: 'follower', currentTerm: 5, votedFor: undefined })
})

test('a request with a stale term is refused with the current one (§5.1)', () => {
  const stage = raftStage(raft, 3, { disks: { n2: diskOf(1, 3) } })
  stage.inject('n2', 'n1', { ...heartbeat, term: 2, prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0 })
  stage.inject('n2', 'n3', { kind: 'RequestVote', term: 2, candidateId: node('n3'), lastLogIndex: 9, lastLogTerm: 2 })
  expect(stage.inFlight.map(({ message }) => message)).toMatchObject([
    { kind: 'AppendEntriesReply', term: 3, success: false },
    { kind: 'RequestVoteReply', term: 3, voteGranted: false },
  ])
  expect(stage.state('n2').leaderId).toBeUndefined()
})

test('a server votes for at most one candidate in a term, first come first served (§5.2)', () => {
  const stage = raftStage(raft, 3)
  const ask = (candidate: string) =>
    ({ kind: 'RequestVote', term: 1, candidateId: node(candidate), lastLogIndex: 0, lastLogTerm: 0 }) as const
  stage.inject('n3', 'n1', ask('n1'))
  stage.inject('n3', 'n2', ask('n2'))
  stage.inject('n3', 'n1', ask('n1'))
  expect(stage.inFlight.map(({ to, message }) => [to, 'voteGranted' in message && message.voteGranted])).toEqual([
    ['n1', true],
    ['n2', false],
    ['n1', true],
  ])
})

test('a vote outlives a crash (§5.2, Fig. 2 "Persistent state")', () => {
  const stage = raftStage(raft, 3)
  stage.inject('n3', 'n1', { kind: 'RequestVote', term: 1, candidateId: node('n1'), lastLogIndex: 0, lastLogTerm: 0 })
  stage.crash('n3')
  stage.start('n3')
  stage.inject('n3', 'n2', { kind: 'RequestVote', term: 1, candidateId: node('n2'), lastLogIndex: 0, lastLogTerm: 0 })
  expect(stage.inFlight.at(-1)?.message).toMatchObject({ term: 1, voteGranted: false })
})

test('a candidate of the same term that becomes a follower keeps its vote (§5.2)', () => {
  const stage = raftStage(raft, 3)
  stage.timer('n1', 'election')
  stage.inject('n1', 'n2', { ...heartbeat, leaderId: node('n2'), term: 1, prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0 })
  expect(stage.state('n1')).toMatchObject({ role: 'follower', leaderId: 'n2', votedFor: 'n1' })
})

test('votes of an older term, and repeated ones, do not count (§5.2)', () => {
  const stage = raftStage(raft, 5)
  stage.timer('n1', 'election')
  stage.timer('n1', 'election')
  for (const from of ['n2', 'n3', 'n4']) stage.inject('n1', from, { kind: 'RequestVoteReply', term: 1, voteGranted: true })
  for (let i = 0; i < 3; i++) stage.inject('n1', 'n2', { kind: 'RequestVoteReply', term: 2, voteGranted: true })
  expect(stage.state('n1')).toMatchObject({ role: 'candidate', votes: ['n1', 'n2'] })
})

test('only a vote that is given, or a leader that is heard, puts off an election (§5.2)', () => {
  const stage = raftStage(raft, 3, { disks: { n2: diskOf(1, 1) } })
  const sets: string[] = []
  stage.onEffect = (at, effect) => effect.kind === 'setTimer' && sets.push(`${at} ${effect.name}`)
  stage.inject('n2', 'n1', { kind: 'RequestVote', term: 2, candidateId: node('n1'), lastLogIndex: 1, lastLogTerm: 1 })
  expect(sets).toEqual([])
  stage.inject('n2', 'n3', { kind: 'RequestVote', term: 2, candidateId: node('n3'), lastLogIndex: 2, lastLogTerm: 1 })
  expect(sets).toEqual(['n2 election'])
  stage.inject('n2', 'n1', { ...heartbeat, term: 1, prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0 })
  expect(sets).toHaveLength(1)
  stage.inject('n2', 'n3', { ...heartbeat, leaderId: node('n3'), term: 2, prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 0 })
  expect(sets).toHaveLength(2)
})

test('Figure 7: who may vote for whom (§5.4.1)', () => {
  const logs: { [name: string]: number[] } = {
    leader: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
    a: [1, 1, 1, 4, 4, 5, 5, 6, 6],
    b: [1, 1, 1, 4],
    c: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    d: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    e: [1, 1, 1, 4, 4, 4, 4],
    f: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
  }
  const names = Object.keys(logs)
  const disks = Object.fromEntries(names.map((name, i) => [`n${i + 1}`, diskOf(...(logs[name] as number[]))]))
  const votes = Object.fromEntries(
    names.map((name, i) => {
      const stage = raftStage(raft, 7, { disks })
      const candidate = `n${i + 1}`
      while (stage.state(candidate).currentTerm < 8) stage.timer(candidate, 'election') // a term that nobody knows yet
      const granted = names.filter((_, j) => {
        if (j === i) return true
        stage.dropAll({ from: `n${j + 1}` })
        const asked = stage.inFlight.findLast(({ to }) => to === `n${j + 1}`)
        if (!asked) throw new Error('nobody asked')
        stage.inject(asked.to, asked.from, asked.message)
        const answer = stage.drop({ from: `n${j + 1}` }).message
        return answer.kind === 'RequestVoteReply' && answer.voteGranted
      })
      return [name, granted.join('')]
    }),
  )
  expect(votes).toEqual({
    leader: 'leaderabef',
    a: 'abef',
    b: 'bf',
    c: 'leaderabcef',
    d: 'leaderabcdef',
    e: 'bef',
    f: 'f',
  })
})

test('Figure 7: every follower is brought to the leader’s log in as few refusals as terms differ (§5.3)', () => {
  const stage = raftStage(raft, 7, {
    disks: {
      n1: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6),
      n2: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6),
      n3: diskOf(1, 1, 1, 4),
      n4: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6),
      n5: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7),
      n6: diskOf(1, 1, 1, 4, 4, 4, 4),
      n7: diskOf(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3),
    },
  })
  const refusals: { [follower: string]: unknown[] } = {}
  stage.onEffect = (at, effect) => {
    if (effect.kind !== 'send' || effect.message.kind !== 'AppendEntriesReply' || effect.message.success) return
    const { prevLogIndex, conflictTerm, conflictIndex } = effect.message
    refusals[at] = [...(refusals[at] ?? []), [prevLogIndex, conflictTerm, conflictIndex]]
  }
  stand(stage, 'n1', [])
  stand(stage, 'n1', ['n2', 'n3', 'n6', 'n7'])
  stage.settle()
  expect(refusals).toEqual({
    n2: [[10, undefined, 10]],
    n3: [[10, undefined, 5]],
    n6: [
      [10, undefined, 8],
      [7, 4, 4],
    ],
    n7: [
      [10, 3, 7],
      [6, 2, 4],
    ],
  })
  for (const follower of stage.nodes) expect(termsOf(stage, follower)).toEqual([1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8])
  expect(stage.observer.violations).toEqual([])
})

test('Figure 8 (c): an entry of an older term is not committed by counting replicas (§5.4.2)', () => {
  const stage = figure8c(raft)
  expect(['n1', 'n2', 'n3'].map((name) => termsOf(stage, name)[1])).toEqual([2, 2, 2])
  expect(stage.state('n1')).toMatchObject({ role: 'leader', currentTerm: 4 })
  expect(stage.nodes.filter((name) => stage.isUp(name)).map((name) => stage.state(name).commitIndex)).not.toContain(2)
})

test('Figure 8 (d): it can still be overwritten (§5.4.2)', () => {
  const stage = figure8d(raft)
  for (const name of ['n2', 'n3', 'n4', 'n5']) expect(termsOf(stage, name)).toEqual([1, 3, 5])
  expect(stage.observer.violations).toEqual([])
})

test('Figure 8 (e): it is committed with an entry of the current term, and then whoever lacks it cannot win (§5.4.2)', () => {
  const stage = figure8c(raft)
  stage.timer('n1', 'heartbeat')
  stage.settle(['n1', 'n2', 'n3'])
  expect(stage.state('n1').commitIndex).toBe(3)
  stage.dropAll()
  stage.crash('n1')
  stage.start('n5')
  stand(stage, 'n5', [])
  stand(stage, 'n5', ['n2', 'n3', 'n4'])
  expect(stage.state('n5')).toMatchObject({ role: 'candidate', currentTerm: 5, votes: ['n5', 'n4'] })
  expect(stage.observer.violations).toEqual([])
})

test('a late, shorter AppendEntries erases nothing, and its reply takes nothing back (§5.3, Fig. 2)', () => {
  const { stage, session } = ledByN1(raft)
  for (let seq = 1; seq <= 3; seq++) stage.request('n1', put(session, seq, 'x', String(seq)))
  stage.settle()
  const before = stage.state('n1').progress[node('n2')]
  expect(before?.matchIndex).toBe(5)
  const entry = stage.state('n2').log.entries.get(1)
  if (!entry) throw new Error('no entry 2')
  stage.inject('n2', 'n1', { ...heartbeat, term: 1, prevLogIndex: 1, prevLogTerm: 1, entries: [entry], leaderCommit: 1 })
  expect(stage.state('n2').log.entries.size).toBe(5)
  expect(stage.deliver({ from: 'n2', to: 'n1' }).message).toMatchObject({ success: true, matchIndex: 2 })
  expect(stage.state('n1').progress[node('n2')]).toEqual(before)
})

test('a follower commits no further than the last entry proved to match (Fig. 2 "AppendEntries RPC" 5)', () => {
  const stage = raftStage(raft, 3, { disks: { n2: diskOf(1, 1, 1, 2, 2) } })
  stage.inject('n2', 'n1', { ...heartbeat, term: 3, prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 5 })
  expect(stage.state('n2').commitIndex).toBe(3)
})

test('a leader takes replies of an older term for nothing (§5.1)', () => {
  const { stage } = ledByN1(raft)
  stage.inject('n1', 'n2', { kind: 'RequestVoteReply', term: 2, voteGranted: false })
  stand(stage, 'n1', ['n3']) // term 3
  stage.dropAll()
  const before = stage.state('n1').progress
  stage.inject('n1', 'n2', { kind: 'AppendEntriesReply', term: 1, success: true, prevLogIndex: 1, matchIndex: 3, readCtx: 9 })
  expect(stage.state('n1').progress).toBe(before)
  expect(stage.state('n1').commitIndex).toBe(2)
})

test('a leader that is cut off cannot answer a read, and redirects it when it hears of the new term (§8; dissertation §6.4)', () => {
  const { stage, read } = staleLeaderRead(raft)
  for (let i = 0; i < 5; i++) {
    stage.timer('n1', 'heartbeat')
    stage.dropAll()
  }
  expect(stage.replies.has(read)).toBe(false)
  stage.timer('n2', 'heartbeat')
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'redirect' })
})

test('acknowledgements of messages sent before a read arrived do not answer it (dissertation §6.4)', () => {
  const { stage } = ledByN1(raft)
  stage.timer('n1', 'heartbeat')
  const read = stage.request('n1', get('x'))
  const [old] = stage.inFlight
  stage.deliver({ from: 'n1', to: 'n2' })
  stage.deliver({ from: 'n2', to: 'n1' })
  expect(old?.message).toMatchObject({ readCtx: 0 })
  expect(stage.replies.has(read)).toBe(false)
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: null })
})

test('the refusal of a message of an earlier term of office proves nothing for a round of this one (dissertation §6.4)', () => {
  const { stage } = ledByN1(raft)
  for (let i = 0; i < 3; i++) {
    stage.request('n1', get('x'))
    stage.settle()
  }
  stage.request('n1', get('x'))
  const late = stage.drop({ from: 'n1', to: 'n2' }).message // of term 1, round 4
  expect(late).toMatchObject({ term: 1, readCtx: 4 })
  stage.dropAll()
  stage.crash('n1')
  stage.start('n1')
  stand(stage, 'n1', ['n2', 'n3'])
  stage.settle()
  stage.inject('n2', 'n1', late)
  stage.settle()
  const read = stage.request('n1', get('x'))
  stage.dropAll()
  expect(stage.replies.has(read)).toBe(false)
})

test('one round answers all reads that came before it (dissertation §6.4)', () => {
  const { stage } = ledByN1(raft)
  const first = stage.request('n1', get('x'))
  const reads = Array.from({ length: 10 }, () => stage.request('n1', get('x')))
  expect(stage.inFlight).toHaveLength(2)
  stage.settle()
  expect([first, ...reads].every((read) => stage.replies.has(read))).toBe(true)
  expect(stage.state('n1').reads.round).toBe(2)
})

test('a new leader answers no read until an entry of its own term is committed (§8)', () => {
  const { stage, session } = ledByN1(raft)
  const write = stage.request('n1', put(session, 1, 'x', 'new'))
  stage.deliver({ from: 'n1', to: 'n2' })
  stage.deliver({ from: 'n2', to: 'n1' })
  expect(stage.replies.get(write)).toEqual({ kind: 'ok', result: null })
  stage.crash('n1') // n2 has the entry and does not know that it is committed
  stand(stage, 'n2', ['n3'])
  expect(stage.state('n2').commitIndex).toBeLessThan(3)
  const read = stage.request('n2', get('x'))
  // n3 lacks the entry: the first round trip only finds that out, and acknowledges the leader all the same.
  stage.deliver({ from: 'n2', to: 'n3' })
  stage.deliver({ from: 'n3', to: 'n2' })
  expect(stage.replies.has(read)).toBe(false)
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: 'new' })
})

test('a command repeated at another leader takes effect once, with the first answer (§8; dissertation §6.3)', () => {
  const { stage, session } = ledByN1(raft)
  const command = append(session, 1, 'a')
  stage.request('n1', command)
  stage.deliver({ from: 'n1', to: 'n2' })
  stage.crash('n1') // before it answers
  stand(stage, 'n2', ['n3'])
  const again = stage.request('n2', command)
  stage.settle()
  expect(stage.replies.get(again)).toEqual({ kind: 'ok', result: null })
  const read = stage.request('n2', get('x'))
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: 'a' })
})

test('a session forgets what its client has seen, and refuses what it has forgotten (dissertation §6.3)', () => {
  const { stage, session } = ledByN1(raft)
  const ask = (seq: number, firstUnacked: number, value: string) => {
    const request = stage.request('n1', { kind: 'command', session, seq, firstUnacked, op: { op: 'append', key: 'x', value } })
    stage.settle()
    return stage.replies.get(request)
  }
  expect(ask(2, 1, 'b')).toMatchObject({ kind: 'ok' })
  expect(ask(1, 1, 'a')).toMatchObject({ kind: 'ok' }) // commands of one client may arrive in any order
  expect(
    stage
      .state('n1')
      .sessions.get(session)
      ?.results.map(({ seq }) => seq),
  ).toEqual([1, 2])
  expect(ask(3, 3, 'c')).toMatchObject({ kind: 'ok' })
  expect(
    stage
      .state('n1')
      .sessions.get(session)
      ?.results.map(({ seq }) => seq),
  ).toEqual([3])
  expect(ask(1, 1, 'a')).toMatchObject({ kind: 'refused', code: 'already-acknowledged' })
  const read = stage.request('n1', get('x'))
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: 'bac' })
})

test('beyond its bound the session unused for longest expires, on every server the same (dissertation §6.3)', () => {
  const stage = raftStage(raft, 3, { options: { maxSessions: 2 } })
  stage.timer('n1', 'election')
  stage.settle()
  const ask = (request: Parameters<typeof stage.request>[1]) => {
    const id = stage.request('n1', request)
    stage.settle()
    return stage.replies.get(id)
  }
  expect(ask({ kind: 'register' })).toMatchObject({ session: 2 })
  expect(ask({ kind: 'register' })).toMatchObject({ session: 3 })
  expect(ask(append(2, 1, 'a'))).toMatchObject({ kind: 'ok' })
  expect(ask({ kind: 'register' })).toMatchObject({ session: 5 }) // 3 was unused for longest
  expect(ask(append(3, 1, 'b'))).toMatchObject({ kind: 'refused', code: 'unknown-session' })
  expect(ask(append(2, 2, 'c'))).toMatchObject({ kind: 'ok' })
  stage.timer('n1', 'heartbeat')
  stage.settle()
  for (const name of stage.nodes) expect([...stage.state(name).sessions.keys()].sort()).toEqual([2, 5])
})

test('a follower that lost its disk is brought up again by the same leader', () => {
  const { stage, session } = ledByN1(raft)
  for (let seq = 1; seq <= 5; seq++) stage.request('n1', put(session, seq, 'x', String(seq)))
  stage.settle()
  stage.crash('n3')
  stage.wipe('n3')
  stage.start('n3')
  expect(stage.state('n3').log.entries.size).toBe(0)
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(termsOf(stage, 'n3')).toEqual(termsOf(stage, 'n1'))
  expect(stage.state('n3').lastApplied).toBe(stage.state('n1').lastApplied)
})

/** How many entries each message on its way to n2 carries. */
const entriesToN2 = (stage: RaftStage) =>
  stage.inFlight.filter(({ to }) => to === 'n2').map(({ message }) => ('entries' in message ? message.entries.length : 0))

test('what arrives while a message is under way goes together in the next, full ones sooner (dissertation §10.2.2)', () => {
  const ask = ({ stage, session }: ReturnType<typeof ledByN1>) => {
    for (let seq = 1; seq <= 20; seq++) stage.request('n1', put(session, seq, 'x', String(seq)))
  }
  const roomy = ledByN1(raft)
  ask(roomy)
  expect(entriesToN2(roomy.stage)).toEqual([1])
  roomy.stage.deliver({ from: 'n1', to: 'n2' })
  roomy.stage.deliver({ from: 'n2', to: 'n1' })
  expect(entriesToN2(roomy.stage)).toEqual([19])
  roomy.stage.settle()
  expect(roomy.stage.replies.size).toBe(21)

  const narrow = ledByN1(raft, { options: { maxEntries: 4, maxInflight: 4 } })
  ask(narrow)
  expect(entriesToN2(narrow.stage)).toEqual([1, 4, 4, 4])
  narrow.stage.deliver({ from: 'n1', to: 'n2' })
  narrow.stage.deliver({ from: 'n2', to: 'n1' })
  expect(entriesToN2(narrow.stage)).toEqual([4, 4, 4, 4])
  narrow.stage.settle()
  expect(narrow.stage.replies.size).toBe(21)
})

test('in batches, all that arrived together leaves together, and waits for an answer only when the pipeline is full (dissertation §10.2.2)', () => {
  const { stage, session } = ledByN1(raft, { options: { batch: true, maxInflight: 2 } })
  const toN2 = () => entriesToN2(stage)
  let seq = 0
  const ask = (count: number) => {
    for (let i = 0; i < count; i++) stage.request('n1', put(session, ++seq, 'x', String(seq)))
  }
  ask(3)
  expect(toN2()).toEqual([])
  stage.timer('n1', 'batch')
  expect(toN2()).toEqual([3])
  ask(2)
  stage.timer('n1', 'batch')
  expect(toN2()).toEqual([3, 2])
  ask(4)
  stage.timer('n1', 'batch')
  expect(toN2()).toEqual([3, 2])
  stage.deliver({ from: 'n1', to: 'n2' })
  stage.deliver({ from: 'n2', to: 'n1' })
  expect(toN2()).toEqual([2, 4])
  stage.settle()
  expect(stage.replies.size).toBe(10)
  expect([...stage.replies.values()].filter(({ kind }) => kind === 'ok')).toHaveLength(9)
})

test('the first of a batch alone sets the timer for it, for every follower that could have it now', () => {
  const { stage, session } = ledByN1(raft, { options: { batch: true, maxInflight: 1 } })
  const machine = raft.machine(kv)
  let seq = 0
  const timers = (state = stage.state('n1')) => {
    const input = { kind: 'request', id: 99, request: put(session, ++seq, 'x', '1'), nowMs: 0, coin: 0 } as const
    const step = machine.step(state, input)
    return { after: step.state, set: step.effects.filter(({ kind }) => kind === 'setTimer') }
  }
  const first = timers()
  expect(first.set).toEqual([{ kind: 'setTimer', name: 'batch', msMin: 0, msMax: 0 }])
  expect(timers(first.after).set).toEqual([])
  const sent = machine.step(first.after, { kind: 'timer', name: 'batch', nowMs: 0, coin: 0 })
  expect(sent.effects.filter(({ kind }) => kind === 'send')).toHaveLength(2)
  expect(timers(sent.state).set, 'the next batch').toHaveLength(1)
})

test('a new leader sends its first entry in a batch, too, though it does not know yet where the logs agree', () => {
  const stage = raftStage(raft, 3, { options: { batch: true } })
  stage.timer('n1', 'election')
  stage.deliver({ from: 'n1', to: 'n2' })
  const [vote] = stage.inFlight.filter(({ to }) => to === 'n1')
  const input = { kind: 'message', from: node('n2'), message: vote?.message as RaftMessage, nowMs: 0, coin: 0 } as const
  const { state, effects } = raft.machine(kv).step(stage.state('n1'), input)
  expect(state.role).toBe('leader')
  expect(effects).toContainEqual({ kind: 'setTimer', name: 'batch', msMin: 0, msMax: 0 })
})
