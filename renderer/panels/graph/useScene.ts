/** The graph of what the person looks at: the event that is selected with its causes and effects, or a stretch of the run. */
import { useThrottleFn } from '@vueuse/core'
import { computed, onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import type { Columns } from '../../../protocols/causality/columns.ts'
import { Messages } from '../../../protocols/causality/messages.ts'
import { placeOf } from '../../../protocols/causality/order.ts'
import type { Pieces } from '../../../protocols/causality/pieces.ts'
import { inPieces } from '../../model/inPieces.ts'
import { useColumns } from '../../stores/columns.ts'
import { useReadout } from '../../stores/readout.ts'
import { useRun } from '../../stores/run.ts'
import { useSelection } from '../../stores/selection.ts'
import { useSpan } from '../../stores/span.ts'
import { type Chosen, coneAround, pointsAround, pointsDuring } from './choose.ts'
import { type Scene, sceneInPieces } from './scene.ts'

export type Of = 'window' | 'cone'
const BEFORE = 70
const AFTER = 30
const CONE_POINTS_MAX = 600
const WINDOW_POINTS_MAX = 4000
const REBUILD_EVERY_MS = 500
/** What takes less is not spoken of. */
const SPOKEN_OF_MS = 100
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

  /** The messages of the run, as long as the columns have not grown. */
  let index: { readonly of: Columns; readonly version: number; readonly messages: Messages } | undefined

  function* choose(messages: Messages): Pieces<Chosen | undefined> {
    const { columns } = store
    const point = selectedPoint.value
    if (of.value === 'cone')
      return point === undefined ? undefined : yield* coneAround(columns, messages, point, depth.value, CONE_POINTS_MAX)
    const brushed = span.chosen
    if (brushed) return yield* pointsDuring(columns, brushed.fromUs, brushed.toUs, anchor.value, WINDOW_POINTS_MAX)
    return pointsAround(columns, anchor.value, BEFORE, AFTER)
  }

  function* work(): Pieces<Scene> {
    const { columns, endpoints } = store
    const alone = new Set(selectedPoint.value === undefined ? [] : [selectedPoint.value])
    const words = { endpoints, messageTypes: run.overview?.messageTypes ?? [], speech: run.speech }
    const onShare = (part: number) => {
      share = 0.2 + 0.8 * part
    }
    const wish = { folds: folds.value, alone, unfolded: unfolded.value, onShare }
    if (index?.of !== columns || index.version !== version.value)
      index = { of: columns, version: version.value, messages: yield* Messages.inPieces(columns) }
    const { messages } = index
    share = 0.1
    const chosen = yield* choose(messages)
    steps.value = chosen?.points.length ?? 0
    if (!chosen || chosen.points.length === 0) return EMPTY
    return yield* sceneInPieces(columns, messages, { chosen, ...wish }, words)
  }

  /** Which piece of work is under way; 0: none. */
  let underway = 0
  let begun = 0
  let hasGrown = false
  let share = 0
  /** How much of the work that is under way is done, 0 to 1; undefined while that is not worth a word. */
  const working = shallowRef<number>()
  /** What it is about, as far as it is known. */
  const steps = shallowRef(0)
  /** The person gave it up: what is shown is of before. */
  const isGivenUp = shallowRef(false)

  async function draw(): Promise<void> {
    const mine = ++begun
    underway = mine
    isGivenUp.value = false
    share = 0
    const made = await inPieces(work(), {
      isGivenUp: () => underway !== mine,
      onPause: (tookMs) => {
        if (underway === mine && tookMs > SPOKEN_OF_MS) working.value = share
      },
    })
    if (underway !== mine) return
    underway = 0
    working.value = undefined
    if (made) scene.value = made
    if (!hasGrown) return
    hasGrown = false
    void draw()
  }

  function giveUp(): void {
    isGivenUp.value = underway !== 0
    underway = 0
    hasGrown = false
    working.value = undefined
  }
  onScopeDispose(giveUp)

  // What the person wishes otherwise is begun at once, what merely grew when what is under way is done.
  watch(
    [of, depth, anchor, () => span.chosen, unfolded, folds, inSight, selectedPoint, () => run.id],
    () => {
      if (inSight.value) void draw()
      else giveUp()
    },
    { immediate: true },
  )
  watch(version, () => {
    if (!inSight.value || isGivenUp.value) return
    if (underway !== 0) hasGrown = true
    else void draw()
  })
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

  return { scene, of, depth, folds, unfolded, selectedPoint, unfold, foldAgain, working, steps, isGivenUp, giveUp, draw }
}
