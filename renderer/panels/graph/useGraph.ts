/** The graph on the screen: Cytoscape filled with the scene, its marks kept true to the stores, and where it is looked at. */
import { useResizeObserver } from '@vueuse/core'
import type { Core } from 'cytoscape'
import { onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import type { EndpointId } from '../../../protocols/core/ids.ts'
import { inPieces } from '../../model/inPieces.ts'
import { useColumns } from '../../stores/columns.ts'
import { useReadout } from '../../stores/readout.ts'
import { useSelection } from '../../stores/selection.ts'
import { useTheme } from '../../stores/theme.ts'
import { restWhenStill } from '../topology/stillness.ts'
import { createGraph, dress, fillInPieces, mark } from './graph.ts'
import type { Scene, SceneNode } from './scene.ts'

const ZOOM_MAX = 1.3
const ZOOM_MIN = 0.45
/** Where not all of it can be in sight at once, it is at least so large: its words are read then. */
const ZOOM_READ = 1.1

export interface GraphMarks {
  readonly found: Ref<ReadonlySet<string>>
  readonly walked: Ref<string | undefined>
}

export function useGraph(box: Ref<HTMLElement | null>, scene: Ref<Scene>, marks: GraphMarks) {
  const columns = useColumns()
  const readout = useReadout()
  const selection = useSelection()
  const theme = useTheme()
  const graph = shallowRef<Core>()
  const view = shallowRef({ zoom: 1, x: 0, y: 0 })
  /** Not all of the scene is in the graph yet. */
  const filling = shallowRef(false)

  onMounted(() => {
    if (!box.value) return
    const core = createGraph(box.value)
    restWhenStill(core)
    core.on('viewport', () => {
      const { x, y } = core.pan()
      view.value = { zoom: core.zoom(), x, y }
    })
    graph.value = core
    show()
  })
  onBeforeUnmount(() => graph.value?.destroy())

  function show(): void {
    fitView()
    void draw()
  }

  /** The lanes for which the graph has its looks. */
  let dressed: readonly EndpointId[] | undefined
  let begun = 0
  async function draw(): Promise<void> {
    const core = graph.value
    if (!core) return
    if (dressed !== columns.endpoints) {
      // Looks are changed where nothing wears them: two thousand elements would all put theirs on in the next frame.
      core.elements().remove()
      dressed = columns.endpoints
      dress(core, columns.endpoints, theme.color)
    }
    const mine = ++begun
    const isGivenUp = () => begun !== mine || core.destroyed()
    filling.value = true
    await inPieces(fillInPieces(core, scene.value), { isGivenUp })
    if (isGivenUp()) return
    markAll()
    filling.value = false
  }
  function redress(): void {
    dressed = undefined
    void draw()
  }

  /** All lanes in sight, and of the ranks those round what is selected or the playhead. */
  function fitView(): void {
    const core = graph.value
    const { nodes, lanes } = scene.value
    if (!core || nodes.length === 0 || core.height() === 0) return
    const high = Math.max(1, ...lanes.map(({ y }) => y)) + 110
    const wide = Math.max(...nodes.map(({ x }) => x)) + 160
    const zoom = Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, core.height() / high, Math.max(core.width() / wide, ZOOM_READ)))
    const middle = focusNode() ?? nodes.at(-1)
    const left = Math.min(110, Math.max(core.width() - wide * zoom + 60, core.width() * 0.6 - (middle?.x ?? 0) * zoom))
    core.viewport({ zoom, pan: { x: left, y: (core.height() - (high - 110) * zoom) / 2 } })
  }

  function focusNode(): SceneNode | undefined {
    return nodeOfRow(selectedRow()) ?? nodeNow()
  }

  function selectedRow(): number | undefined {
    const it = selection.selected
    return it?.kind === 'event' || it?.kind === 'message' ? it.seq : undefined
  }

  /** The node in which a row is. */
  function nodeOfRow(row: number | undefined): SceneNode | undefined {
    const point = row === undefined ? 0 : (columns.columns.point[row] ?? 0)
    return point === 0 ? undefined : scene.value.nodes.find(({ points }) => points.includes(point))
  }

  /** The last that has begun at the playhead. */
  function nodeNow(): SceneNode | undefined {
    let last: SceneNode | undefined
    for (const node of scene.value.nodes) if (node.row <= readout.now.seq && (!last || node.row > last.row)) last = node
    return last
  }

  function markAll(): void {
    const core = graph.value
    if (!core) return
    const idOf = (node: SceneNode | undefined) => new Set(node ? [node.id] : [])
    const hovered = selection.hovered
    mark(core, 'selected', idOf(nodeOfRow(selectedRow())))
    mark(core, 'hovered', idOf(hovered?.kind === 'event' || hovered?.kind === 'message' ? nodeOfRow(hovered.seq) : undefined))
    mark(core, 'now', idOf(nodeNow()))
    mark(core, 'ahead', new Set(scene.value.nodes.flatMap(({ id, row }) => (row > readout.now.seq ? [id] : []))))
    mark(core, 'found', marks.found.value)
    mark(core, 'walked', new Set(marks.walked.value === undefined ? [] : [marks.walked.value]))
  }

  /** Moves the drawing only when the node is out of sight. */
  function intoSight({ x, y }: SceneNode): void {
    const core = graph.value
    if (!core) return
    const at = { x: x * core.zoom() + core.pan().x, y: y * core.zoom() + core.pan().y }
    if (at.x > 110 && at.x < core.width() - 40 && at.y > 20 && at.y < core.height() - 30) return
    core.panBy({ x: core.width() / 2 - at.x, y: at.y > 20 && at.y < core.height() - 30 ? 0 : core.height() / 2 - at.y })
  }

  watch(scene, show)
  watch([() => theme.version, () => columns.endpoints], redress)
  watch([() => selection.selected, () => selection.hovered, () => readout.now.seq, marks.found, marks.walked], markAll)
  useResizeObserver(box, () => {
    const core = graph.value
    const wasEmpty = core?.height() === 0
    core?.resize()
    if (wasEmpty || core?.pan().x === 0) fitView()
  })

  return { graph, view, filling, fitView, intoSight, nodeOfRow, nodeNow }
}
