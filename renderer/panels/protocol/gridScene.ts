/**
 * A grid as shapes: rows of cells in the colour of their group with its number inside, lighter and dashed until they are settled,
 * hatched where they are not what the column holds elsewhere; the first line of the protocol as a bold step, the others as
 * ticks; what one node believes of another as small marks in the colour of the one that believes.
 */
import type { Grid, PlacedCell, PlacedRow } from '../../../protocols/core/grid.ts'
import type { GridWords } from '../../../protocols/core/panel.ts'
import { groupToken, nodeToken } from '../../model/hues.ts'
import { type CellPlace, columnX, type GridFrame, GUTTER, HEAD, labelEvery, rowHeight, rowsBottom, rowTop, STRIP } from './gridLayout.ts'
import { fitted, type Shape } from './shapes.ts'

export interface GridLook extends GridFrame {
  readonly color: (token: string) => string
  readonly selected: CellPlace | undefined
  readonly hovered: CellPlace | undefined
  /** Without the strip and what a pointer does: for a file. */
  readonly isStill?: boolean
}

/** Room under the cells of a row for marks. */
const UNDER = 11
const INK = 'text'

export function gridScene(grid: Grid, words: GridWords, look: GridLook): Shape[] {
  const shapes: Shape[] = [...columnHeads(grid, look)]
  for (const [index, row] of grid.rows.entries()) shapes.push(...rowHead(row, index, words, look))
  shapes.push({ is: 'clip', x: GUTTER, y: 0, w: look.width - GUTTER, h: rowsBottom(look) + 2 })
  for (const [index, row] of grid.rows.entries()) {
    for (const cell of row.cells) if (inSight(cell.column, look)) shapes.push(...cellShapes(cell, row, index, look))
  }
  shapes.push(...pointers(grid, words, look), ...ticks(grid, words, look), ...step(grid, words, look), ...outlines(look))
  shapes.push({ is: 'unclip' })
  if (!look.isStill) shapes.push(...strip(grid, look))
  return shapes
}

function inSight(column: number, look: GridLook): boolean {
  const x = columnX(column, look)
  return x + look.cell > GUTTER && x < look.width
}

function columnHeads({ conflicts, last, first }: Grid, look: GridLook): Shape[] {
  const { color, cell, left, width } = look
  const every = labelEvery(cell, last)
  const wrong = new Set(conflicts)
  const shapes: Shape[] = [{ is: 'clip', x: GUTTER, y: 0, w: width - GUTTER, h: rowsBottom(look) + 2 }]
  const to = Math.min(last, Math.ceil(left + (width - GUTTER) / cell))
  for (let column = Math.max(first, Math.floor(left)); column <= to; column++) {
    const x = columnX(column, look)
    const isWrong = wrong.has(column)
    if (isWrong)
      shapes.push({
        is: 'rect',
        x: x + 0.5,
        y: 1.5,
        w: cell - 1,
        h: rowsBottom(look) - 1,
        r: 3,
        fill: color('sunken'),
        stroke: color('line'),
      })
    const isNamed = column % every === 0 || (column === first && every <= 5)
    if (!isNamed && !isWrong) continue
    const text = isWrong ? (isNamed && cell >= 40 ? `${column} ≠` : '≠') : String(column)
    shapes.push({
      is: 'text',
      x: x + cell / 2,
      y: HEAD / 2 + 1,
      text,
      anchor: 'middle',
      font: 'data',
      fill: color(isWrong ? INK : 'text-faint'),
      ...(isWrong ? { weight: 700 } : {}),
    })
  }
  return [...shapes, { is: 'unclip' }]
}

function rowHead(row: PlacedRow, index: number, words: GridWords, look: GridLook): Shape[] {
  const { color } = look
  const [top, high] = [rowTop(index, look), rowHeight(look)]
  const isTall = high >= 38
  const y = isTall ? top + high / 2 - 9 : top + high / 2
  const isGone = row.status === 'down' || row.status === 'empty'
  const shapes: Shape[] = [
    { is: 'rect', x: 0, y: top + high - 1, w: look.width, h: 1, fill: color('hairline') },
    {
      is: 'rect',
      x: 12,
      y: y - 4,
      w: 8,
      h: 8,
      r: 4,
      ...(isGone ? { stroke: color(nodeToken(row.node)), width: 1.5 } : { fill: color(nodeToken(row.node)) }),
    },
    { is: 'text', x: 26, y, text: row.node, size: 13, weight: 600, fill: color(isGone ? 'text-faint' : INK) },
  ]
  const after = 26 + row.node.length * 8.5 + 5
  if (row.role === 'leader') shapes.push(crown(after, y - 5, color(INK)))
  const told = headWords(row, words)
  if (isTall) shapes.push({ is: 'text', x: 26, y: y + 17, text: told, fill: color('text-faint') })
  else if (isGone)
    shapes.push({ is: 'text', x: after, y, text: row.status === 'empty' ? 'not there' : row.status, fill: color('text-faint') })
  return shapes
}

