/** The observer forgets what a crash took back, and nothing else. */
import { expect, test } from 'vitest'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { NumberTable } from '../../../protocols/pbft/ledger.ts'
import { TakenBack } from '../../../protocols/pbft/takenBack.ts'

type Step = Parameters<TakenBack['see']>[0]
const [n1, n2] = ['n1', 'n2'] as [NodeId, NodeId]

const step = (rest: object): Step => ({ node: n1, effects: [], input: { kind: 'timer' }, after: { stable: { n: 0 } }, ...rest }) as never
const record = (...numbers: number[]): Json => ({ slots: Object.fromEntries(numbers.map((n) => [n, { committed: [] }])) })
const writes = (written: Json, replaces?: true) => step({ effects: [{ kind: 'persist', record: written, ...(replaces && { replaces }) }] })
const starts = (recovered: Json[], stable = 0) => step({ input: { kind: 'start', recovered }, after: { stable: { n: stable } } })

test('what was written and is not there when the next life begins was taken back, once', () => {
  const takenBack = new TakenBack('committed')
  expect([...takenBack.see(starts([]))]).toEqual([])
  takenBack.see(writes(record(1)))
  takenBack.see(writes(record(2, 3)))
  expect([...takenBack.see(starts([record(1)]))]).toEqual([2, 3])
  expect([...takenBack.see(starts([record(1)]))]).toEqual([])
})

test('what lies below the checkpoint was not, nor what was never written, nor what the disk holds', () => {
  const takenBack = new TakenBack('committed')
  takenBack.see(writes({ slots: { 4: { prepared: {} } } }))
  takenBack.see(writes(record(5)))
  takenBack.see(writes(record(6, 7), true))
  expect([...takenBack.see(starts([record(7)], 6))]).toEqual([])
})

test('what others said of a number stands', () => {
  const table = new NumberTable<string>()
  table.enter(8, '', 'd', n1)
  table.enter(8, '', 'd', n2)
  table.enter(9, '', 'e', n1)
  table.takeBack(n1, [8, 9])
  expect(table.row(8).get('')).toMatchObject({ value: 'd', node: n2 })
  expect(table.row(9).size).toBe(0)
})
