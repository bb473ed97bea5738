/** Membership changes: one test per claim of the dissertation (§4), titled as the claim; and the scenarios in which its rules are needed. */
import { expect, test } from 'vitest'
import { latest } from '../../../protocols/raft/configuration.ts'
import { raft } from '../../../protocols/raft/index.ts'
import type { Entry } from '../../../protocols/raft/log.ts'
import { lastIndex } from '../../../protocols/raft/log.ts'
import { loadMutant } from '../../support/mutant.ts'
import { node, type RaftDefinition, type RaftStage, raftStage, stand, termsOf } from './plays.ts'

const nodesOf = (...names: string[]) => names.map(node)
const config = (term: number, voters: string[], old?: string[]): Entry => ({
  ...{ term, kind: 'config', voters: nodesOf(...voters) },
  ...(old ? { old: nodesOf(...old) } : {}),
  learners: [],
})
const noop = (term: number): Entry => ({ term, kind: 'noop' })
/** What a server has on its disk that holds these entries. */
const disk = (...entries: Entry[]) => [{ term: entries.at(-1)?.term ?? 0, vote: null, from: 1, entries } as never]
const voters = (stage: RaftStage, name: string): string => latest(stage.state(name)).voters.join(' ')
const refusals = (stage: RaftStage): unknown[] => {
  const why: unknown[] = []
  const before = stage.onEffect
  stage.onEffect = (at, effect) => {
    before(at, effect)
    if (effect.kind === 'note' && effect.note === 'refuse') why.push(effect.data.why)
  }
  return why
}
/** All wait until what the leader committed has reached everybody. */
function spread(stage: RaftStage, leader: string): void {
  stage.timer(leader, 'heartbeat')
  stage.settle()
}

/** n1 leads term 1 of the first `members` of so many nodes; its no-op is entry 1. */
function led(nodes: number, members: number): RaftStage {
  const stage = raftStage(raft, nodes, { members })
  stage.timer('n1', 'election')
  stage.settle()
  spread(stage, 'n1')
  return stage
}

test('a configuration counts on each server as soon as it is in its log, and a new server catches up before it has a vote (§4.1, §4.2.1)', () => {
  const stage = led(4, 3)
  stage.tell('n1', { name: 'addServer', server: 'n4' })
  expect(voters(stage, 'n1')).toBe('n1 n2 n3')
  while (lastIndex(stage.state('n4').log) < 1) {
    stage.deliver({ from: 'n1', to: 'n4' })
    stage.deliver({ from: 'n4', to: 'n1' })
  }
  expect(voters(stage, 'n1')).toBe('n1 n2 n3 n4')
  expect(stage.state('n1').commitIndex).toBe(1)
  stage.deliver({ from: 'n1', to: 'n2' })
  expect(voters(stage, 'n2')).toBe('n1 n2 n3 n4')
  expect(voters(stage, 'n3')).toBe('n1 n2 n3')
  stage.settle()
  spread(stage, 'n1')
  expect(stage.nodes.map((name) => stage.state(name).commitIndex)).toEqual([2, 2, 2, 2])
  expect(stage.observer.violations).toEqual([])
})

test('a configuration that is deleted from a log does not count any more (§4.1)', () => {
  const stage = raftStage(raft, 4, { members: 3, disks: { n2: disk(noop(1), config(2, ['n1', 'n2', 'n3', 'n4'])) } })
  expect(voters(stage, 'n2')).toBe('n1 n2 n3 n4')
  stage.inject('n2', 'n3', {
    ...{ kind: 'AppendEntries', term: 3, leaderId: node('n3'), prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 0, readCtx: 0 },
    entries: [noop(3)],
  })
  expect(voters(stage, 'n2')).toBe('n1 n2 n3')
})

test('what cannot be is refused with the reason (§4.1)', () => {
  const stage = led(4, 3)
  const why = refusals(stage)
  stage.tell('n2', { name: 'addServer', server: 'n4' })
  stage.tell('n1', { name: 'addServer', server: 'n2' })
  stage.tell('n1', { name: 'removeServer', server: 'n4' })
  stage.tell('n1', { name: 'addServer', server: 'n9' })
  stage.tell('n1', { name: 'changeMembers', servers: ['n3', 'n1', 'n2'] })
  stage.tell('n1', { name: 'removeServer', server: 'n3' })
  stage.tell('n1', { name: 'addLearner', server: 'n4' })
  expect(why).toEqual([
    'it does not lead',
    'n2 is a voter already',
    'n4 is no member',
    'n9 is no node of this run',
    'they are the voters already',
    'the last change is not committed yet',
  ])
})