/** Below a node's name: "term 8 · ✓ 11". */
function headWords(row: PlacedRow, words: GridWords): string {
  if (row.problem !== undefined && row.cells.length === 0) return 'not known'
  if (row.status === 'down') return 'down'
  if (row.status === 'empty') return 'not there'
  const line = words.lines[0]
  const at = line && row.lines[line.name]
  return [row.epoch === undefined ? row.status : `${words.group.label} ${row.epoch}`, ...(at === undefined ? [] : [`✓ ${at}`])].join(' · ')
}

const crown = (x: number, y: number, fill: string): Shape => ({
  is: 'path',
  closed: true,
  fill,
  points: (
    [
      [0, 2],
      [3, 5],
      [6, 0],
      [9, 5],
      [12, 2],
      [11, 9],
      [1, 9],
    ] as const
  ).map(([dx, dy]) => [x + dx, y + dy] as const),
})

interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

function boxOf({ row, column }: CellPlace, look: GridLook): Box {
  const gap = look.cell >= 24 ? 2 : 1
  return { x: columnX(column, look) + gap / 2, y: rowTop(row, look) + 4, w: look.cell - gap, h: rowHeight(look) - 4 - UNDER }
}

function cellShapes(cell: PlacedCell, row: PlacedRow, index: number, look: GridLook): Shape[] {
  const { color } = look
  const box = boxOf({ row: index, column: cell.column }, look)
  const isPast = row.past === true
  const fill = color(groupToken(cell.group))
  const shapes: Shape[] = []
  if (cell.settled) shapes.push({ is: 'rect', ...box, r: 3, fill, alpha: isPast ? 0.5 : 1 })
  else {
    shapes.push({ is: 'rect', ...box, r: 3, fill, alpha: isPast ? 0.2 : 0.4 })
    const edge = { x: box.x + 0.5, y: box.y + 0.5, w: box.w - 1, h: box.h - 1 }
    shapes.push({ is: 'rect', ...edge, r: 3, stroke: color('text-faint'), dash: [3, 2], alpha: isPast ? 0.5 : 0.9 })
  }
  if (cell.odd) shapes.push(...hatch(box, color(INK)))
  const ink = color(isPast ? 'text-soft' : INK)
  const group = String(cell.group)
  const text = box.w >= 44 && box.h >= 26 ? fitted(cell.text, box.w - (cell.odd ? 8 + BAND : 8), 11) : ''
  const middle = box.x + box.w / 2
  if (text === '')
    return [
      ...shapes,
      { is: 'text', x: middle, y: box.y + box.h / 2 + 0.5, text: group, anchor: 'middle', font: 'data', weight: 600, fill: ink },
    ]
  return [
    ...shapes,
    { is: 'text', x: box.x + 5, y: box.y + box.h / 2 - 6, text: group, font: 'data', weight: 700, fill: ink },
    { is: 'text', x: box.x + 5, y: box.y + box.h / 2 + 7.5, text, font: 'data', fill: ink },
  ]
}

/** Where the hatching of a cell lies: at its right, or below where it is narrow. */
const BAND = 9

const bandOf = ({ x, y, w, h }: Box): Box => (w >= 44 ? { x: x + w - BAND, y, w: BAND, h } : { x, y: y + h - BAND / 1.5, w, h: BAND / 1.5 })

/** A bold edge, and diagonals in a band of the box. */
function hatch(box: Box, stroke: string): Shape[] {
  const { x, y, w, h } = bandOf(box)
  const shapes: Shape[] = [{ is: 'rect', x: box.x + 0.75, y: box.y + 0.75, w: box.w - 1.5, h: box.h - 1.5, r: 3, stroke, width: 1.5 }]
  for (let at = 4; at < w + h; at += 4) {
    const from = at <= h ? ([x, y + at] as const) : ([x + at - h, y + h] as const)
    const to = at <= w ? ([x + at, y] as const) : ([x + w, y + at - w] as const)
    shapes.push({ is: 'path', points: [from, to], stroke, width: 1.25 })
  }
  return shapes
}

