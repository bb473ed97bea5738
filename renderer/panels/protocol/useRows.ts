/**
 * Rows of one height, of which those in sight are laid out: which they are, the row and column of the keyboard (column 0 is the
 * row itself), and following the playhead until somebody scrolls.
 */
import { useElementSize } from '@vueuse/core'
import { computed, nextTick, onMounted, type Ref, shallowRef, watch } from 'vue'
import { ROW_PX } from './ballotRows.ts'

export interface RowsOptions {
  readonly scroller: Readonly<Ref<HTMLElement | null>>
  total(): number
  /** The row of the playhead; -1 before the first. */
  current(): number
  /** Besides the row itself. */
  columns(): number
  /** What makes the playhead's row worth looking for again. */
  moved(): unknown
  /** Enter was pressed there. */
  enter(row: number, column: number): void
}

export function useRows({ scroller, total, current, columns, moved, enter }: RowsOptions) {
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

  const isAt = (row: number, column: number): boolean => cursor.value.row === row && cursor.value.column === column

  return { scrollTop, following, cursor, window, follow, press, isAt }
}
