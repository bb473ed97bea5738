import { expect, test } from 'vitest'
import { nodeIds } from '../../../protocols/core/ids.ts'
import type { Role } from '../../../protocols/core/machine.ts'
import { firstMoment, type NodeStatus } from '../../../protocols/core/moment.ts'
import { dynamo } from '../../../protocols/dynamo/index.ts'
import { paxos } from '../../../protocols/paxos/index.ts'
import { speechOf } from '../../../protocols/words/speech.ts'
import { headline } from '../../../renderer/model/headline.ts'

const raftWords = speechOf('raft', undefined)

function moment(nodes: readonly [NodeStatus, Role?, number?][]) {
  const ids = nodeIds(nodes.length)
  const made = firstMoment(ids, 1)
  for (const [i, [status, role, epoch]] of nodes.entries()) {
    const node = made.nodes.get(ids[i] as (typeof ids)[number])
    if (node) Object.assign(node, { status, observation: role ? { role, epoch: epoch ?? 1, facts: {} } : undefined })
  }
  return made
}

test('the leader stands in the sentence', () => {
  expect(
    headline(
      moment([
        ['up', 'leader', 3],
        ['up', 'follower', 3],
      ]),
      raftWords,
    ),
  ).toEqual({ lead: 'n1 leads term 3', leader: 'n1', broken: [] })
})

test('of two leaders the one of the higher term leads, the other only believes so', () => {
  const says = headline(
    moment([
      ['up', 'leader', 2],
      ['up', 'leader', 3],
    ]),
    raftWords,
  )
  expect(says.leader).toBe('n2')
  expect(says.lead).toBe('n2 leads term 3; n1 still believes it leads term 2')
})

test('a leader is called as the protocol calls it', () => {
  const says = headline(
    moment([
      ['up', 'leader', 1],
      ['up', 'leader', 0],
    ]),
    speechOf('pbft', undefined),
  )
  expect(says.lead).toBe('n1 is the primary of view 1; n2 still believes it is the primary of view 0')
})

test('a leader whose process is dead does not lead', () => {
  const says = headline(
    moment([
      ['down', 'leader', 2],
      ['up', 'candidate', 3],
      ['up', 'follower', 2],
    ]),
    raftWords,
  )
  expect(says.lead).toBe('Nobody leads; n2 stands for term 3')
  expect(says.broken).toEqual(['n1 is down'])
})

test('who asks whether it would be elected does not stand yet', () => {
  const asking = moment([
    ['up', 'candidate', 2],
    ['up', 'candidate', 2],
    ['up', 'candidate', 3],
  ])
  for (const id of ['n1', 'n2']) Object.assign(asking.nodes.get(id as never)?.observation as object, { facts: { preVotes: 1 } })
  expect(headline(asking, raftWords).lead).toBe('Nobody leads; n1 and n2 are pre-candidates in term 2; n3 stands for term 3')
})

test('before anything happened the nodes are starting', () => {
  expect(headline(moment([['starting'], ['starting']]), raftWords).lead).toBe('Nodes are starting')
})

test('several that are down are listed', () => {
  expect(headline(moment([['down'], ['down'], ['paused', 'follower']]), raftWords).broken).toEqual(['n1 and n2 are down', 'n3 is paused'])
})

test('clocks that are wrong and disks that are slow stand in the sentence', () => {
  const made = moment([['up'], ['up'], ['up']])
  const [n1, n2, n3] = [...made.nodes.values()]
  Object.assign(n1!, { clock: { skewMs: 5, driftPpm: 0 } })
  expect(headline(made, raftWords).broken).toEqual(['the clock of n1 is wrong'])
  Object.assign(n2!, { clock: { skewMs: 0, driftPpm: 7 } })
  Object.assign(n3!, { syncMs: { min: 5, max: 9 } })
  expect(headline(made, raftWords).broken).toEqual(['the clocks of n1 and n2 are wrong', 'the disk of n3 is slow'])
})

test('an empty seat is neither up nor down, and nobody waits for it', () => {
  const ids = nodeIds(3)
  const made = firstMoment(ids, 1, 1)
  expect(headline(made, raftWords).lead).toBe('Nodes are starting')
  for (const node of made.nodes.values()) if (node.status !== 'empty') node.status = 'down'
  expect(headline(made, raftWords)).toMatchObject({ lead: 'Every node is down' })
  expect(headline(made, raftWords).broken[0]).toBe('n1 and n2 are down')
})

test('where nobody leads for long the protocol says how things stand', () => {
  const here = moment([
    ['up', 'other', 7],
    ['up', 'other', 6],
    ['down', 'other', 9],
  ])
  const show = (id: string, facts: object) => Object.assign(here.nodes.get(id as never)?.observation as object, { facts })
  show('n1', { member: 'in', quorum: '3 2 2', reads: 'fresh' })
  show('n2', { member: 'joining', quorum: '3 1 1', reads: 'weak' })
  expect(headline(here, speechOf('dynamo', undefined), undefined, dynamo.headline)).toEqual({
    lead: 'n1 is on the ring; n2 joins; N 3, R 2, W 2: reads are fresh',
    leader: undefined,
    broken: ['n3 is down'],
  })
  show('n1', { phase: 'accept', ballot: '2.n1', chosen: null })
  expect(headline(here, speechOf('paxos', undefined), undefined, paxos.headline).lead).toBe('n1 asks for votes in 2.n1')
  show('n2', { phase: null, chosen: 'X' })
  expect(headline(here, speechOf('paxos', undefined), undefined, paxos.headline).lead).toBe('X is chosen, as 1 of 2 have learned')
  show('n1', {})
  show('n2', {})
  expect(headline(here, speechOf('paxos', undefined), undefined, paxos.headline).lead).toBe('Nobody proposes')
})
