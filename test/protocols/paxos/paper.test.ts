/** One test per claim of "Paxos Made Simple" (PMS), titled as the claim, with its section. */
import { expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { paxos } from '../../../protocols/paxos/index.ts'
import { accepted, apart, asked, collect, paxosStage, propose, vote } from './plays.ts'

const ballot = (n: number, by: string) => ({ n, by: nodeId(by) })

test('two phases choose the only value that is proposed, and the client hears of it (§2.2)', () => {
  const stage = paxosStage(paxos, 3)
  const request = propose(stage, 'n1', 'X')
  stage.settle()
  expect(stage.replies.get(request)).toEqual({ kind: 'ok', result: 'X' })
  for (const node of stage.nodes) expect(stage.state(node).chosen).toBe('X')
  expect(stage.observer.violations).toEqual([])
})

test('a second proposal is answered with the value that was chosen (§2.1)', () => {
  const stage = paxosStage(paxos, 3)
  propose(stage, 'n1', 'X')
  stage.settle()
  const late = propose(stage, 'n2', 'Y')
  expect(stage.replies.get(late)).toEqual({ kind: 'ok', result: 'X' })
})

test('whoever knows nothing says so: learning starts no ballot (§2.3)', () => {
  const stage = paxosStage(paxos, 3)
  const request = stage.request('n1', { kind: 'query', op: { op: 'learn' } })
  expect(stage.replies.get(request)).toEqual({ kind: 'ok', result: null })
  expect(stage.inFlight).toEqual([])
})

test('an acceptor promises what is higher, tells of its last vote, and ignores what is lower (§2.2, phase 1b)', () => {
  const stage = apart(paxos)
  stage.inject('n1', 'n4', { kind: 'Accept', ballot: ballot(1, 'n4'), value: 'X' })
  stage.dropAll()
  stage.inject('n1', 'n5', { kind: 'Prepare', ballot: ballot(3, 'n5') })
  stage.inject('n1', 'n4', { kind: 'Prepare', ballot: ballot(2, 'n4') })
  expect(stage.inFlight.map(({ message }) => message)).toEqual([
    { kind: 'Promise', ballot: ballot(3, 'n5'), accepted: { ballot: ballot(1, 'n4'), value: 'X' } },
    { kind: 'Nack', ballot: ballot(2, 'n4'), promised: ballot(3, 'n5') },
  ])
})

test('a Prepare that comes again is answered the same; once the acceptor has voted in the ballot, not at all (§2.2)', () => {
  const stage = apart(paxos)
  const prepare = { kind: 'Prepare', ballot: ballot(1, 'n4') } as const
  stage.inject('n1', 'n4', prepare)
  stage.inject('n1', 'n4', prepare)
  expect(stage.inFlight.map(({ message }) => message.kind)).toEqual(['Promise', 'Promise'])
  stage.inject('n1', 'n4', { kind: 'Accept', ballot: ballot(1, 'n4'), value: 'X' })
  stage.dropAll()
  stage.inject('n1', 'n4', prepare)
  expect(stage.inFlight).toEqual([])
})

test('a vote is a promise: after it nothing lower gets a vote (§2.2, phase 2b)', () => {
  const stage = apart(paxos)
  stage.inject('n1', 'n5', { kind: 'Accept', ballot: ballot(2, 'n5'), value: 'Y' })
  stage.inject('n1', 'n4', { kind: 'Accept', ballot: ballot(2, 'n4'), value: 'X' })
  expect(accepted(stage, 'n1')).toBe('Y in 2.n5')
  expect(stage.inFlight.at(-1)?.message).toEqual({ kind: 'Nack', ballot: ballot(2, 'n4'), promised: ballot(2, 'n5') })
})

test('promises and votes outlive a crash (§2.5)', () => {
  const stage = apart(paxos)
  stage.inject('n1', 'n4', { kind: 'Accept', ballot: ballot(1, 'n4'), value: 'X' })
  stage.inject('n1', 'n5', { kind: 'Prepare', ballot: ballot(2, 'n5') })
  stage.crash('n1')
  stage.start('n1')
  expect(stage.state('n1')).toMatchObject({ promised: ballot(2, 'n5'), accepted: { ballot: ballot(1, 'n4'), value: 'X' } })
  expect(stage.observer.violations).toEqual([])
})

test('a proposer that crashed never uses a ballot again (§2.2)', () => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  stage.crash('n4')
  stage.start('n4')
  propose(stage, 'n4', 'Y')
  expect(stage.state('n4').attempt).toMatchObject({ ballot: ballot(2, 'n4'), phase: 'prepare' })
})

