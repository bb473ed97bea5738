/** The grid as shapes and as a file: what is settled, what differs, where the step runs; and where cells lie. */
import { describe, expect, test } from 'vitest'
import { type Grid, gridOf, type NodeRow } from '../../../../protocols/core/grid.ts'
import { nodeIds } from '../../../../protocols/core/ids.ts'
import type { GridWords } from '../../../../protocols/core/panel.ts'
import { SvgPen } from '../../../../renderer/model/picture/svgPen.ts'
import {
  askedWindow,
  type GridFrame,
  GUTTER,
  HEAD,
  leftAtEnd,
  leftFor,
  placeAt,
  rowTop,
} from '../../../../renderer/panels/protocol/gridLayout.ts'
import { gridScene } from '../../../../renderer/panels/protocol/gridScene.ts'
import { paintShapes, type Shape } from '../../../../renderer/panels/protocol/shapes.ts'
import { cellWords, gridWords, rowWords } from '../../../../renderer/panels/protocol/words.ts'

const term = (name: string) => ({ name, label: name, help: `${name}.` })
const words: GridWords = {
  ...{ kind: 'grid', name: 'slots', title: 'Slots', help: '', column: term('slot'), group: term('ballot') },
  ...{ lines: [{ ...term('chosen'), settles: true }], marks: [], pointers: [term('sent')], conflict: 'They differ.' },
}
const logs = [[1, 1, 2], [1, 1, 3], [1]]
const rows = nodeIds(3).map((node, index): NodeRow => {
  const groups = logs[index] as number[]
  const cells = groups.map((group, at) => ({ column: at + 1, group, identity: group, text: `put <x> ${at}` }))
  const pointers = index === 1 ? [{ name: 'sent', node: nodeIds(3)[2] as never, column: 1 }] : []
  const more =
    index === 2
      ? { status: 'down', past: true as const }
      : {
          status: 'up',
          role: index === 1 ? ('leader' as const) : ('follower' as const),
          called: index === 1 ? 'proposer' : 'acceptor',
          epoch: 3,
        }
  return { node, ...more, row: { first: 1, last: groups.length, cells, lines: { chosen: index === 1 ? 2 : 1 }, pointers } }
})
const grid: Grid = gridOf(words, rows, { from: 1, to: 3 })
const frame: GridFrame = { width: 500, height: 220, rows: 3, cell: 80, left: 1 }
const shapes = gridScene(grid, words, { ...frame, color: (token) => token, selected: { row: 0, column: 3 }, hovered: undefined })
const paths = shapes.filter((shape): shape is Extract<Shape, { is: 'path' }> => shape.is === 'path')
const texts = shapes.flatMap((shape) => (shape.is === 'text' ? [shape.text] : []))

describe('what is drawn', () => {
  test('a cell has its number, whatever its colour; what is not settled is dashed', () => {
    expect(texts.filter((text) => text === '1')).toHaveLength(5 + 1) // five cells of ballot 1, one head of a column
    const dashed = shapes.filter((shape) => shape.is === 'rect' && shape.dash !== undefined)
    expect(dashed).toHaveLength(3) // slot 2 and 3 of n1, slot 3 of n2
  })

  test('the column that differs is named so, and the odd cell is hatched', () => {
    expect(texts).toContain('3 ≠')
    expect(grid.rows[0]?.cells[2]?.odd).toBe(true)
    const inOdd = paths.filter(
      ({ points, stroke }) =>
        stroke === 'text' && points.length === 2 && points.every(([x, y]) => x > GUTTER + 160 && y < rowTop(1, frame)),
    )
    expect(inOdd.length).toBeGreaterThan(3)
  })

  test('the step runs behind the last column in which the line holds, and is broken at a node that is down', () => {
    const step = paths.find(({ width }) => width === 3)
    expect(step?.points.map(([x]) => x)).toEqual([GUTTER + 80, GUTTER + 80, GUTTER + 160, GUTTER + 160])
    expect(paths.some(({ dash, points }) => dash !== undefined && points[0]?.[1] === rowTop(2, frame) + 1)).toBe(true)
  })

  test('who leads wears a crown; what it believes of another is drawn in its colour', () => {
    expect(paths.filter(({ points }) => points.length === 7)).toHaveLength(1)
    expect(paths.some(({ fill, points }) => fill === 'node-2' && points.length === 3)).toBe(true)
  })

  test('a picture of it says the same, and carries any text', () => {
    const pen = new SvgPen((text) => text.length * 6)
    paintShapes(pen, shapes)
    const svg = pen.body()
    expect(svg.match(/<text/g)).toHaveLength(texts.filter((text) => text !== '').length)
    expect(svg.match(/<clipPath/g)).toHaveLength(shapes.filter(({ is }) => is === 'clip').length)
    expect(svg).toContain('put &lt;x')
    expect(svg).not.toContain('put <x')
    expect(svg.match(/<g /g)?.length).toBe(svg.match(/<\/g>/g)?.length)
  })
})

describe('where it lies', () => {
  test('a point finds its cell, the gutter its row, and beyond the rows there is nothing', () => {
    expect(placeAt(frame, GUTTER + 85, HEAD + 3)).toEqual({ row: 0, column: 2 })
    expect(placeAt({ ...frame, left: 10.5 }, GUTTER + 41, rowTop(2, frame) + 1)).toEqual({ row: 2, column: 11 })
    expect(placeAt(frame, 20, rowTop(1, frame) + 1)?.row).toBe(1)
    expect(placeAt(frame, 20, 5)).toBeUndefined()
    expect(placeAt(frame, 200, 219)).toBeUndefined()
  })

  test('the end has room behind it, and a column comes into sight with as little movement as possible', () => {
    expect(leftAtEnd(1, 3, 10)).toBe(1)
    expect(leftAtEnd(1, 100, 10)).toBeGreaterThan(91)
    expect(leftFor(5, 7, 4)).toBe(5)
    expect(leftFor(8, 7, 4)).toBe(7)
    expect(leftFor(12, 7, 4)).toBe(9)
  })

  test('what is asked for holds what is seen, and never more than may be asked', () => {
    for (const seen of [1, 12.5, 100, 1500, 5000])
      for (const left of [undefined, 1, 400.7]) {
        const { from, count } = askedWindow(left, seen)
        expect(count).toBeLessThanOrEqual(2000)
        if (left !== undefined && seen < 1900)
          expect([(from as number) <= Math.floor(left), (from as number) + count >= Math.min(left + seen, 2000)]).toEqual([true, true])
      }
  })
})

test('words for those who listen', () => {
  expect(gridWords(grid, words)).toBe('Slot 1 to 3, rows differ at 3')
  const one = { ...grid, first: 1, last: 1, conflicts: [], window: { from: 1, to: 40 } }
  expect(gridWords(one, words)).toBe('Slot 1, no difference')
  expect(gridWords({ ...one, last: 90 }, words)).toBe('Slot 1 to 90, no difference from 1 to 40')
  expect(rowWords(grid.rows[1] as never, words)).toBe('n2, proposer, ballot 3, to slot 3, chosen 2')
  const [row] = grid.rows
  expect(cellWords(row as never, 3, row?.cells[2], words)).toBe(
    'n1: slot 3, ballot 2, put <x> 2. Not chosen, as far as n1 knows. Not what others have at this slot.',
  )
  expect(cellWords(grid.rows[2] as never, 2, undefined, words)).toBe('n3: slot 2, nothing')
})
