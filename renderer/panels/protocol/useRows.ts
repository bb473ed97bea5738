/**
 * Rows of one height, of which those in sight are laid out: which they are, the row and column of the keyboard (column 0 is the
 * row itself), and following the playhead until somebody scrolls.
 */
import { useElementSize } from '@vueuse/core'
import { computed, nextTick, onMounted, shallowRef, watch } from 'vue'
import type { NodeId } from '../../../protocols/core/ids.ts'
import { formatCountOf } from '../../model/format.ts'
import { usePanel } from '../../stores/panel.ts'
import { ROW_PX } from './ballotRows.ts'

/** What all rows have, whatever stands in them. */
export interface RowFrame {
  /** Among all rows there are. */
  readonly place: number
  readonly name: string
  /** What gives the name its colour. */
  readonly group: number
  readonly looks: readonly ('settled' | 'failed' | 'open' | undefined)[]
  readonly isLater: boolean
  /** Whose it is, as it follows the name in a sentence, and what came of it; what a pointer on it is told. */
  readonly by: string
  readonly text: string
  readonly tip: string
  readonly atUs: number | undefined
  /** The event that a click goes to; of a cell the first that it has. */
  readonly go: number
  readonly cells: readonly { readonly node: NodeId; readonly text: string; readonly go: number | undefined }[]
}

/** How many there are, and how much of the run was read for them. */
export interface RowsRead {
  readonly total: number
  readonly readSeq: number
  readonly lastSeq: number
}

export function readWords(rows: RowsRead | undefined, of: string): string {
  if (!rows) return ''
  const { total, readSeq, lastSeq } = rows
  const read = readSeq < lastSeq ? `, ${Math.floor((100 * readSeq) / lastSeq)} % of the run read` : ''
  return `${formatCountOf(total, of)}${read}`
}

export const areNone = (rows: RowsRead | undefined): boolean => rows !== undefined && rows.total === 0 && rows.readSeq === rows.lastSeq

export interface RowsOptions {
  /** Those that are laid out. */
  rows(): readonly RowFrame[]
  total(): number
  /** The row of the playhead; -1 before the first. */
  current(): number
  /** Besides the row itself. */
  columns(): number
  /** What makes the playhead's row worth looking for again. */
  moved(): unknown
}

export type Rows = ReturnType<typeof useRows>

export function useRows({ rows, total, current, columns, moved }: RowsOptions) {
  const panel = usePanel()
  const scroller = shallowRef<HTMLElement | null>(null)
  const { height } = useElementSize(scroller)
  const scrollTop = shallowRef(0)
  const following = shallowRef(true)
  const cursor = shallowRef<{ row: number; column: number }>({ row: -1, column: 0 })
  const rowsSeen = computed(() => Math.max(1, Math.ceil(height.value / ROW_PX)))
  const firstSeen = computed(() => Math.max(0, Math.floor(scrollTop.value / ROW_PX)))
  /** Those in sight, and as many before and after. */
  const window = computed(() => ({ from: Math.max(0, firstSeen.value - rowsSeen.value), count: 3 * rowsSeen.value + 2 }))

  // Not before the pane is whole: what it shows depends on the rows in sight, and these on what it shows.
  onMounted(() =>
    watch([current, total, height, moved], async () => {
      if (!following.value) return
      await nextTick()
      reveal(current())
    }),
  )

  function reveal(row: number): void {
    const view = scroller.value
    if (!view || row < 0) return
    const top = row * ROW_PX
    if (top < view.scrollTop) view.scrollTop = top
    else if (top + ROW_PX > view.scrollTop + view.clientHeight - ROW_PX) view.scrollTop = top + 2 * ROW_PX - view.clientHeight
  }

  function follow(): void {
    following.value = true
    reveal(current())
  }

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const at = cursor.value.row < 0 ? { row: Math.max(0, current()), column: 0 } : cursor.value
    const moves: { readonly [key: string]: readonly [number, number] } = {
      ArrowUp: [at.row - 1, at.column],
      ArrowDown: [at.row + 1, at.column],
      ArrowLeft: [at.row, at.column - 1],
      ArrowRight: [at.row, at.column + 1],
      PageUp: [at.row - rowsSeen.value, at.column],
      PageDown: [at.row + rowsSeen.value, at.column],
      Home: [0, at.column],
      End: [total() - 1, at.column],
    }
    const to = moves[event.key]
    if (!to && event.key !== 'Enter') return
    event.preventDefault()
    event.stopPropagation()
    if (!to) return enter(at.row, at.column)
    const row = Math.max(0, Math.min(total() - 1, to[0]))
    cursor.value = { row, column: Math.max(0, Math.min(columns(), to[1])) }
    following.value = false
    reveal(row)
  }

  function enter(at: number, column: number): void {
    const row = rows().find(({ place }) => place === at)
    if (row) panel.goTo(row.cells[column - 1]?.go ?? row.go)
  }

  const isAt = (row: number, column: number): boolean => cursor.value.row === row && cursor.value.column === column

  return { scroller, scrollTop, following, cursor, window, follow, press, isAt }
}
