/** The panel shows what a state holds: numbers with their phases, and who asked for which view. */
import { expect, test } from 'vitest'
import type { BallotStep, BallotWord } from '../../../protocols/core/ballots.ts'
import { type NodeId, nodeId } from '../../../protocols/core/ids.ts'
import type { BallotsView, GridView } from '../../../protocols/core/panel.ts'
import { requestText, sign } from '../../../protocols/core/signature.ts'
import { pbft } from '../../../protocols/pbft/index.ts'
import type { PbftMessage } from '../../../protocols/pbft/messages.ts'
import type { PbftState } from '../../../protocols/pbft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Stage } from '../../support/stage.ts'

const [numbers, views] = (pbft.panel?.views ?? []) as unknown as [GridView<PbftState>, BallotsView<PbftMessage>]
const words = (op: unknown) => kv.format(op as never)
const all = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }

function ask(stage: Stage<PbftState, PbftMessage>, timestamp: number): void {
  const op = { op: 'put', key: 'x', value: String(timestamp) }
  stage.request('n1', { kind: 'signed', client: 'a', op, signature: sign('a', requestText('a', timestamp, op)) })
}

test('a number shows the furthest phase that it has come to, its view and its votes', () => {
  const stage = new Stage<PbftState, PbftMessage>(pbft as never, kv, { nodes: 4 })
  ask(stage, 1)
  stage.settle()
  ask(stage, 2)
  stage.deliver({ from: 'n1', to: 'n2', kind: 'PrePrepare' })
  const row = numbers.row(stage.state('n2'), all, words)
  expect(row).toMatchObject({ first: 1, last: 2, lines: { executed: 1, low: 0, high: 200 } })
  expect(row.cells.map(({ column, group, text, marks }) => ({ column, group, text, marks }))).toEqual([
    { column: 1, group: 0, text: 'put x 1', marks: ['prePrepared', 'prepared', 'committed'] },
    { column: 2, group: 0, text: 'put x 2', marks: ['prePrepared'] },
  ])
  expect(row.cells[1]?.detail).toMatch(/^pre-prepared in view 0; 1 Prepare, 0 Commits; digest [0-9a-f]{6}$/)
})

test('a view is asked for by ViewChanges, begun by its primary, and refused by who finds it out', () => {
  const notes = (note: string, data: object) => [{ note, data: data as BallotStep['notes'][number]['data'] }]
  const told = (node: NodeId, note: string, data: object, given?: BallotStep<PbftMessage>['given']): BallotWord[] => [
    ...views.tell({ node, notes: notes(note, data), shows: () => undefined, ...(given ? { given } : {}) }),
  ]
  const [n2, n3] = [nodeId('n2'), nodeId('n3')]
  expect(told(n3, 'startViewChange', { view: 1, primary: 'n2', why: 'late' })).toEqual([
    { is: 'votes', epoch: 1, candidate: 'n2', voter: 'n3', granted: true, why: 'late' },
  ])
  expect(told(n2, 'countViewChange', { view: 1, primary: 'n2', of: 'n3' })).toEqual([
    { is: 'heard', epoch: 1, candidate: 'n2', voter: 'n3' },
  ])
  expect(told(n3, 'countViewChange', { view: 1, primary: 'n2', of: 'n4' })).toEqual([])
  expect(told(n2, 'newView', { view: 1 })).toEqual([{ is: 'wins', epoch: 1, candidate: 'n2' }])
  const message = { kind: 'NewView', v: 1, V: [], O: [], signature: 'x' } as const
  expect(told(n3, 'refuse', { message: 'NewView', why: 'wrong' }, { from: n2, message: message as never })).toEqual([
    { is: 'votes', epoch: 1, candidate: 'n2', voter: 'n3', granted: false, why: 'wrong' },
  ])
  expect([4, 7, 10].map((nodes) => views.needs(nodes))).toEqual([3, 5, 7])
})