test('a learner is sent everything, and neither votes for a majority nor counts for one (§4.2.1)', () => {
  const stage = led(4, 3)
  stage.tell('n1', { name: 'addLearner', server: 'n4' })
  stage.settle()
  expect(latest(stage.state('n4'))).toMatchObject({ voters: ['n1', 'n2', 'n3'], learners: ['n4'] })
  const before = stage.state('n1').commitIndex
  stage.request('n1', { kind: 'register' })
  stage.settle(['n1', 'n4'])
  expect(stage.state('n1').commitIndex).toBe(before)
  stage.timer('n4', 'election')
  expect(stage.state('n4')).toMatchObject({ role: 'follower' })
  stage.settle()
  expect(stage.state('n1').commitIndex).toBe(before + 1)
})

test('a leader that removes itself leads until that is committed, does not count itself, and then leaves its office (§4.2.2)', () => {
  const stage = led(3, 3)
  stage.tell('n1', { name: 'removeServer', server: 'n1' })
  expect(stage.state('n1')).toMatchObject({ role: 'leader', commitIndex: 1 })
  stage.deliver({ from: 'n1', to: 'n2' })
  stage.deliver({ from: 'n2', to: 'n1' })
  expect(stage.state('n1')).toMatchObject({ role: 'leader', commitIndex: 1 }) // one of two
  stage.deliver({ from: 'n1', to: 'n3' })
  stage.deliver({ from: 'n3', to: 'n1' })
  expect(stage.state('n1')).toMatchObject({ role: 'follower', commitIndex: 2 })
  stage.timer('n1', 'election') // and it disturbs nobody
  expect(stage.state('n1')).toMatchObject({ role: 'follower', currentTerm: 1 })
})

test('a server that its latest configuration leaves out may still be needed, and does not count its own vote (§4.2.2)', () => {
  const stage = led(2, 2)
  stage.tell('n1', { name: 'removeServer', server: 'n1' })
  stage.crash('n1')
  stage.start('n1')
  stand(stage, 'n2', ['n1'])
  expect(stage.state('n2')).toMatchObject({ role: 'candidate' }) // n1 has more
  stage.timer('n1', 'election')
  stage.timer('n1', 'election')
  expect(stage.state('n1')).toMatchObject({ role: 'candidate' })
  stage.settle()
  expect(stage.nodes.map((name) => voters(stage, name))).toEqual(['n2', 'n2'])
  expect(stage.observer.violations).toEqual([])
})

/** T8 up to the moment at which n2 leads term 2 and n1 has a change of term 1 that nobody but n5 has. */
function twoChanges(definition: RaftDefinition): RaftStage {
  const four = disk(noop(1))
  const stage = raftStage(definition, 5, {
    members: 4,
    disks: {
      n1: [...four, { from: 2, entries: [config(1, ['n1', 'n2', 'n3', 'n4', 'n5'])] } as never],
      ...{ n2: four, n3: four, n4: four },
      n5: disk(noop(1), config(1, ['n1', 'n2', 'n3', 'n4', 'n5'])),
    },
  })
  stand(stage, 'n2', ['n3', 'n4'])
  stage.dropAll()
  return stage
}

test('T8: a new leader changes nothing before it has committed an entry of its own term (§4.1, K2)', () => {
  const stage = twoChanges(raft)
  const why = refusals(stage)
  stage.tell('n2', { name: 'removeServer', server: 'n1' })
  expect(why[0]).toMatch(/^(the last change is not committed yet|it has committed no entry of its own term yet)$/)
  stage.timer('n2', 'heartbeat')
  stage.settle(['n2', 'n3', 'n4'])
  stage.tell('n2', { name: 'removeServer', server: 'n1' })
  stage.settle(['n2', 'n3', 'n4'])
  expect(voters(stage, 'n3')).toBe('n2 n3 n4')
  stand(stage, 'n1', ['n4', 'n5'])
  stand(stage, 'n1', ['n4', 'n5'])
  expect(stage.state('n1').votes).toEqual(['n1', 'n5']) // n4 has more
  expect(stage.observer.violations).toEqual([])
})

