import { expect, test } from 'vitest'
import type { ArmedFault } from '../../../../protocols/core/fault.ts'
import { type NetworkFaultInput, networkFaultSchema } from '../../../../protocols/core/fault.ts'
import { CLIENTS, faultId, nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import type { Observation } from '../../../../protocols/core/machine.ts'
import { firstMoment, type Moment } from '../../../../protocols/core/moment.ts'
import { snapshot } from '../../../../renderer/model/snapshot.ts'
import { linkKey } from '../../../../renderer/model/targets.ts'
import { tagText } from '../../../../renderer/panels/topology/linkGlyphs.ts'
import { buildScene, progressFact } from '../../../../renderer/panels/topology/scene.ts'

const nodes = nodeIds(5)
const n = (i: number) => nodeId(`n${i}`)
const words = {
  epochName: 'term',
  called: ({ role }: Observation) => (role === 'leader' ? 'primary' : role),
  progress: { name: 'commitIndex', label: 'commit' },
}
let faults = 0
const arm = (moment: Moment, fault: NetworkFaultInput): ArmedFault => {
  const armed = { ...networkFaultSchema.parse(fault), id: faultId(`f${++faults}`) }
  moment.faults.set(armed.id, armed)
  return armed
}

test('a node shows its role by the name that the protocol has for it, its term and how far it has come', () => {
  const moment = firstMoment(nodes, 1)
  Object.assign(moment.nodes.get(n(1))!, { status: 'up', observation: { role: 'leader', epoch: 3, facts: { commitIndex: 41 } } })
  Object.assign(moment.nodes.get(n(2))!, { status: 'up', observation: { role: 'follower', epoch: 3, facts: { commitIndex: 40 } } })
  Object.assign(moment.nodes.get(n(3))!, { status: 'paused', observation: { role: 'candidate', epoch: 4, facts: { commitIndex: 40 } } })
  Object.assign(moment.nodes.get(n(4))!, { status: 'down', reason: 'killed', wiped: true })
  const scene = buildScene(snapshot(moment), nodes, words)
  const of = (id: string) => scene.nodes.find((mark) => mark.id === id)
  expect(of('n1')).toMatchObject({ role: 'leader', epoch: '3', called: 'primary', caption: 'primary · commit 41' })
  expect(of('n2')).toMatchObject({ role: 'follower', caption: 'commit 40' })
  expect(of('n3')).toMatchObject({ status: 'paused', epoch: '4', caption: 'paused · commit 40' })
  expect(of('n4')).toMatchObject({ status: 'down', role: 'other', epoch: '', caption: 'down, disk empty' })
  expect(of('n5')).toMatchObject({ status: 'starting', caption: 'starting' })
  expect(of(CLIENTS)).toBeDefined()
})

test('faults stand on their directed links, several on one', () => {
  const moment = firstMoment(nodes, 1)
  arm(moment, { kind: 'delay', target: { links: [[n(1), n(2)]] }, delayMs: 200, jitterMs: 50 })
  arm(moment, { kind: 'loss', target: { links: [[n(1), n(2)]] }, probability: 0.1 })
  arm(moment, { kind: 'cut', target: { links: [[n(2), n(1)]] } })
  arm(moment, { kind: 'cut', target: { links: [[n(3), n(1)]] }, rule: { types: ['AppendEntries'] } })
  const hold = arm(moment, { kind: 'hold', target: { links: [[n(4), n(1)]] } })
  const { links, partition } = buildScene(snapshot(moment), nodes, words)
  const on = (i: number, j: number) => links.get(linkKey(n(i), n(j)))
  expect(tagText(on(1, 2)!)).toBe('200 ± 50 ms · 10 % lost')
  expect(on(1, 2)?.cut).toBe('no')
  expect(on(2, 1)?.cut).toBe('all')
  expect(on(3, 1)?.cut).toBe('some')
  expect(on(4, 1)?.hold).toBe(hold.id)
  expect(on(1, 4)).toBeUndefined()
  expect(links.size).toBe(4)
  expect(partition).toBeUndefined()
})

test('a partition cuts what crosses, both ways, and nothing else', () => {
  const moment = firstMoment(nodes, 1)
  arm(moment, {
    kind: 'cut',
    target: {
      groups: [
        [n(1), n(2)],
        [n(3), n(4), n(5)],
      ],
    },
  })
  const { links, partition } = buildScene(snapshot(moment), nodes, words)
  expect(partition).toHaveLength(2)
  expect(links.size).toBe(12)
  expect(links.has(linkKey(n(1), n(2)))).toBe(false)
  expect(links.has(linkKey(CLIENTS, n(1)))).toBe(false)
  // Two sides with a rule are no partition: most messages still pass.
  moment.faults.clear()
  arm(moment, { kind: 'cut', target: { groups: [[n(1)], [n(2)]] }, rule: { count: 1 } })
  expect(buildScene(snapshot(moment), nodes, words).partition).toBeUndefined()
})

test('a cut of everything wins over one by a rule, whichever was armed first', () => {
  for (const first of [0, 1]) {
    const moment = firstMoment(nodes, 1)
    const both: NetworkFaultInput[] = [
      { kind: 'cut', target: { links: [[n(1), n(2)]] } },
      { kind: 'cut', target: { links: [[n(1), n(2)]] }, rule: { count: 1 } },
    ]
    arm(moment, both[first]!)
    arm(moment, both[1 - first]!)
    expect(buildScene(snapshot(moment), nodes, words).links.get(linkKey(n(1), n(2)))?.cut).toBe('all')
  }
})

test('the fact that tells how far a node has come is the commit index, or what sounds like one', () => {
  expect(
    progressFact([
      { name: 'votes', label: 'votes' },
      { name: 'commitIndex', label: 'commit' },
    ]),
  ).toEqual({ name: 'commitIndex', label: 'commit' })
  expect(progressFact([{ name: 'executed', label: 'Executed' }])).toEqual({ name: 'executed', label: 'executed' })
  expect(progressFact([{ name: 'votes', label: 'votes' }])).toBeUndefined()
  expect(progressFact(undefined)).toBeUndefined()
})