test('what an acceptor answers twice counts once; promises of other ballots do not count (§2.2)', () => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  const promise = { kind: 'Promise', ballot: ballot(1, 'n4'), accepted: null } as const
  stage.inject('n4', 'n1', promise)
  stage.inject('n4', 'n1', promise)
  stage.inject('n4', 'n2', { ...promise, ballot: ballot(7, 'n4') })
  expect(stage.state('n4').attempt?.phase).toBe('prepare')
  stage.inject('n4', 'n2', promise)
  expect(asked(stage, 'n4')).toEqual(['X'])
})

test('a promise that comes after the quorum changes nothing (§2.2, phase 2a)', () => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  for (const acceptor of ['n1', 'n2']) stage.inject('n4', acceptor, { kind: 'Promise', ballot: ballot(1, 'n4'), accepted: null })
  stage.inject('n4', 'n3', { kind: 'Promise', ballot: ballot(1, 'n4'), accepted: { ballot: ballot(1, 'n1'), value: 'W' } })
  stage.timer('n4', 'retransmit')
  expect(asked(stage, 'n4')).toEqual(['X'])
})

test('T1: what was chosen is found again by any majority (§2.2, P2b)', () => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n2'])
  vote(stage, 'n4', ['n1', 'n2'], true)
  expect(stage.state('n4').chosen).toBe('X')
  expect(accepted(stage, 'n3')).toBe('none')
  propose(stage, 'n5', 'Y')
  collect(stage, 'n5', ['n2', 'n3'])
  expect(asked(stage, 'n5')).toEqual(['X'])
})

test('T2: a vote of a minority binds whoever is told of it (§2.2, P2c)', () => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n2'])
  vote(stage, 'n4', ['n1'])
  propose(stage, 'n5', 'Y')
  collect(stage, 'n5', ['n1', 'n2'])
  expect(asked(stage, 'n5')).toEqual(['X'])
})

test('T3: whoever is not told of it is free; of several votes the highest counts (§2.2, P2c)', () => {
  const stage = apart(paxos, 3)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n2'])
  vote(stage, 'n4', ['n1'])
  propose(stage, 'n5', 'Y')
  collect(stage, 'n5', ['n2', 'n3'])
  expect(asked(stage, 'n5')).toEqual(['Y'])
  vote(stage, 'n5', ['n2', 'n3'], true)
  expect(stage.state('n5').chosen).toBe('Y')
  stage.dropAll()
  propose(stage, 'n6', 'Z')
  collect(stage, 'n6', ['n1', 'n2'])
  expect(asked(stage, 'n6')).toEqual(['Y'])
})

test('T4: who has promised more ignores what it promised before (§2.2, P1a)', () => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n2', 'n3'])
  propose(stage, 'n5', 'Y')
  collect(stage, 'n5', ['n2', 'n3'])
  for (const acceptor of ['n1', 'n2', 'n3']) stage.deliver({ from: 'n4', to: acceptor, kind: 'Accept' })
  expect(['n1', 'n2', 'n3'].map((node) => accepted(stage, node))).toEqual(['X in 1.n4', 'none', 'none'])
  stage.deliver({ from: 'n2', to: 'n4', kind: 'Nack' })
  expect(stage.state('n4').attempt?.phase).toBe('outbid')
  expect(asked(stage, 'n5')).toEqual(['Y'])
  for (const acceptor of ['n1', 'n2', 'n3']) stage.deliver({ from: 'n5', to: acceptor, kind: 'Accept' })
  expect(['n1', 'n2', 'n3'].map((node) => accepted(stage, node))).toEqual(['Y in 1.n5', 'Y in 1.n5', 'Y in 1.n5'])
  expect(stage.observer.violations).toEqual([])
})

test('T5: two proposers can outbid each other for ever, and nobody ever votes (§2.4)', () => {
  const stage = apart(paxos, 2, { backOffMs: 0 })
  const acceptors = ['n1', 'n2', 'n3']
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', acceptors)
  propose(stage, 'n5', 'Y')
  let [before, after] = ['n4', 'n5']
  for (let i = 0; i < 100; i++) {
    collect(stage, after as string, acceptors)
    for (const acceptor of acceptors) stage.deliver({ from: before as string, to: acceptor, kind: 'Accept' })
    for (const acceptor of acceptors) stage.deliver({ from: acceptor, to: before as string, kind: 'Nack' })
    ;[before, after] = [after, before]
  }
  expect(stage.state('n1').promised?.n).toBeGreaterThan(50)
  for (const acceptor of acceptors) expect(accepted(stage, acceptor)).toBe('none')
  expect(stage.observer.violations).toEqual([])
  // One of them falls silent: the other is done.
  stage.crash(before as string)
  stage.settle()
  expect(stage.state(after as string).chosen).not.toBeNull()
})