test('T8 without that rule: two configurations whose majorities do not overlap', async () => {
  const rule = "  if (termAt(state.log, state.commitIndex) !== state.currentTerm) return 'it has committed no entry of its own term yet'\n"
  const also =
    "  if (latest(state).old !== undefined || latest(state).index > state.commitIndex) return 'the last change is not committed yet'\n"
  const edits = [rule, also].map((find) => ({ file: 'membership.ts', find, replace: '' }))
  const stage = twoChanges((await loadMutant('raft', edits)) as RaftDefinition)
  stage.tell('n2', { name: 'removeServer', server: 'n1' })
  expect(stage.observer.violations.map(({ invariant }) => invariant)).toContain('Configuration Safety')
})

const held = [
  { by: ['n1', 'n2'], committed: false },
  { by: ['n1', 'n3'], committed: false },
  { by: ['n1', 'n2', 'n4'], committed: false },
  { by: ['n1', 'n4', 'n5'], committed: false },
  { by: ['n1', 'n3', 'n4'], committed: true },
  { by: ['n1', 'n2', 'n4', 'n5'], committed: true },
]
for (const { by, committed } of held) {
  test(`T9: C_old,new of {1,2,3} and {3,4,5} on ${by.join(', ')} is ${committed ? '' : 'not '}committed (§4.3)`, () => {
    const stage = led(5, 3)
    stage.tell('n1', { name: 'changeMembers', servers: ['n3', 'n4', 'n5'] })
    while (latest(stage.state('n1')).old === undefined) {
      const flight = stage.inFlight.find(({ from, to }) => ['n4', 'n5'].includes(from) || ['n4', 'n5'].includes(to))
      if (!flight) throw new Error('they do not catch up')
      stage.deliver({ from: flight.from, to: flight.to })
    }
    const joint = latest(stage.state('n1')).index
    for (const name of ['n2', 'n3', 'n4', 'n5']) if (!by.includes(name)) stage.dropAll({ to: name })
    for (const name of by.slice(1)) {
      while (lastIndex(stage.state(name).log) < joint) stage.deliver({ from: 'n1', to: name })
      stage.dropAll({ from: 'n1', to: name })
    }
    for (const name of by.slice(1)) while (stage.inFlight.some(({ from }) => from === name)) stage.deliver({ from: name, to: 'n1' })
    expect(stage.state('n1').commitIndex >= joint).toBe(committed)
    if (committed) expect(latest(stage.state('n1'))).toMatchObject({ voters: ['n3', 'n4', 'n5'] })
    expect(stage.observer.violations).toEqual([])
  })
}

test('T9: who has C_old,new needs majorities of both, and who has it not is refused by who has (§4.3)', () => {
  const joint = [noop(1), config(1, ['n3', 'n4', 'n5'], ['n1', 'n2', 'n3'])]
  const [first] = joint as [Entry]
  const stage = raftStage(raft, 5, {
    members: 3,
    disks: { n1: disk(...joint), n2: disk(first), n3: disk(...joint), n4: disk(first), n5: [] },
  })
  stand(stage, 'n2', ['n3'])
  expect(stage.state('n2').votes).toEqual(['n2'])
  stage.crash('n1')
  stand(stage, 'n3', [])
  stand(stage, 'n3', ['n2'])
  expect(stage.state('n3').role).toBe('candidate') // no majority of {3,4,5}
  stand(stage, 'n3', ['n2', 'n4'])
  expect(stage.state('n3').role).toBe('leader')
  stage.settle()
  expect(latest(stage.state('n3'))).toEqual({ index: 4, voters: ['n3', 'n4', 'n5'], learners: [] })
  expect(termsOf(stage, 'n4')).toEqual(termsOf(stage, 'n3'))
  expect(stage.observer.violations).toEqual([])
})

test('whether a node is a member is not said by a leader that was deposed and does not know yet', () => {
  const stage = led(4, 3)
  const shown = new Map(['n1', 'n2', 'n3'].map((name) => [node(name), raft.observe(stage.state(name))]))
  const isMember = (name: string) => raft.membership?.isMember?.(node(name), shown)
  expect([isMember('n3'), isMember('n4')]).toEqual([true, false])
  shown.set(node('n2'), { role: 'candidate', epoch: 2, facts: {} })
  expect([isMember('n3'), isMember('n4')]).toEqual([undefined, undefined])
})
