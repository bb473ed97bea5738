import { expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import type { Mark } from '../../../protocols/core/mark.ts'
import { faultBands, leaderBands, nextStop, packRows } from '../../../renderer/model/marks.ts'

const mark = (seq: number, kind: Mark['kind'], more: Partial<Mark> = {}): Mark => ({
  seq,
  atUs: seq * 1000,
  kind,
  text: `${kind} ${seq}`,
  ...more,
})
const [n1, n2] = [nodeId('n1'), nodeId('n2')]

test('a leader leads until the next one is elected', () => {
  const bands = leaderBands([mark(1, 'leader', { node: n1 }), mark(5, 'leader', { node: n2 })])
  expect(bands).toMatchObject([
    { node: n1, fromUs: 1000, toUs: 5000 },
    { node: n2, fromUs: 5000, toUs: undefined },
  ])
})

test('a leader that crashes leads no more, though nobody else does yet', () => {
  const bands = leaderBands([mark(1, 'leader', { node: n1 }), mark(3, 'crash', { node: n1 }), mark(4, 'crash', { node: n2 })])
  expect(bands).toMatchObject([{ node: n1, fromUs: 1000, toUs: 3000 }])
})

test('a leader that steps down leads no more; one that was succeeded long ago steps down from nothing', () => {
  const marks = [mark(1, 'leader', { node: n1 }), mark(2, 'leader', { node: n2 }), mark(3, 'stepDown', { node: n1 })]
  expect(leaderBands(marks)).toMatchObject([
    { node: n1, toUs: 2000 },
    { node: n2, toUs: undefined },
  ])
  expect(leaderBands([...marks, mark(4, 'stepDown', { node: n2 })])).toMatchObject([
    { node: n1, toUs: 2000 },
    { node: n2, toUs: 4000 },
  ])
})

test('who starts again in an epoch that is over takes nothing from the leader of a later one; when that is gone, it leads who still does', () => {
  const [first, second] = [mark(1, 'leader', { node: n1, epoch: 0 }), mark(3, 'leader', { node: n2, epoch: 1 })]
  const again = mark(4, 'leader', { node: n1, epoch: 0 })
  const marks = [first, mark(2, 'crash', { node: n1 }), second, again]
  expect(leaderBands([...marks, mark(5, 'stepDown', { node: n1 })])).toMatchObject([
    { node: n1, epoch: 0, fromUs: 1000, toUs: 2000 },
    { node: n2, epoch: 1, fromUs: 3000, toUs: undefined },
  ])
  expect(leaderBands([...marks, mark(6, 'crash', { node: n2 })]).at(-1)).toMatchObject({ node: n1, epoch: 0, fromUs: 6000, seq: 6 })
})

test('a leader that is paused does not lead until it goes on, unless somebody else does by then', () => {
  const marks = [
    mark(1, 'leader', { node: n1, epoch: 1 }),
    mark(2, 'pause', { node: n1 }),
    mark(3, 'resume', { node: n1 }),
    mark(4, 'pause', { node: n1 }),
    mark(5, 'leader', { node: n2, epoch: 2 }),
    mark(6, 'resume', { node: n1 }),
  ]
  expect(leaderBands(marks).map(({ node, fromUs, toUs }) => [node, fromUs, toUs])).toEqual([
    [n1, 1000, 2000],
    [n1, 3000, 4000],
    [n2, 5000, undefined],
  ])
})

test('the crash of a follower leaves the leader leading', () => {
  expect(leaderBands([mark(1, 'leader', { node: n1 }), mark(3, 'crash', { node: n2 })])).toMatchObject([{ node: n1, toUs: undefined }])
})

test('a fault lasts until it is lifted, a crash until the restart, a pause until the node goes on or dies', () => {
  const bands = faultBands([
    mark(1, 'fault', { fault: 'f1' }),
    mark(2, 'fault', { fault: 'f2' }),
    mark(3, 'pause', { node: n1 }),
    mark(4, 'crash', { node: n1 }),
    mark(5, 'lift', { fault: 'f1' }),
    mark(6, 'restart', { node: n1 }),
  ])
  expect(bands.map(({ fromUs, toUs }) => [fromUs, toUs])).toEqual([
    [1000, 5000],
    [2000, undefined],
    [3000, 4000],
    [4000, 6000],
  ])
})

test('[ and ] stop at what was broken and at violations, not at what was put right', () => {
  const marks = [mark(1, 'leader'), mark(3, 'crash'), mark(5, 'restart'), mark(7, 'violation'), mark(9, 'lift')]
  expect(nextStop(marks, 1, 1)?.seq).toBe(3)
  expect(nextStop(marks, 3, 1)?.seq).toBe(7)
  expect(nextStop(marks, 7, 1)).toBeUndefined()
  expect(nextStop(marks, 9, -1)?.seq).toBe(7)
  expect(nextStop(marks, 3, -1)).toBeUndefined()
})

test('bands that overlap lie in different rows; the last row takes what is left', () => {
  const bands = faultBands([
    mark(1, 'fault', { fault: 'a' }),
    mark(2, 'fault', { fault: 'b' }),
    mark(3, 'fault', { fault: 'c' }),
    mark(4, 'lift', { fault: 'a' }),
    mark(5, 'fault', { fault: 'd' }),
  ])
  expect(packRows(bands, 10_000, 2)).toEqual([0, 1, 1, 0])
})
