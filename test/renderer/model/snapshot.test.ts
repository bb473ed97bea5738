import { expect, test } from 'vitest'
import { messageId, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { advance, firstMoment } from '../../../protocols/core/moment.ts'
import { snapshot } from '../../../renderer/model/snapshot.ts'

test('a snapshot stays as it was while the moment goes on, and shares what did not change', () => {
  const moment = firstMoment(nodeIds(3), 1)
  advance(moment, { kind: 'node', seq: 1, atUs: 5, node: nodeId('n1'), change: { is: 'up', pid: 7, life: 1 } })
  const before = snapshot(moment)
  advance(moment, { kind: 'node', seq: 2, atUs: 9, node: nodeId('n2'), change: { is: 'up', pid: 8, life: 1 } })
  const after = snapshot(moment, before)
  expect(before.nodes.get(nodeId('n2'))?.status).toBe('starting')
  expect(after.nodes.get(nodeId('n2'))?.status).toBe('up')
  expect(after.nodes.get(nodeId('n1'))).toBe(before.nodes.get(nodeId('n1')))
  expect(after.faults).toBe(before.faults)
})

test('a message that arrives later is still in flight in the older snapshot', () => {
  const moment = firstMoment(nodeIds(2), 1)
  const message = messageId(0, 1, 1)
  advance(moment, {
    kind: 'send',
    seq: 1,
    atUs: 1,
    message,
    from: nodeId('n1'),
    to: nodeId('n2'),
    type: 'X',
    body: null,
    life: 1,
    step: 1,
    lamport: 1,
    clock: [],
  })
  const before = snapshot(moment)
  advance(moment, { kind: 'deliver', seq: 2, atUs: 2, message, copy: 0 })
  expect(before.inFlight.size).toBe(1)
  expect(snapshot(moment, before).inFlight.size).toBe(0)
})
