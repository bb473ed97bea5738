/** PreVote, CheckQuorum, sticking to the leader, handing over, leases: one test per claim of the dissertation, titled as the claim. */
import { expect, test } from 'vitest'
import { raft } from '../../../protocols/raft/index.ts'
import { standingOf } from '../../../protocols/words/speech.ts'
import { get, ledByN1, node, put, type RaftStage } from './plays.ts'

const guarded = { plainElections: false, preVote: true, checkQuorum: true, stickToLeader: true }

/** n1 leads term 1 of three with everything on. */
function led(options: object = {}): { stage: RaftStage; session: number } {
  return ledByN1(raft, { options: { ...guarded, ...options } })
}
const shortTimeout = (stage: RaftStage, ...names: string[]) => {
  for (const name of names) stage.timer(name, 'election')
}
const notes = (stage: RaftStage): string[] => {
  const heard: string[] = []
  stage.onEffect = (at, effect) => effect.kind === 'note' && heard.push(`${at} ${effect.note}`)
  return heard
}

test('a server that hears nobody asks without end, and its term stays (§9.6)', () => {
  const { stage } = led()
  for (let i = 0; i < 10; i++) {
    stage.timer('n3', 'election')
    stage.dropAll({ from: 'n3' })
  }
  expect(stage.state('n3')).toMatchObject({ role: 'preCandidate', currentTerm: 1, votedFor: 'n1' })
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.state('n3')).toMatchObject({ role: 'follower', leaderId: 'n1', currentTerm: 1 })
})

test('who asks shows itself as a candidate, and is called a pre-candidate until it stands (§9.6)', () => {
  const { stage } = led()
  const called = () => standingOf(raft, stage.state('n3'))
  expect(called()).toEqual({ role: 'follower', called: 'follower', epoch: 1 })
  shortTimeout(stage, 'n2', 'n3', 'n3')
  expect(called()).toEqual({ role: 'candidate', called: 'pre-candidate', epoch: 1 })
  stage.deliver({ from: 'n3', to: 'n2' })
  stage.deliver({ from: 'n2', to: 'n3' })
  expect(called()).toEqual({ role: 'candidate', called: 'candidate', epoch: 2 })
  stage.settle(['n2', 'n3'])
  expect(called()).toEqual({ role: 'leader', called: 'leader', epoch: 2 })
})

test('a pre-vote is granted by who hears no leader, and changes neither its term nor its vote nor its timer (§9.6)', () => {
  const { stage } = led()
  shortTimeout(stage, 'n2', 'n3', 'n3') // n2 does not hear it any more, n3 asks
  const before = stage.state('n2')
  const timers: string[] = []
  stage.onEffect = (at, effect) => effect.kind === 'setTimer' && timers.push(`${at} ${effect.name}`)
  stage.deliver({ from: 'n3', to: 'n2' })
  expect(stage.state('n2')).toEqual(before)
  expect(timers).toEqual([])
  expect(stage.deliver({ from: 'n2', to: 'n3' }).message).toEqual({ kind: 'RequestVoteReply', term: 2, voteGranted: true, preVote: true })
  expect(stage.state('n3')).toMatchObject({ role: 'candidate', currentTerm: 2 })
})

test('a pre-vote is refused by who hears a leader, by the leader itself, and to a shorter log (§9.6)', () => {
  const { stage, session } = led()
  stage.request('n1', put(session, 1, 'x', '1'))
  stage.dropAll({ to: 'n3' })
  stage.settle()
  shortTimeout(stage, 'n3', 'n3')
  stage.settle(['n1', 'n3'])
  stage.settle(['n2', 'n3'])
  expect(stage.state('n3')).toMatchObject({ role: 'preCandidate', votes: ['n3'] })
  shortTimeout(stage, 'n2', 'n3') // n2 hears no leader any more, and has more than n3
  stage.settle(['n2', 'n3'])
  expect(stage.state('n3')).toMatchObject({ role: 'preCandidate', votes: ['n3'] })
})

test('who hears a leader takes no notice of a candidate, nor of its term, unless the leader asked it to stand (§4.2.3, §3.10)', () => {
  const { stage } = led({ preVote: false })
  const heard = notes(stage)
  shortTimeout(stage, 'n3', 'n3')
  expect(stage.state('n3').currentTerm).toBe(2)
  stage.settle()
  expect(heard).toContain('n2 ignoreCandidate')
  expect(heard).toContain('n1 ignoreCandidate')
  expect(stage.state('n1')).toMatchObject({ role: 'leader', currentTerm: 1 })
  expect(stage.state('n2').currentTerm).toBe(1)
})

test('who is ahead in its term says so to the leader, and can come back (E7: §6.2 with §4.2.3)', () => {
  const { stage } = led({ preVote: false })
  shortTimeout(stage, 'n3', 'n3')
  stage.dropAll()
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.state('n1')).toMatchObject({ role: 'follower', currentTerm: 2 })
})

