/** The graph of what the person looks at: the event that is selected with its causes and effects, or a stretch of the run. */
import { useThrottleFn } from '@vueuse/core'
import { computed, type Ref, shallowRef, watch } from 'vue'
import { Messages } from '../../../protocols/causality/messages.ts'
import { placeOf } from '../../../protocols/causality/order.ts'
import { useColumns } from '../../stores/columns.ts'
import { useReadout } from '../../stores/readout.ts'
import { useRun } from '../../stores/run.ts'
import { useSelection } from '../../stores/selection.ts'
import { useSpan } from '../../stores/span.ts'
import { coneAround, pointsAround, pointsDuring } from './choose.ts'
import { buildScene, type Scene } from './scene.ts'

export type Of = 'window' | 'cone'
const BEFORE = 70
const AFTER = 30
const CONE_POINTS_MAX = 600
const WINDOW_POINTS_MAX = 4000
const REBUILD_EVERY_MS = 500
const EMPTY: Scene = { nodes: [], edges: [], lanes: [], steps: 0, notes: [] }

/** `inSight`: while it is not, nothing is worked out. */
export function useScene(inSight: Ref<boolean>) {
  const store = useColumns()
  const run = useRun()
  const readout = useReadout()
  const selection = useSelection()
  const span = useSpan()

  const of = shallowRef<Of>('window')
  const depth = shallowRef(6)
  const folds = shallowRef(true)
  const unfolded = shallowRef<ReadonlySet<number>>(new Set())
  const scene = shallowRef<Scene>(EMPTY)

  /** Grows with the columns, not more often than the eye follows. */
  const version = shallowRef(0)
  const grown = useThrottleFn(
    () => {
      version.value = store.version
    },
    REBUILD_EVERY_MS,
    true,
  )
  watch(() => store.version, grown, { immediate: true })

  const messages = computed(() => {
    version.value
    return new Messages(store.columns)
  })
  /** The row that the selection is about, in its point. */
  const selectedRow = computed(() => {
    const it = selection.selected
    return it?.kind === 'event' || it?.kind === 'message' ? it.seq : undefined
  })
  const selectedPoint = computed(() => {
    version.value
    const row = selectedRow.value
    if (row === undefined || row > store.columns.count) return undefined
    const place = placeOf(store.columns, row)
    return place?.next || place?.past || undefined
  })

  /** The row round which the window lies; it follows the playhead when that leaves the window. */
  const anchor = shallowRef(0)
  function follow(): void {
    const { nodes } = scene.value
    const seq = readout.now.seq
    const [first, last] = [nodes[0]?.row ?? 0, Math.max(0, ...nodes.map(({ lastRow }) => lastRow))]
    if (nodes.length > 0 && seq >= first && seq <= last && of.value === 'window') return
    anchor.value = seq
  }
  const followSoon = useThrottleFn(follow, REBUILD_EVERY_MS, true)
  watch(() => readout.now.seq, followSoon, { immediate: true })

  const chosen = computed(() => {
    version.value
    const { columns } = store
    const point = selectedPoint.value
    if (of.value === 'cone')
      return point === undefined ? undefined : coneAround(columns, messages.value, point, depth.value, CONE_POINTS_MAX)
    const brushed = span.chosen
    if (brushed) return pointsDuring(columns, brushed.fromUs, brushed.toUs, anchor.value, WINDOW_POINTS_MAX)
    return pointsAround(columns, anchor.value, BEFORE, AFTER)
  })

  watch(
    [chosen, unfolded, folds, inSight, selectedPoint],
    () => {
      if (!inSight.value) return
      const { columns, endpoints } = store
      const points = chosen.value
      if (!points || points.points.length === 0) {
        scene.value = EMPTY
        return
      }
      const alone = new Set(selectedPoint.value === undefined ? [] : [selectedPoint.value])
      scene.value = buildScene(
        columns,
        messages.value,
        { chosen: points, folds: folds.value, alone, unfolded: unfolded.value },
        { endpoints, messageTypes: run.overview?.messageTypes ?? [], speech: run.speech },
      )
    },
    { immediate: true },
  )
  watch(
    () => run.id,
    () => {
      unfolded.value = new Set()
      anchor.value = 0
    },
  )

  function unfold(first: number): void {
    unfolded.value = new Set([...unfolded.value, first])
  }
  function foldAgain(): void {
    unfolded.value = new Set()
  }

  return { scene, of, depth, folds, unfolded, selectedPoint, unfold, foldAgain }
}
