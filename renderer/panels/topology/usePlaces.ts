/** Where endpoints stand on the screen: the arrangement, what a person moved, and the drift of partitioned sides, eased from one to the next. */
import { computed, type Ref, shallowRef, watch } from 'vue'
import type { EndpointId, NodeId, RunId } from '../../../protocols/core/ids.ts'
import { arrange, drifted, type Places, type Point, recallMoved, rememberMoved, withMoved } from './arrangement.ts'

const EASE_MS = 240

export function usePlaces(
  run: Ref<RunId | undefined>,
  nodes: Ref<readonly NodeId[]>,
  /** Seats in which nobody is. */
  empty: Ref<ReadonlySet<NodeId>>,
  sides: Ref<readonly (readonly EndpointId[])[] | undefined>,
  calm: Ref<boolean>,
) {
  const moved = shallowRef<{ readonly [endpoint: string]: Point }>({})
  const isMoved = computed(() => Object.keys(moved.value).length > 0)
  const rest = computed(() => withMoved(arrange(nodes.value, empty.value), moved.value))
  const goal = computed<Places>(() => drifted(rest.value, sides.value ?? []))
  /** Where everything stands right now. */
  let shown: Map<EndpointId, Point> = new Map(goal.value)
  let from: Places = shown
  let startedMs = Number.NEGATIVE_INFINITY

  watch(
    run,
    (id) => {
      moved.value = id === undefined ? {} : recallMoved(localStorage, id)
      shown = new Map(goal.value)
      startedMs = Number.NEGATIVE_INFINITY
    },
    { immediate: true },
  )

  watch(goal, () => {
    from = new Map(shown)
    startedMs = calm.value ? Number.NEGATIVE_INFINITY : performance.now()
  })

  /** Places at this instant, and whether they are still on their way. */
  function placesAt(nowMs: number): { places: Places; moving: boolean } {
    const part = Math.min(1, Math.max(0, (nowMs - startedMs) / EASE_MS))
    if (part >= 1) {
      shown = new Map(goal.value)
      return { places: shown, moving: false }
    }
    const eased = 1 - (1 - part) ** 3
    shown = new Map()
    for (const [id, to] of goal.value) {
      const begin = from.get(id) ?? to
      shown.set(id, { x: begin.x + (to.x - begin.x) * eased, y: begin.y + (to.y - begin.y) * eased })
    }
    return { places: shown, moving: true }
  }

  /** A person let go of an endpoint at this point of the screen's drawing; the drift is not part of what is remembered. */
  function drop(id: EndpointId, point: Point): void {
    const before = rest.value.get(id) ?? point
    const drift = goal.value.get(id) ?? before
    moved.value = { ...moved.value, [id]: { x: point.x - (drift.x - before.x), y: point.y - (drift.y - before.y) } }
    startedMs = Number.NEGATIVE_INFINITY
    if (run.value !== undefined) rememberMoved(localStorage, run.value, moved.value)
  }

  function reset(): void {
    moved.value = {}
    if (run.value !== undefined) rememberMoved(localStorage, run.value, {})
  }

  return { isMoved, rest, goal, placesAt, drop, reset }
}