test('a server that has just come up may have promised to stick to a leader (§6.4.1)', () => {
  const { stage } = led()
  stage.crash('n2')
  stage.start('n2')
  shortTimeout(stage, 'n3', 'n3')
  stage.settle(['n2', 'n3'])
  expect(stage.state('n3')).toMatchObject({ role: 'preCandidate', currentTerm: 1 })
})

test('a leader that does not hear a majority leaves its office in the same term, and its reads go elsewhere (§6.2)', () => {
  const { stage } = led()
  stage.timer('n1', 'quorum')
  expect(stage.state('n1').role).toBe('leader')
  const read = stage.request('n1', get('x'))
  stage.dropAll()
  stage.timer('n1', 'quorum')
  expect(stage.state('n1')).toMatchObject({ role: 'follower', currentTerm: 1, leaderId: undefined })
  expect(stage.replies.get(read)).toEqual({ kind: 'redirect' })
})

test('a leader hands over to a server that has all, which the others hear though they hear a leader (T12; §3.10)', () => {
  const { stage, session } = led()
  stage.request('n1', put(session, 1, 'x', '1'))
  stage.tell('n1', { name: 'transferLeadership', to: 'n2' })
  expect(stage.inFlight.some(({ message }) => message.kind === 'TimeoutNow')).toBe(false) // n2 lacks the entry
  const meanwhile = stage.request('n1', put(session, 2, 'x', '2'))
  expect(stage.replies.get(meanwhile)).toEqual({ kind: 'redirect' })
  stage.settle()
  expect(stage.state('n2')).toMatchObject({ role: 'leader', currentTerm: 2 })
  expect(stage.state('n1')).toMatchObject({ role: 'follower', leaderId: 'n2' })
  const read = stage.request('n2', get('x'))
  stage.settle()
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: '1' })
})

test('a hand-over that does not happen within an election timeout ends, and the leader takes requests again (§3.10)', () => {
  const { stage, session } = led()
  const heard = notes(stage)
  stage.tell('n1', { name: 'transferLeadership', to: 'n2' })
  stage.dropAll()
  stage.timer('n1', 'heartbeat')
  expect(stage.inFlight.filter(({ message }) => message.kind === 'TimeoutNow')).toHaveLength(1) // asked again
  stage.dropAll()
  stage.timer('n1', 'transfer')
  const write = stage.request('n1', put(session, 1, 'x', '1'))
  stage.settle()
  expect(stage.replies.get(write)).toMatchObject({ kind: 'ok' })
  expect(heard).toContain('n1 abandonTransfer')
})

test('what cannot be handed over is refused with the reason', () => {
  const { stage } = led()
  const why: unknown[] = []
  stage.onEffect = (_, effect) => effect.kind === 'note' && effect.note === 'refuse' && why.push(effect.data.why)
  stage.tell('n2', { name: 'transferLeadership', to: 'n1' })
  stage.tell('n1', { name: 'transferLeadership', to: 'n1' })
  expect(why).toEqual(['it does not lead', 'it leads already'])
})

test('under a lease a read is answered at once, without it or when it has run out by a round (§6.4.1)', () => {
  const { stage } = led({ leaseReads: true })
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.state('n1').lease).toMatchObject({ isHeld: true, fromMs: 0, untilMs: 125 })
  const read = stage.request('n1', get('x'))
  expect(stage.replies.get(read)).toEqual({ kind: 'ok', result: null })
  stage.timer('n1', 'lease')
  const later = stage.request('n1', get('x'))
  expect(stage.replies.has(later)).toBe(false)
  stage.settle()
  expect(stage.replies.has(later)).toBe(true)
})

test('a leader that asked another to stand holds no lease any more in its office, since the message may arrive at any time (§6.4.1)', () => {
  const { stage } = led({ leaseReads: true })
  stage.timer('n1', 'heartbeat')
  stage.settle()
  stage.tell('n1', { name: 'transferLeadership', to: 'n2' })
  const late = stage.drop({ from: 'n1', to: 'n2', kind: 'TimeoutNow' }).message
  stage.timer('n1', 'transfer')
  stage.timer('n1', 'heartbeat')
  stage.settle()
  expect(stage.state('n1')).toMatchObject({ role: 'leader', lease: { isHeld: false } })
  stage.inject('n2', 'n1', late)
  stage.settle(['n2', 'n3'])
  const read = stage.request('n1', get('x'))
  expect(stage.replies.has(read)).toBe(false)
  expect(stage.state('n2').leaderId).toBe(node('n2'))
})

test('a lease needs voters that stick to their leader: without them it is refused', () => {
  const parsed = raft.options.safeParse({ leaseReads: true, stickToLeader: false })
  expect(parsed.error?.issues[0]?.message).toContain('set stickToLeader')
  expect(raft.options.parse({ plainElections: true })).toMatchObject({ preVote: false, checkQuorum: false, stickToLeader: false })
})