test('T5: who was outbid waits, longer every time, and then tries again (§2.4)', () => {
  const stage = apart(paxos, 2, { backOffMs: 10, backOffMsMax: 50 })
  const waits: unknown[] = []
  stage.onEffect = (node, effect) =>
    node === 'n4' && effect.kind === 'setTimer' && effect.name === 'retry' && waits.push([effect.msMin, effect.msMax])
  propose(stage, 'n4', 'X')
  for (let n = 10; n < 14; n++) {
    const { attempt } = stage.state('n4')
    if (attempt) stage.inject('n4', 'n1', { kind: 'Nack', ballot: attempt.ballot, promised: ballot(10 * n, 'n5') })
    stage.timer('n4', 'retry')
    expect(stage.state('n4').attempt?.ballot).toEqual(ballot(10 * n + 1, 'n4'))
  }
  expect(waits).toEqual([
    [10, 20],
    [10, 40],
    [10, 50],
    [10, 50],
  ])
})

test('T6: votes for one value in different ballots choose nothing (§2.2)', () => {
  const stage = apart(paxos, 4, { learners: 'n4 n5 n6 n7' })
  const play = (proposer: string, value: string, quorum: readonly string[], voters: readonly string[]) => {
    propose(stage, proposer, value)
    collect(stage, proposer, quorum)
    for (const voter of voters) stage.deliver({ from: proposer, to: voter, kind: 'Accept' })
    stage.dropAll({ kind: 'Accept' })
    for (const voter of voters)
      for (const learner of ['n4', 'n5', 'n6', 'n7']) stage.deliver({ from: voter, to: learner, kind: 'Accepted' })
  }
  play('n4', 'V', ['n1', 'n2'], ['n1'])
  play('n5', 'W', ['n2', 'n3'], ['n3'])
  play('n6', 'U', ['n1', 'n2'], ['n2'])
  expect(['n1', 'n2', 'n3'].map((node) => accepted(stage, node))).toEqual(['V in 1.n4', 'V in 1.n6', 'W in 1.n5'])
  for (const learner of ['n4', 'n5', 'n6', 'n7']) expect(stage.state(learner).chosen).toBeNull()
  play('n7', 'T', ['n1', 'n3'], ['n1', 'n3'])
  for (const learner of ['n4', 'n5', 'n6', 'n7']) expect(stage.state(learner).chosen).toBe('W')
  expect(stage.observer.violations).toEqual([])
})

/** n2 has promised both; the promises of n3 and n1 that would complete the quorums are still on their way. */
function promisedBoth() {
  const stage = apart(paxos, 2, { learners: 'n4 n5' })
  propose(stage, 'n4', 'X')
  for (const acceptor of ['n2', 'n3']) stage.deliver({ from: 'n4', to: acceptor, kind: 'Prepare' })
  stage.deliver({ from: 'n2', to: 'n4', kind: 'Promise' })
  propose(stage, 'n5', 'Y')
  for (const acceptor of ['n1', 'n2']) stage.deliver({ from: 'n5', to: acceptor, kind: 'Prepare' })
  stage.deliver({ from: 'n2', to: 'n5', kind: 'Promise' })
  return stage
}

