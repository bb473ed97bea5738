/**
 * A grid: one row a node, one column a place in a sequence, and in a cell what the node has there. Rows are read from states
 * (see `GridView` in panel.ts); here they are put side by side, so that what differs between them shows.
 */
import type { NodeId } from './ids.ts'
import type { Role } from './observation.ts'

/** Columns `from` .. `to`, both included. */
export interface GridWindow {
  readonly from: number
  readonly to: number
}

export interface GridCell {
  readonly column: number
  /** Gives it its colour, and stands in it: a term, a ballot. */
  readonly group: number
  /** What it holds, in a few words: "put x 1". */
  readonly text: string
  /** More of it, for whoever asks: "session 5, command 3". */
  readonly detail?: string
  /** Cells of one column that differ in this hold different things. Absent: it can stand beside any other. */
  readonly identity?: string | number
  /** Names of `GridWords.marks`. */
  readonly marks?: readonly string[]
}

/** What a protocol says of one node. */
export interface GridRow {
  /** The first and the last column that the node has; `last` below `first` when it has none. */
  readonly first: number
  readonly last: number
  /** In order of columns, within the window; a column may be missing. */
  readonly cells: readonly GridCell[]
  /** Columns by the names of `GridWords.lines`. */
  readonly lines: { readonly [name: string]: number }
  /** What this node believes of others: a column in `node`'s row, by the names of `GridWords.pointers`. */
  readonly pointers: readonly { readonly name: string; readonly node: NodeId; readonly column: number }[]
}

export interface PlacedCell extends GridCell {
  /** It will never change at this node. */
  readonly settled?: true
  /** It is not what the column holds elsewhere. */
  readonly odd?: true
}

/** A row with what everybody sees of its node. */
export interface PlacedRow extends Omit<GridRow, 'cells'> {
  readonly node: NodeId
  readonly status: string
  readonly role?: Role
  /** What the protocol calls a node that shows what this one does. */
  readonly called?: string
  readonly epoch?: number
  /** The node is down: this is what it had when it went. */
  readonly past?: true
  /** Why its state could not be rebuilt, or not exactly. */
  readonly problem?: string
  readonly cells: readonly PlacedCell[]
}

export interface Grid {
  readonly first: number
  /** Below `first` when there is no cell at all. */
  readonly last: number
  readonly window: GridWindow
  readonly rows: readonly PlacedRow[]
  /** Columns of the window in which rows differ. */
  readonly conflicts: readonly number[]
}

export type NodeRow = Omit<PlacedRow, 'cells' | keyof GridRow> & { readonly row: GridRow }

/** The row of a node of which nothing is known. */
export const noRow: GridRow = { first: 1, last: 0, cells: [], lines: {}, pointers: [] }

/** Which columns to show: `count` from `from` on, or the last ones when `from` is absent; never more than there are. */
export function windowOf(rows: readonly Pick<GridRow, 'first' | 'last'>[], { from, count }: { from?: number; count: number }): GridWindow {
  const { first, last } = extent(rows)
  const begin = Math.max(first, Math.min(from ?? Number.MAX_SAFE_INTEGER, last - count + 1))
  return { from: begin, to: Math.min(last, begin + count - 1) }
}

export function extent(rows: readonly Pick<GridRow, 'first' | 'last'>[]): { readonly first: number; readonly last: number } {
  const filled = rows.filter(({ first, last }) => last >= first)
  if (filled.length === 0) return { first: 1, last: 0 }
  return { first: Math.min(...filled.map(({ first }) => first)), last: Math.max(...filled.map(({ last }) => last)) }
}

/** Which lines and marks say of a cell that it will never change. */
export interface Settling {
  readonly lines: readonly { readonly name: string; readonly settles?: boolean }[]
  readonly marks: readonly { readonly name: string; readonly settles?: boolean }[]
}

/** Puts rows side by side, their cells those of one window. */
export function gridOf(words: Settling, rows: readonly NodeRow[], window: GridWindow): Grid {
  const settledTo = rows.map(({ row }) =>
    Math.max(0, ...words.lines.filter(({ settles }) => settles).map(({ name }) => row.lines[name] ?? 0)),
  )
  const settling = new Set(words.marks.filter(({ settles }) => settles).map(({ name }) => name))
  const isSettled = (row: number, { column, marks }: GridCell): boolean =>
    column <= (settledTo[row] as number) || (marks?.some((mark) => settling.has(mark)) ?? false)

  const columns = new Map<number, ColumnCell[]>()
  for (const [index, { row }] of rows.entries()) {
    for (const cell of row.cells) {
      if (cell.identity === undefined) continue
      const column = columns.get(cell.column) ?? []
      columns.set(cell.column, column)
      column.push({ cell, settled: isSettled(index, cell) })
    }
  }
  const held = new Map<number, string | number>()
  for (const [column, cells] of columns) if (new Set(cells.map(({ cell }) => cell.identity)).size > 1) held.set(column, heldOf(cells))

  const placed = rows.map(({ row, ...of }, index): PlacedRow => {
    const cells = row.cells.map((cell): PlacedCell => {
      const held1 = held.get(cell.column)
      return {
        ...cell,
        ...(isSettled(index, cell) ? { settled: true } : {}),
        ...(held1 === undefined || cell.identity === undefined || cell.identity === held1 ? {} : { odd: true }),
      }
    })
    return { ...of, ...row, cells }
  })
  return { ...extent(rows.map(({ row }) => row)), window, rows: placed, conflicts: [...held.keys()].sort((a, b) => a - b) }
}

interface ColumnCell {
  readonly cell: GridCell
  readonly settled: boolean
}

/** What a column holds where rows differ: what is settled anywhere; else what most have; else what is of the highest group. */
function heldOf(cells: readonly ColumnCell[]): string | number {
  const count = ({ cell }: ColumnCell) => cells.filter((other) => other.cell.identity === cell.identity).length
  const best = [...cells].sort((a, b) => Number(b.settled) - Number(a.settled) || count(b) - count(a) || b.cell.group - a.cell.group)[0]
  return best?.cell.identity as string | number
}
