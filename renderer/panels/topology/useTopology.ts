/**
 * The topology on the screen: holds the graph and the two canvases, repaints when something changed, and goes round in frames
 * only while something moves.
 */
import { useEventListener, useResizeObserver } from '@vueuse/core'
import type { Core } from 'cytoscape'
import { computed, onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import { CLIENTS, type EndpointId, type NodeId } from '../../../protocols/core/ids.ts'
import { formatCount, formatCountOf, formatRunTime } from '../../model/format.ts'
import { familyToken } from '../../model/hues.ts'
import { linkKey } from '../../model/targets.ts'
import { usePicture } from '../../stores/pictures.ts'
import { usePlayback } from '../../stores/playback.ts'
import { useReadout } from '../../stores/readout.ts'
import { useRun } from '../../stores/run.ts'
import { useSeats } from '../../stores/seats.ts'
import { type Selected, useSelection } from '../../stores/selection.ts'
import { useTheme } from '../../stores/theme.ts'
import { DRIFT, type Places } from './arrangement.ts'
import { createGraph, dress, mark, place } from './graph.ts'
import { toScreen, type View } from './ink.ts'
import { paintLinks, paintMarks, paintTraffic, type Report } from './paint.ts'
import { buildScene, progressFact, vacantLinks } from './scene.ts'
import { restWhenStill } from './stillness.ts'
import { inkOf, useInk } from './useInk.ts'
import { usePlaces } from './usePlaces.ts'
import { useTraffic } from './useTraffic.ts'

const NEWS_MS = 240
/** The words at the drawing's foot, in pixels: nothing of a node lies under them. */
const LEGEND = 20
/** Above and below the middles of nodes: for a leader's crown and label, and for what drifts, so that a partition moves two sides and not the whole drawing. */
const ROOM = 78 + DRIFT
const QUIET: Report = { painted: [], count: 0, stretched: false, flowing: false }

export interface Surfaces {
  readonly box: Ref<HTMLElement | null>
  readonly marks: Ref<HTMLCanvasElement | null>
  readonly traffic: Ref<HTMLCanvasElement | null>
}

export function useTopology(surfaces: Surfaces) {
  const run = useRun()
  const playback = usePlayback()
  const readout = useReadout()
  const selection = useSelection()
  const theme = useTheme()
  const seats = useSeats()
  const ink = useInk()
  const traffic = useTraffic()

  const scene = computed(() =>
    buildScene(readout.now.moment, run.nodes, {
      epochName: run.speech.epochName,
      called: run.speech.called,
      progress: progressFact(run.protocol?.facts),
      changing: seats.changing,
      canAdd: seats.canChange,
    }),
  )
  /** The same set while nobody comes or goes, for whatever moves when it changes. */
  const empty = computed<ReadonlySet<NodeId>>((before) => {
    const next = new Set(scene.value.nodes.flatMap(({ id, status }) => (status === 'empty' ? [id as NodeId] : [])))
    return before && before.size === next.size && [...next].every((id) => before.has(id)) ? before : next
  })
  const places = usePlaces(
    computed(() => run.id),
    computed(() => run.nodes),
    empty,
    computed(() => scene.value.partition),
    computed(() => theme.reducedMotion),
  )
  const graph = shallowRef<Core>()
  /** The endpoint or link that has the keyboard's focus. */
  const focused = shallowRef<Selected>()
  /** What was last painted of messages; for the legend and the pointer. */
  const report = shallowRef<Report>(QUIET)
  let painted: Report = QUIET
  let frame = 0
  let marksStale = true
  /** Where the graph stands at rest; undefined while it is on its way. */
  let placed: Places | undefined
  const news = new Map<EndpointId, number>()
  let reportedMs = 0

  /** Kept, because asking the browser for it in every frame makes it lay out the page. */
  let size = { width: 0, height: 0, ratio: 1 }
  function measure(): void {
    const box = surfaces.box.value
    size = { width: box?.clientWidth ?? 0, height: box?.clientHeight ?? 0, ratio: window.devicePixelRatio || 1 }
  }

  function view(): View {
    const pan = graph.value?.pan() ?? { x: 0, y: 0 }
    return {
      zoom: graph.value?.zoom() ?? 1,
      panX: pan.x,
      panY: pan.y,
      ...size,
    }
  }

  function invalidate(): void {
    marksStale = true
    schedule()
  }
  function schedule(): void {
    if (frame === 0 && graph.value) frame = requestAnimationFrame(paint)
  }

  function paint(nowMs: number): void {
    frame = 0
    const { marks: marksCanvas, traffic: trafficCanvas } = surfaces
    const pen = marksCanvas.value?.getContext('2d')
    const trafficPen = trafficCanvas.value?.getContext('2d')
    if (!graph.value || !pen || !trafficPen) return
    const { places: now, moving } = places.placesAt(nowMs)
    if (moving || placed !== places.goal.value) {
      place(graph.value, now)
      placed = moving ? undefined : places.goal.value
    }
    const standing = withDragged(now)
    const lens = view()
    for (const [id, begun] of news) if (nowMs - begun > NEWS_MS) news.delete(id)
    if (marksStale || moving || news.size > 0) {
      marksStale = news.size > 0 // once more when the last has faded
      paintMarks(pen, { scene: scene.value, places: standing, look: (id) => lookOf(id, nowMs) }, ink.value, lens)
    }
    painted = paintTraffic(trafficPen, traffic.trafficAt(standing), ink.value, lens)
    if (nowMs - reportedMs > 250 || playback.mode === 'paused') {
      reportedMs = nowMs
      if (painted.count !== report.value.count || painted.stretched !== report.value.stretched) report.value = painted
    }
    if (playback.mode !== 'paused' || moving || marksStale) schedule()
  }

  function withDragged(now: ReadonlyMap<EndpointId, { x: number; y: number }>) {
    const held = graph.value?.nodes(':grabbed')
    if (!held || held.length === 0) return now
    const result = new Map(now)
    held.forEach((node) => {
      result.set(node.id() as EndpointId, { ...node.position() })
    })
    return result
  }

  function lookOf(id: EndpointId, nowMs: number) {
    const is = (it: Selected | undefined) =>
      (it?.kind === 'node' && it.node === id) || (it?.kind === 'nodes' && (it.nodes as readonly EndpointId[]).includes(id))
    const begun = news.get(id)
    return {
      selected: is(selection.selected),
      hovered: is(selection.hovered),
      focused: is(focused.value),
      news: begun === undefined ? 0 : Math.max(0, 1 - (nowMs - begun) / NEWS_MS),
    }
  }

  function fitView(): void {
    const core = graph.value
    const box = size
    if (!core || box.width === 0) return
    const sideRoom = Math.max(56, Math.min(110, box.width * 0.12))
    const bounds = [...places.rest.value.values()]
    const [left, right] = [Math.min(...bounds.map(({ x }) => x)) - 30, Math.max(...bounds.map(({ x }) => x)) + 30]
    const [top, bottom] = [Math.min(...bounds.map(({ y }) => y)) - ROOM, Math.max(...bounds.map(({ y }) => y)) + ROOM]
    const zoom = Math.min((box.width - 2 * sideRoom + 60) / (right - left), (box.height - LEGEND - 12) / (bottom - top), 2)
    if (!(zoom > 0)) return
    core.viewport({
      zoom,
      pan: { x: box.width / 2 - (zoom * (left + right)) / 2, y: (box.height - LEGEND) / 2 - (zoom * (top + bottom)) / 2 },
    })
    invalidate()
  }

  let touched = false
  function build(): void {
    graph.value?.destroy()
    graph.value = undefined
    const box = surfaces.box.value
    if (!box || run.nodes.length === 0) return
    placed = places.goal.value
    const core = createGraph(box, run.nodes, placed)
    restWhenStill(core)
    dress(core, ink.value)
    core.on('pan zoom position', invalidate)
    core.on('dragpan scrollzoom', () => {
      touched = true
    })
    core.on('dragfree', 'node', ({ target }) => places.drop(target.id() as EndpointId, { ...target.position() }))
    graph.value = core
    touched = false
    sizeCanvases()
    fitView()
    markLinks()
  }

  function sizeCanvases(): void {
    measure()
    const { width, height, ratio } = size
    for (const canvas of [surfaces.marks.value, surfaces.traffic.value]) {
      if (!canvas) continue
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
    }
  }

  function markLinks(): void {
    const core = graph.value
    if (!core) return
    const keys = (it: Selected | undefined) => (it?.kind === 'link' ? [linkKey(it.from, it.to)] : [])
    mark(core, 'faulty', new Set(scene.value.links.keys()))
    mark(core, 'vacant', vacantLinks(scene.value))
    mark(core, 'selected', new Set([...keys(selection.selected), ...keys(focused.value)]))
    mark(core, 'hovered', new Set(keys(selection.hovered)))
  }

  onMounted(build)
  onBeforeUnmount(() => {
    cancelAnimationFrame(frame)
    graph.value?.destroy()
    graph.value = undefined
  })
  useResizeObserver(surfaces.box, () => {
    graph.value?.resize()
    sizeCanvases()
    if (touched) invalidate()
    else fitView()
  })
  useEventListener(document, 'visibilitychange', () => invalidate())
  watch(() => run.nodes, build)
  watch(ink, () => {
    if (graph.value) dress(graph.value, ink.value)
    invalidate()
  })
  watch(places.goal, (goal) => {
    if (theme.reducedMotion && graph.value) place(graph.value, goal)
    invalidate()
  })
  watch(empty, () => {
    if (!touched) fitView()
  })
  watch(scene, (next, before) => {
    if (!theme.reducedMotion) {
      for (const [index, node] of next.nodes.entries()) {
        const was = before.nodes[index]
        if (was && was.id === node.id && was.role !== node.role && node.role === 'leader') news.set(node.id, performance.now())
      }
    }
    const isReseated = next.nodes.some(({ status }, index) => (status === 'empty') !== (before.nodes[index]?.status === 'empty'))
    if (next.links.size > 0 || before.links.size > 0 || isReseated) markLinks()
    invalidate()
  })
  watch([() => selection.selected, () => selection.hovered, focused], () => {
    markLinks()
    invalidate()
  })
  watch([() => playback.mode, () => playback.seq, () => playback.atUs], () => schedule())

  usePicture('topology', 'Topology', () => {
    if (!graph.value || size.width === 0) return undefined
    const { atUs, seq } = readout.now
    const standing = withDragged(places.placesAt(performance.now()).places)
    const up = scene.value.nodes.filter(({ id, status }) => id !== CLIENTS && status === 'up').length
    const leaders = scene.value.nodes
      .filter(({ role }) => role === 'leader')
      .map(({ id, epoch }) => `${id} ${run.speech.leads(Number(epoch))}`)
    const families = new Set(run.protocol?.messages.map(({ kind }) => run.speech.family(kind)))
    return {
      what: 'Topology',
      range: `at ${formatRunTime(atUs)}, event ${formatCount(seq)}`,
      describe: `${up} of ${scene.value.nodes.filter(({ id, status }) => id !== CLIENTS && status !== 'empty').length} nodes are up; ${leaders.length > 0 ? leaders.join(', ') : 'nobody leads'}. ${formatCountOf(painted.painted.length, 'message')} on the way, ${formatCountOf(scene.value.links.size, 'link')} under a fault.`,
      ...{ width: size.width, height: size.height },
      legend: [
        ...[...families].map((family) => ({ mark: 'line', token: familyToken(family), text: `${family} message` }) as const),
        { mark: 'line', token: 'fault', text: 'fault' },
      ],
      draw: (pen, { color, ratio }) => {
        const lens = { ...view(), ratio }
        const paper = inkOf(color)
        const bare = { selected: false, hovered: false, focused: false, news: 0 }
        const marks = { scene: scene.value, places: standing, look: () => bare }
        paintLinks(pen, marks, paper, lens)
        paintMarks(pen, marks, paper, lens, false)
        paintTraffic(pen, traffic.trafficAt(standing), paper, lens, false)
      },
    }
  })

  /** Where an endpoint stands, in client coordinates. */
  function clientPoint(id: EndpointId): { x: number; y: number } {
    const at = places.goal.value.get(id) ?? { x: 0, y: 0 }
    const screen = toScreen(view(), at)
    const box = surfaces.box.value?.getBoundingClientRect()
    return { x: screen.x + (box?.left ?? 0), y: screen.y + (box?.top ?? 0) }
  }

  function reset(): void {
    places.reset()
    touched = false
    fitView()
  }

  return { graph, scene, places, focused, report, fitView, reset, view, clientPoint, paintedNow: () => painted.painted }
}
