/** The diagram by pointer: click an event, Shift-click a second one, drag to move, drag the playhead, a cut or, with Shift, a stretch of time; wheel to zoom. */
import { onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import { usePlayback } from '../../stores/playback.ts'
import { useReadout } from '../../stores/readout.ts'
import { useSelection } from '../../stores/selection.ts'
import { useSpan } from '../../stores/span.ts'
import { Plane } from './plane.ts'
import type { Choosing } from './useChoosing.ts'
import type { Parts, Point, Seen } from './useSeen.ts'
import { edgeOf, headOf, laneAt, placeAt, scrollMax, unitsPerPx } from './view.ts'

type Grip =
  | { readonly what: 'pan'; readonly from: number; readonly to: number; readonly top: number }
  | { readonly what: 'brush'; readonly us: number }
  | { readonly what: 'playhead' }
  | { readonly what: 'cut'; readonly lane: number }

/** Pixels that a hand trembles. */
const STILL_PX = 4
const KNOB_PX = 12

export function usePointer({ diagram, cutting }: Parts, seen: Seen, choosing: Choosing, box: Ref<HTMLElement | null>) {
  const playback = usePlayback()
  const readout = useReadout()
  const selection = useSelection()
  const span = useSpan()
  const { view, hit, pointer, scroll, dragging, alongOfPoint, acrossOfPoint } = seen
  const cursor = shallowRef('default')
  let held: (Point & { far: boolean; readonly grip: Grip }) | undefined

  function place(event: MouseEvent): Point {
    const rect = (box.value as HTMLElement).getBoundingClientRect()
    return { x: event.clientX - rect.left, y: event.clientY - rect.top }
  }

  function knobAt(at: Point): number | undefined {
    const plane = new Plane(view.value)
    const lane = cutting.places.value?.findIndex(
      (where, index) => Math.hypot(plane.along(where) - alongOfPoint(at), plane.across(index) - acrossOfPoint(at)) < KNOB_PX,
    )
    return lane === undefined || lane < 0 ? undefined : lane
  }

  function isOnPlayhead(at: Point): boolean {
    if (acrossOfPoint(at) < edgeOf(view.value)) return alongOfPoint(at) > headOf(view.value)
    if (diagram.axis.value !== 'time') return false
    return Math.abs(new Plane(view.value).along(readout.now.atUs) - alongOfPoint(at)) < STILL_PX
  }

  function gripAt(at: Point, shift: boolean): Grip {
    const knob = knobAt(at)
    if (knob !== undefined) return { what: 'cut', lane: knob }
    if (shift && diagram.axis.value === 'time') return { what: 'brush', us: placeAt(alongOfPoint(at), view.value) }
    if (!hit.value && isOnPlayhead(at)) return { what: 'playhead' }
    return { what: 'pan', from: view.value.from, to: view.value.to, top: view.value.scroll }
  }

  function down(event: PointerEvent): void {
    const at = place(event)
    if (event.button !== 0) return
    held = { ...at, far: false, grip: gripAt(at, event.shiftKey) }
    dragging.value = true
    if (held.grip.what === 'playhead') movePlayhead(at)
  }

  function move(event: PointerEvent): void {
    const at = place(event)
    pointer.value = at
    if (!held) {
      cursor.value = knobAt(at) !== undefined ? 'grab' : hit.value ? 'pointer' : isOnPlayhead(at) ? 'col-resize' : 'default'
      return
    }
    if (Math.hypot(at.x - held.x, at.y - held.y) > STILL_PX && !held.far) {
      held.far = true
      box.value?.setPointerCapture(event.pointerId)
    }
    if (held.far) drag(held.grip, held, at)
  }

  function drag(grip: Grip, from: Point, at: Point): void {
    switch (grip.what) {
      case 'pan': {
        const by = (alongOfPoint(from) - alongOfPoint(at)) * unitsPerPx(view.value)
        diagram.panBy(grip.from + by - view.value.from)
        scroll.value = Math.max(0, Math.min(grip.top + acrossOfPoint(from) - acrossOfPoint(at), scrollMax(view.value)))
        return
      }
      case 'brush':
        return span.choose(grip.us, placeAt(alongOfPoint(at), view.value))
      case 'playhead':
        return movePlayhead(at)
      case 'cut':
        return cutting.put(grip.lane, placeAt(alongOfPoint(at), view.value))
      default:
        grip satisfies never
    }
  }

  function movePlayhead(at: Point): void {
    const to = placeAt(alongOfPoint(at), view.value)
    if (diagram.axis.value === 'time') return void playback.seekTime(to)
    // On a causal axis: so far that every lane has done all that has a place up to here.
    let row = 0
    for (const lane of diagram.drawing.value.marks)
      lane.visit(to - unitsPerPx(view.value) * 40, to, (found) => {
        row = Math.max(row, found)
      })
    if (row > 0) void playback.jumpTo(row)
  }

  function up(event: PointerEvent): void {
    const was = held
    held = undefined
    dragging.value = false
    if (!was || was.far || event.type === 'pointercancel' || was.grip.what === 'playhead') return
    const at = place(event)
    pointer.value = { ...at }
    if (alongOfPoint(at) < headOf(view.value)) return selectLane(laneAt(acrossOfPoint(at), view.value))
    const found = hit.value
    if (found && (event.shiftKey || event.ctrlKey || event.metaKey)) return choosing.compareWith(found.row)
    if (found) return choosing.choose(found.row)
    if (was.grip.what === 'brush') return span.clear()
    if (cutting.places.value && acrossOfPoint(at) > edgeOf(view.value)) {
      const lane = laneAt(acrossOfPoint(at), view.value)
      if (lane >= 0 && lane < diagram.endpoints.value.length) cutting.put(lane, placeAt(alongOfPoint(at), view.value))
      return
    }
    selection.select(undefined)
  }

  function leave(): void {
    pointer.value = undefined
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault()
    const along = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (along) diagram.panBy((event.deltaX || event.deltaY) * unitsPerPx(view.value))
    else diagram.zoomBy(Math.exp(event.deltaY * 0.002), placeAt(Math.max(headOf(view.value), alongOfPoint(place(event))), view.value))
  }
  onMounted(() => box.value?.addEventListener('wheel', wheel, { passive: false }))
  onBeforeUnmount(() => box.value?.removeEventListener('wheel', wheel))

  watch(hit, (found) => selection.hover(found ? { kind: 'event', seq: found.row } : undefined))

  function selectLane(lane: number): void {
    const node = diagram.endpoints.value[lane]
    if (node !== undefined) selection.selectNode(node)
  }

  return { cursor, place, down, move, up, leave }
}
