/** The cut that a person drags across the lanes: whether it is consistent, what crosses it, and what the nodes were at it. */
import { computed, shallowRef, watch } from 'vue'
import {
  type Across,
  type CausalCut,
  consistentWithin,
  cutAt,
  isConsistent,
  lastIn,
  messagesAcross,
} from '../../../protocols/causality/cut.ts'
import type { Observation } from '../../../protocols/core/machine.ts'
import { decodeMoment, type NodeStatus } from '../../../protocols/core/moment.ts'
import { useLab } from '../../stores/lab.ts'
import { useNotices } from '../../stores/notices.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useRun } from '../../stores/run.ts'
import { cutOf, moved, placesOf } from './cutLine.ts'
import type { CutLine } from './scene.ts'
import type { Diagram } from './useDiagram.ts'

/** Messages of each sort that are listed. */
const LISTED_MAX = 50
/** While the line is dragged, what crosses it is looked for this often. */
const LOOK_EVERY_MS = 80

export interface StateAt {
  readonly node: string
  /** The last event that is in the cut; 0: none is. */
  readonly row: number
  readonly atUs: number
  readonly status: NodeStatus | undefined
  readonly observation: Observation | undefined
}

export type CutView = ReturnType<typeof useCut>

export function useCut({ drawing, isWhole, version, end, endpoints, axis }: Diagram) {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  const places = shallowRef<readonly number[]>()
  const across = shallowRef<Across>()
  const states = shallowRef<readonly StateAt[]>()
  /** The lane whose crossing the arrow keys move. */
  const lane = shallowRef(0)
  const canCut = computed(() => {
    version.value
    return isWhole.value && drawing.value.columns.hasClocks && drawing.value.columns.points > 0
  })
  const cut = computed<CausalCut | undefined>(() =>
    places.value && canCut.value ? cutOf(drawing.value.placement, places.value) : undefined,
  )
  const consistent = computed(() => cut.value !== undefined && isConsistent(drawing.value.columns, cut.value))
  const line = computed<CutLine | undefined>(() =>
    places.value && cut.value ? { places: places.value, consistent: consistent.value, early: across.value?.early ?? [] } : undefined,
  )

  let isDue = false
  let asked = 0
  watch(
    () => cut.value?.join(' '),
    (now) => {
      asked++
      if (now === undefined) {
        across.value = undefined
        states.value = undefined
        return
      }
      if (isDue) return
      isDue = true
      setTimeout(() => {
        isDue = false
        if (!cut.value) return
        across.value = messagesAcross(drawing.value.columns, cut.value, LISTED_MAX)
        void look()
      }, LOOK_EVERY_MS)
    },
  )

  /** Each node's state is that of its own moment: that is what makes it a global state, and why it may never have been at any one time. */
  async function look(): Promise<void> {
    const [mine, id, now] = [++asked, run.id, cut.value]
    if (id === undefined || !now) return
    const { columns } = drawing.value
    const found = await notices.attempt(() =>
      Promise.all(
        run.nodes.map(async (node, index): Promise<StateAt> => {
          const point = lastIn(columns, now, index)
          if (point === 0) return { node, row: 0, atUs: 0, status: undefined, observation: undefined }
          const row = columns.pointRow[point] as number
          const state = decodeMoment(await lab.call('run.moment', { run: id, seq: row })).nodes.get(node)
          return { node, row, atUs: columns.atUs[row] as number, status: state?.status, observation: state?.observation }
        }),
      ),
    )
    if (mine === asked && found) states.value = found
  }

  /** A straight line, at the playhead where that is in sight. */
  function begin(from: number, to: number): void {
    if (!canCut.value) return
    const { placement, columns } = drawing.value
    const at = cutAt(columns, Math.min(playback.seq, columns.count))
    const here = placesOf(placement, at, end.value)
    const inSight = here.every((place) => place >= from && place <= to)
    places.value =
      axis.value === 'time' || !inSight
        ? endpoints.value.map(() => middleOf(from, to, axis.value === 'time' ? playback.atUs : undefined))
        : here
  }
  function stop(): void {
    places.value = undefined
  }
  function put(at: number, place: number): void {
    places.value = places.value?.map((old, index) => (index === at ? Math.max(0, Math.min(place, end.value)) : old))
    lane.value = at
  }
  function set(next: CausalCut): void {
    places.value = placesOf(drawing.value.placement, next, end.value)
  }
  function step(by: 1 | -1): void {
    if (!cut.value) return
    const next = moved(drawing.value.placement, cut.value, lane.value, by)
    const place = placesOf(drawing.value.placement, next, end.value)[lane.value]
    if (place !== undefined) put(lane.value, place)
  }
  /** The largest consistent cut within this one. */
  function mend(): void {
    if (cut.value) set(consistentWithin(drawing.value.columns, cut.value))
  }

  // On another axis the same points stay in the cut.
  let held: CausalCut | undefined
  watch(
    places,
    () => {
      held = cut.value
    },
    { flush: 'sync' },
  )
  watch(
    drawing,
    (now, old) => {
      if (!places.value) return
      if (now.columns !== old.columns || !held) stop()
      else set(held)
    },
    { flush: 'sync' },
  )

  return { places, cut, line, consistent, across, states, lane, canCut, begin, stop, put, step, mend }
}

function middleOf(from: number, to: number, wish: number | undefined): number {
  return wish !== undefined && wish >= from && wish <= to ? wish : (from + to) / 2
}
