/** Reads at followers (dissertation §6.4), one test per claim. n1 leads term 1 of three. */
import { expect, test } from 'vitest'
import { raft } from '../../../protocols/raft/index.ts'
import { get, ledByN1, put, type RaftStage } from './plays.ts'

/** x is 1 everywhere. */
function led(options: object = {}): { stage: RaftStage; session: number } {
  const { stage, session } = ledByN1(raft, { options: { followerReads: true, ...options } })
  stage.request('n1', put(session, 1, 'x', '1'))
  stage.settle()
  stage.timer('n1', 'heartbeat')
  stage.settle()
  return { stage, session }
}
const ok = (result: string) => ({ kind: 'ok', result })
const sound = (stage: RaftStage) => expect(stage.observer.violations).toEqual([])

test('a follower answers once a majority has shown that its leader still leads, and not before', () => {
  const { stage } = led()
  const read = stage.request('n3', get('x'))
  stage.deliver({ from: 'n3', to: 'n1', kind: 'ReadIndex' })
  expect(stage.inFlight.map(({ message, to }) => `${message.kind} ${to}`)).toEqual(['AppendEntries n2', 'AppendEntries n3'])
  expect(stage.replies.get(read)).toBeUndefined()
  stage.settle()
  expect(stage.replies.get(read)).toEqual(ok('1'))
  sound(stage)
})

test('it waits until it has applied what was committed when it asked', () => {
  const { stage, session } = led()
  stage.request('n1', put(session, 2, 'x', '2'))
  stage.dropAll({ to: 'n3' })
  stage.settle(['n1', 'n2']) // committed, and n3 does not know
  const read = stage.request('n3', get('x'))
  stage.deliver({ from: 'n3', to: 'n1', kind: 'ReadIndex' })
  stage.dropAll({ to: 'n3', kind: 'AppendEntries' })
  stage.settle(['n1', 'n2'])
  stage.deliver({ from: 'n1', to: 'n3', kind: 'ReadIndexReply' })
  expect(stage.replies.get(read)).toBeUndefined()
  stage.timer('n1', 'heartbeat')
  stage.settle()
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.replies.get(read)).toEqual(ok('2'))
  sound(stage)
})

test('a leader that was deposed, and does not know, grants nothing', () => {
  const { stage, session } = led()
  stage.timer('n2', 'election')
  stage.dropAll({ from: 'n2', to: 'n1' })
  stage.dropAll({ from: 'n2', to: 'n3' })
  const read = stage.request('n3', get('x'))
  stage.timer('n2', 'election')
  stage.deliver({ from: 'n2', to: 'n3', kind: 'RequestVote' }) // n3 follows nobody now
  expect(stage.replies.get(read)).toEqual({ kind: 'redirect' })
  stage.dropAll({ to: 'n1', from: 'n2' })
  stage.settle(['n2', 'n3'])
  stage.request('n2', put(session, 2, 'x', '2'))
  stage.settle(['n2', 'n3'])
  stage.deliver({ from: 'n3', to: 'n1', kind: 'ReadIndex' }) // of the old term
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'redirect' })
  sound(stage)
})

test('queries that come while it asks wait for the next question; answers to others count for nothing', () => {
  const { stage } = led()
  const [first, second] = [stage.request('n3', get('x')), stage.request('n3', get('x'))]
  expect(stage.inFlight.filter(({ message }) => message.kind === 'ReadIndex')).toHaveLength(1)
  const { asking } = stage.state('n3')
  const reply = { kind: 'ReadIndexReply', term: 1, life: asking.life, number: asking.number, index: 0 } as const
  stage.inject('n3', 'n1', { ...reply, life: asking.life + 1 })
  stage.inject('n3', 'n1', { ...reply, number: asking.number + 1 })
  stage.inject('n3', 'n1', { ...reply, term: 0 })
  expect(stage.replies.get(first)).toBeUndefined()
  stage.inject('n3', 'n1', reply)
  expect([stage.replies.get(first), stage.replies.get(second)]).toEqual([ok('1'), undefined])
  stage.inject('n3', 'n1', reply) // the same once more: it is not the answer to the second
  expect(stage.replies.get(second)).toBeUndefined()
  stage.settle()
  expect(stage.replies.get(second)).toEqual(ok('1'))
  sound(stage)
})

test('a read is one question and one round: the messages of the round are no heartbeats', () => {
  const { stage } = led()
  const { round } = stage.state('n1').reads
  const read = stage.request('n3', get('x'))
  stage.deliver({ from: 'n3', to: 'n1', kind: 'ReadIndex' })
  stage.deliver({ from: 'n1', to: 'n3', kind: 'AppendEntries' })
  expect(stage.inFlight.filter(({ message }) => message.kind === 'ReadIndex')).toEqual([])
  stage.settle()
  expect(stage.replies.get(read)).toEqual(ok('1'))
  expect(stage.state('n1').reads.round).toBe(round + 1)
})

test('an answer that was lost is asked for again, one heartbeat later', () => {
  const { stage } = led()
  const read = stage.request('n3', get('x'))
  stage.deliver({ from: 'n3', to: 'n1', kind: 'ReadIndex' })
  stage.settle(['n1', 'n2'])
  stage.dropAll({ from: 'n1', to: 'n3' }) // the round's message and the answer
  for (let heartbeat = 0; heartbeat < 2; heartbeat++) {
    expect(stage.replies.get(read)).toBeUndefined()
    stage.timer('n1', 'heartbeat')
    stage.settle()
  }
  expect(stage.replies.get(read)).toEqual(ok('1'))
})

test('a question that was lost is asked again with the next heartbeat', () => {
  const { stage } = led()
  const read = stage.request('n3', get('x'))
  stage.dropAll({ from: 'n3' })
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.replies.get(read)).toEqual(ok('1'))
})

test('who hears its leader no more sends its clients on; so does who never knew one, or may not', () => {
  const { stage } = led()
  const read = stage.request('n3', get('x'))
  stage.timer('n3', 'election')
  expect(stage.replies.get(read)).toEqual({ kind: 'redirect' })
  stage.dropAll()
  stage.crash('n2')
  stage.start('n2')
  expect(stage.replies.get(stage.request('n2', get('x')))).toEqual({ kind: 'redirect' })
  const without = led({ followerReads: false }).stage
  expect(without.replies.get(without.request('n3', get('x')))).toEqual({ kind: 'redirect', leader: 'n1' })
})

test('a change is not taken for a read', () => {
  const { stage } = led()
  const asked = stage.request('n3', { kind: 'query', op: { op: 'put', key: 'x', value: '3' } })
  expect(stage.replies.get(asked)).toMatchObject({ kind: 'refused', code: 'not-a-read' })
})
