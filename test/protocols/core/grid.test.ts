/** Rows side by side: what differs shows, what is settled decides, and a window is a slice of the whole. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Grid, type GridCell, type GridRow, gridOf, type NodeRow, windowOf } from '../../../protocols/core/grid.ts'
import { nodeIds } from '../../../protocols/core/ids.ts'

const words = {
  lines: [{ name: 'done', settles: true }, { name: 'seen' }],
  marks: [{ name: 'chosen', settles: true }, { name: 'prepared' }],
}
const cell = (column: number, group: number, more: Partial<GridCell> = {}): GridCell => ({
  column,
  group,
  identity: group,
  text: `${column}/${group}`,
  ...more,
})
const row = (groups: readonly number[], done = 0): GridRow => ({
  ...{
    first: 1,
    last: groups.length,
    cells: groups.map((group, index) => cell(index + 1, group)),
    lines: { done, seen: done },
    pointers: [],
  },
})
const rowsOf = (...rows: readonly GridRow[]): NodeRow[] =>
  nodeIds(rows.length).map((node, index) => ({ node, status: 'up', row: rows[index] as GridRow }))
const whole = (rows: readonly NodeRow[]): Grid =>
  gridOf(
    words,
    rows,
    windowOf(
      rows.map((each) => each.row),
      { from: 0, count: 1e6 },
    ),
  )
const oddIn = (grid: Grid): string[] =>
  grid.rows.flatMap(({ node, cells }) => cells.filter(({ odd }) => odd).map(({ column }) => `${node} ${column}`))

test('what most have is what a column holds, and the others are odd', () => {
  const grid = whole(rowsOf(row([1, 2]), row([1, 3]), row([1, 2])))
  expect(grid.conflicts).toEqual([2])
  expect(oddIn(grid)).toEqual(['n2 2'])
})

test('what is settled anywhere is what a column holds, however many have something else', () => {
  const grid = whole(rowsOf(row([1, 2], 2), row([1, 3]), row([1, 3])))
  expect(oddIn(grid)).toEqual(['n2 2', 'n3 2'])
  expect(grid.rows[0]?.cells.map(({ settled }) => settled)).toEqual([true, true])
  expect(grid.rows[1]?.cells.map(({ settled }) => settled)).toEqual([undefined, undefined])
})

test('of two that as many have, the later one counts', () => {
  expect(oddIn(whole(rowsOf(row([1, 2]), row([1, 3]))))).toEqual(['n1 2'])
})

test('a mark can settle a cell beyond holes; cells without an identity never conflict', () => {
  const holes = { ...row([]), last: 5, cells: [cell(2, 7, { marks: ['chosen'] }), cell(5, 9, { marks: ['prepared'] })] }
  const grid = whole(rowsOf(holes, { ...row([]), last: 5, cells: [{ column: 2, group: 8, text: 'x' }, cell(5, 8)] }))
  expect(grid.rows[0]?.cells.map(({ settled }) => settled)).toEqual([true, undefined])
  expect(grid.conflicts).toEqual([5])
})

test('no row, no column: an empty window', () => {
  const grid = whole(rowsOf(row([]), row([])))
  expect([grid.first, grid.last, grid.window]).toEqual([1, 0, { from: 1, to: 0 }])
})

test('a window follows the end when none is asked for, and stays within what there is', () => {
  const rows = [{ first: 1, last: 10 }]
  expect(windowOf(rows, { count: 4 })).toEqual({ from: 7, to: 10 })
  expect(windowOf(rows, { from: 9, count: 4 })).toEqual({ from: 7, to: 10 })
  expect(windowOf(rows, { from: -5, count: 4 })).toEqual({ from: 1, to: 4 })
  expect(
    windowOf(
      [
        { first: 5, last: 6 },
        { first: 1, last: 0 },
      ],
      { count: 100 },
    ),
  ).toEqual({ from: 5, to: 6 })
})

test('a window is a slice of the whole', () => {
  const terms = fc
    .array(fc.nat(3), { maxLength: 20 })
    .map((steps) => steps.map((_, i) => 1 + steps.slice(0, i + 1).reduce((a, b) => a + (b === 3 ? 1 : 0), 0)))
  const cluster = fc.array(fc.tuple(terms, fc.nat(20)), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(cluster, fc.nat(25), fc.integer({ min: 1, max: 12 }), (logs, from, count) => {
      const rows = rowsOf(...logs.map(([groups, done]) => row(groups, Math.min(done, groups.length))))
      const all = whole(rows)
      const window = windowOf(
        rows.map((each) => each.row),
        { from, count },
      )
      const inside = (column: number) => column >= window.from && column <= window.to
      const cut = rows.map((each) => ({ ...each, row: { ...each.row, cells: each.row.cells.filter(({ column }) => inside(column)) } }))
      const some = gridOf(words, cut, window)
      expect(some.conflicts).toEqual(all.conflicts.filter(inside))
      for (const [index, given] of some.rows.entries()) {
        expect(given.cells).toEqual(all.rows[index]?.cells.filter(({ column }) => inside(column)))
        expect(given.lines).toEqual(all.rows[index]?.lines)
      }
      expect([some.first, some.last]).toEqual([all.first, all.last])
    }),
  )
})
