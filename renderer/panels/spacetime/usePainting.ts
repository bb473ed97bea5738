/** Paints the scene: at most once a frame, and only when something has changed. */
import { computed, onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import { fitToScreen } from '../../model/canvas.ts'
import { nodeToken } from '../../model/hues.ts'
import { useEvents } from '../../stores/events.ts'
import { useTheme } from '../../stores/theme.ts'
import { CanvasPen } from './canvasPen.ts'
import { DensityPicture, paletteOf } from './densityPicture.ts'
import { drawScene } from './draw.ts'
import type { Diagram } from './useDiagram.ts'
import type { Seen } from './useSeen.ts'
import { edgeOf, headOf } from './view.ts'

/** `painted`: told after each frame that was drawn. */
export function usePainting(
  diagram: Diagram,
  { view, amount, scene }: Seen,
  canvas: Ref<HTMLCanvasElement | null>,
  painted: () => void,
): void {
  const theme = useTheme()
  const events = useEvents()
  const fontsReady = shallowRef(false)
  const density = new DensityPicture()
  const palette = computed(() => paletteOf(diagram.types.value, diagram.endpoints.value.map(nodeToken), theme.color))

  let frame = 0
  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw)
  }

  function draw(): void {
    frame = 0
    const behind = diagram.grow()
    const ctx = canvas.value?.getContext('2d')
    const { width, height } = view.value
    if (!ctx || !canvas.value || width <= headOf(view.value) || height <= edgeOf(view.value)) return
    fitToScreen(ctx, width, height)
    ctx.clearRect(0, 0, width, height)
    drawScene(scene.value, new CanvasPen(ctx, theme.color), amount.value, () =>
      density.paint(ctx, view.value, diagram.drawing.value, palette.value),
    )
    painted()
    const { columns } = diagram.drawing.value
    if (columns.has(columns.count)) canvas.value.dataset.painted ??= String(performance.now()) // when first something of the run was seen
    if (behind) schedule()
  }

  watch([scene, () => theme.version, () => events.version, () => diagram.store.version, fontsReady], schedule, { flush: 'sync' })
  onMounted(async () => {
    schedule()
    await document.fonts?.ready
    fontsReady.value = true
  })
  onBeforeUnmount(() => cancelAnimationFrame(frame))
}
