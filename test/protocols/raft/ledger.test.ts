/** What the observer of logs remembers, and what it may forget. */
import { expect, test } from 'vitest'
import { type NodeId, nodeId } from '../../../protocols/core/ids.ts'
import { ByIndex } from '../../../protocols/raft/ledger.ts'
import type { RaftState } from '../../../protocols/raft/state.ts'

const [n1, n2] = [nodeId('n1'), nodeId('n2')]
const begunAt = (baseIndex: number) => ({ log: { baseIndex } }) as RaftState

/** A table of a hundred entries, and two servers that discard. */
function observed() {
  const table = new ByIndex<string>()
  for (let index = 1; index <= 100; index++) table.set(index, `entry ${index}`)
  const states = new Map([n1, n2].map((node) => [node, begunAt(0)]))
  const discard = (node: NodeId, baseIndex: number, before = states.get(node)) => {
    const after = begunAt(baseIndex)
    states.set(node, after)
    table.forget(before, after, states)
  }
  return { table, discard }
}

test('what all logs had discarded before one discards more is forgotten, and nothing else', () => {
  const { table, discard } = observed()
  discard(n1, 30)
  discard(n2, 20) // 20 by both
  expect(table.get(1)).toBe('entry 1')
  discard(n1, 60)
  expect([19, 20, 21, 100].map((index) => table.get(index))).toEqual([undefined, 'entry 20', 'entry 21', 'entry 100'])
  expect([19, 20].map((index) => table.hasForgotten(index))).toEqual([true, false])
  table.set(5, 'comes late')
  table.set(101, 'entry 101')
  expect([table.get(5), table.get(101)]).toEqual([undefined, 'entry 101'])
  table.cutAfter(50)
  expect([table.get(50), table.get(51)]).toEqual(['entry 50', undefined])
})

test('while one server lags behind, what it lacks is kept', () => {
  const { table, discard } = observed()
  for (const baseIndex of [30, 60, 90]) discard(n1, baseIndex)
  expect(table.get(1)).toBe('entry 1')
})

test('a start that goes back to an older snapshot forgets nothing, and is found as it was', () => {
  const { table, discard } = observed()
  discard(n1, 40)
  discard(n2, 40)
  discard(n2, 10, undefined) // a crash took its snapshot back
  discard(n1, 80)
  expect(table.get(11)).toBe('entry 11')
})