test.each([
  { forgets: false, chosen: [null, 'Y'] },
  { forgets: true, chosen: ['X', 'Y'] },
])('T7: an acceptor that forgets its promise ($forgets) lets two values be chosen (§2.5)', ({ forgets, chosen }) => {
  const stage = promisedBoth()
  stage.crash('n2')
  if (forgets) stage.wipe('n2')
  stage.start('n2')
  stage.deliver({ from: 'n3', to: 'n4', kind: 'Promise' })
  for (const acceptor of ['n2', 'n3']) stage.deliver({ from: 'n4', to: acceptor, kind: 'Accept' })
  stage.deliver({ from: 'n2', to: 'n4' })
  stage.deliver({ from: 'n3', to: 'n4' })
  const first = stage.state('n4').chosen
  stage.deliver({ from: 'n1', to: 'n5', kind: 'Promise' })
  for (const acceptor of ['n1', 'n2']) stage.deliver({ from: 'n5', to: acceptor, kind: 'Accept' })
  stage.dropAll({ to: 'n5', kind: 'Chosen' })
  for (const acceptor of ['n1', 'n2']) {
    const of = stage.inFlight.findLast(({ from, to, message }) => from === acceptor && to === 'n5' && message.kind === 'Accepted')
    if (of) stage.inject('n5', acceptor, of.message)
  }
  expect([first, stage.state('n5').chosen]).toEqual(chosen)
  const broken = new Set(stage.observer.violations.map(({ invariant }) => invariant))
  expect([...broken].sort()).toEqual(forgets ? ['Agreement', 'Chosen for Ever', 'Kept Promises', 'Truthful Promises'] : [])
})

test.each([
  { quorum: ['n1', 'n2'], value: 'Y' },
  { quorum: ['n1', 'n3'], value: 'X' },
])('T8: after the crash of a proposer the vote of n3 binds whoever is told of it: $quorum ask for $value (§2.2)', ({ quorum, value }) => {
  const stage = apart(paxos)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n3'])
  vote(stage, 'n4', ['n3'])
  stage.crash('n4')
  propose(stage, 'n5', 'Y')
  collect(stage, 'n5', quorum)
  expect(asked(stage, 'n5')).toEqual([value])
})

test.each([
  { q1: 3, unsafe: false, value: 'X' },
  { q1: 2, unsafe: true, value: 'Y' },
])('T9: with four acceptors and two votes, $q1 promises ask for $value (Flexible Paxos §3)', ({ q1, unsafe, value }) => {
  const options = { proposers: 'n5 n6', acceptors: 'n1 n2 n3 n4', learners: 'n5', q1, q2: 2, allowUnsafeQuorums: unsafe }
  const stage = paxosStage(paxos, 6, options)
  propose(stage, 'n5', 'X')
  collect(stage, 'n5', ['n1', 'n2', 'n3'].slice(0, q1))
  vote(stage, 'n5', ['n1', 'n2'], true)
  expect(stage.state('n5').chosen).toBe('X')
  propose(stage, 'n6', 'Y')
  collect(stage, 'n6', ['n4', 'n3', 'n2'].slice(0, q1))
  expect(asked(stage, 'n6')).toEqual([value])
  vote(stage, 'n6', ['n3', 'n4'], true)
  expect(stage.observer.violations.map(({ invariant }) => invariant)).toEqual(unsafe ? ['Chosen for Ever', 'Agreement'] : [])
})

test('a learner that missed everything asks, and is told the votes or the value (§2.3)', () => {
  const stage = paxosStage(paxos, 3, { learners: 'n1 n3' })
  propose(stage, 'n1', 'X')
  stage.settle(['n1', 'n2'])
  stage.dropAll()
  stage.timer('n3', 'ask')
  stage.deliver({ from: 'n3', to: 'n2', kind: 'Ask' })
  stage.deliver({ from: 'n2', to: 'n3', kind: 'Accepted' })
  expect(stage.state('n3').chosen).toBeNull()
  stage.deliver({ from: 'n3', to: 'n1', kind: 'Ask' })
  stage.deliver({ from: 'n1', to: 'n3', kind: 'Chosen' })
  expect(stage.state('n3').chosen).toBe('X')
})

test('a distinguished learner: votes go to the proposer alone, which tells the others (§2.3)', () => {
  const stage = paxosStage(paxos, 5, { votesToLearners: false })
  propose(stage, 'n1', 'X')
  stage.settle(['n1', 'n2', 'n3'])
  const votes = stage.inFlight.filter(({ message }) => message.kind === 'Accepted')
  expect(votes).toEqual([])
  expect(stage.inFlight.filter(({ message }) => message.kind === 'Chosen').map(({ to }) => to)).toEqual(['n4', 'n5'])
})

test('a node without the role sends its client on (§2.1)', () => {
  const stage = apart(paxos)
  expect(stage.replies.get(propose(stage, 'n1', 'X'))).toEqual({ kind: 'redirect' })
  expect(stage.replies.get(stage.request('n5', { kind: 'query', op: { op: 'learn' } }))).toEqual({ kind: 'redirect' })
  expect(stage.replies.get(stage.request('n4', { kind: 'register' }))).toMatchObject({ kind: 'refused', code: 'no-sessions' })
})
