/** Where the cells of a grid lie, what is under the pointer, and which columns are in sight. */
import type { PlacedCell, PlacedRow } from '../../../protocols/core/grid.ts'

/** Left of the cells: the nodes. Above them: the columns' numbers. Below them: the strip that shows where one is. */
export const GUTTER = 112
export const HEAD = 22
export const STRIP = 12
export const ROW_MIN = 26
export const ROW_MAX = 56
export const CELL_MIN = 16
export const CELL_MAX = 200
export const CELL_USUAL = 68

export interface GridFrame {
  readonly width: number
  readonly height: number
  readonly rows: number
  /** The width of a cell. */
  readonly cell: number
  /** The column at the left edge; may lie within one. */
  readonly left: number
}

export interface CellPlace {
  readonly row: number
  readonly column: number
}

export const rowHeight = ({ height, rows }: Pick<GridFrame, 'height' | 'rows'>): number =>
  Math.max(ROW_MIN, Math.min(ROW_MAX, Math.floor((height - HEAD - STRIP) / Math.max(1, rows))))

export const rowTop = (row: number, frame: GridFrame): number => HEAD + row * rowHeight(frame)
/** The left edge of a column. */
export const columnX = (column: number, { left, cell }: GridFrame): number => GUTTER + (column - left) * cell
/** The lowest point of the rows. */
export const rowsBottom = (frame: GridFrame): number => HEAD + frame.rows * rowHeight(frame)

export const columnsInSight = ({ width, cell }: Pick<GridFrame, 'width' | 'cell'>): number => Math.max(1, (width - GUTTER) / cell)

/** Columns left free behind the last, so that a line there is seen. */
const END_ROOM = 0.3

/** The left edge that shows the end, or the beginning where all fits. */
export function leftAtEnd(first: number, last: number, seen: number): number {
  return Math.max(first, last + 1 + END_ROOM - seen)
}

export const clampLeft = (left: number, first: number, last: number, seen: number): number =>
  Math.max(first, Math.min(left, leftAtEnd(first, last, seen)))

/** The left edge that has a column in sight, moved as little as possible. */
export function leftFor(column: number, left: number, seen: number): number {
  if (column < left) return column
  return column + 1 > left + seen ? column + 1 - seen : left
}

/** The columns to ask for: those in sight, and as many on either side, so that a turn of the wheel shows them at once. */
export function askedWindow(left: number | undefined, seen: number): { from?: number; count: number } {
  const whole = Math.ceil(seen)
  if (left === undefined) return { count: Math.min(2000, 2 * whole + 2) }
  const beside = Math.min(whole, Math.floor((2000 - whole) / 2) - 1)
  return { from: Math.max(0, Math.floor(left) - beside), count: Math.min(2000, whole + 2 * beside + 2) }
}

export function placeAt(frame: GridFrame, x: number, y: number): CellPlace | undefined {
  if (y < HEAD || x < 0 || x > frame.width) return undefined
  const row = Math.floor((y - HEAD) / rowHeight(frame))
  if (row >= frame.rows) return undefined
  return { row, column: x < GUTTER ? Number.NaN : Math.floor(frame.left + (x - GUTTER) / frame.cell) }
}

export const cellOf = (row: PlacedRow | undefined, column: number): PlacedCell | undefined =>
  row?.cells.find((cell) => cell.column === column)

/** Every so many columns a number, so that they do not touch. */
export function labelEvery(cell: number, last: number): number {
  const room = String(Math.max(1, last)).length * 7 + 10
  return [1, 2, 5, 10, 20, 50, 100, 1000].find((every) => every * cell >= room) ?? 10_000
}