/** The first line of the protocol: a bold step from row to row. */
function step({ rows }: Grid, { lines }: GridWords, look: GridLook): Shape[] {
  const [line] = lines
  if (!line) return []
  const stroke = look.color(INK)
  const shapes: Shape[] = []
  let points: (readonly [number, number])[] = []
  const end = () => {
    if (points.length > 1) shapes.push({ is: 'path', points, stroke, width: 3 })
    points = []
  }
  for (const [index, row] of rows.entries()) {
    const at = row.lines[line.name]
    const [top, bottom] = [rowTop(index, look) + 1, rowTop(index, look) + rowHeight(look) - 1]
    if (at === undefined) end()
    else {
      const x = Math.max(GUTTER + 1.5, Math.min(columnX(at + 1, look), look.width + 4))
      if (row.past) {
        end()
        shapes.push({
          is: 'path',
          points: [
            [x, top],
            [x, bottom],
          ],
          stroke,
          width: 2,
          dash: [2, 3],
          alpha: 0.5,
        })
      } else points.push([x, top], [x, bottom])
    }
  }
  end()
  return shapes
}

/** The other lines: a triangle under the last column in which they hold, the second hollow. */
function ticks({ rows }: Grid, { lines }: GridWords, look: GridLook): Shape[] {
  const ink = look.color('text-soft')
  return rows.flatMap((row, index) =>
    lines.slice(1).flatMap(({ name }, sort): Shape[] => {
      const at = row.lines[name]
      if (at === undefined || row.past || !inSight(at, look)) return []
      const x = columnX(at + 1, look) - 7
      return [triangle(x, rowTop(index, look) + rowHeight(look) - UNDER + 1, sort === 0 ? { fill: ink } : { stroke: ink })]
    }),
  )
}

/** What nodes believe of others, in their own colour: the first sort filled, the second hollow. */
function pointers({ rows }: Grid, { pointers: sorts }: GridWords, look: GridLook): Shape[] {
  const places = new Map(rows.map(({ node }, index) => [node, index]))
  return rows.flatMap((row) =>
    row.past
      ? []
      : row.pointers.flatMap(({ name, node, column }): Shape[] => {
          const index = places.get(node)
          const sort = sorts.findIndex((each) => each.name === name)
          if (index === undefined || sort < 0 || !inSight(column, look)) return []
          const hue = look.color(nodeToken(row.node))
          const x = columnX(column, look) + Math.min(look.cell / 2, 12) + (look.cell < 24 ? 0 : sort * 10)
          return [triangle(x, rowTop(index, look) + rowHeight(look) - UNDER + 1, sort === 0 ? { fill: hue } : { stroke: hue })]
        }),
  )
}

const triangle = (x: number, y: number, ink: { fill?: string; stroke?: string }): Shape => ({
  is: 'path',
  closed: true,
  points: [
    [x, y],
    [x + 4, y + 7],
    [x - 4, y + 7],
  ],
  ...ink,
  ...(ink.stroke ? { width: 1.5 } : {}),
})

function outlines(look: GridLook): Shape[] {
  const ring = (place: CellPlace, stroke: string, width: number): Shape => {
    const { x, y, w, h } = boxOf(place, look)
    return { is: 'rect', x: x - 1, y: y - 1, w: w + 2, h: h + 2, r: 4, stroke, width }
  }
  const { selected, hovered, color } = look
  return [...(hovered ? [ring(hovered, color('text-soft'), 1)] : []), ...(selected ? [ring(selected, color('accent'), 2)] : [])]
}

/** Where in the whole sequence one is. */
function strip({ first, last }: Grid, look: GridLook): Shape[] {
  const total = last - first + 1
  const room = look.width - GUTTER - 8
  const seen = (look.width - GUTTER) / look.cell
  if (total <= seen || room <= 0) return []
  const y = Math.max(rowsBottom(look) + 2, look.height - STRIP + 2)
  const w = Math.max(24, (room * seen) / total)
  const x = GUTTER + (room - w) * Math.min(1, (look.left - first) / Math.max(1, total - seen))
  return [
    { is: 'rect', x: GUTTER, y, w: room, h: 6, r: 3, fill: look.color('hairline') },
    { is: 'rect', x, y, w, h: 6, r: 3, fill: look.color('text-faint') },
  ]
}
