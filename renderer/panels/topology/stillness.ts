/**
 * Cytoscape asks for frame after frame as long as it lives, even when it draws nothing; that alone keeps a window at rest
 * busy. Here its loop ends after some still frames and begins again with the next thing to draw. Its renderer has no
 * switch for that: a loop ends where it finds its renderer destroyed, so for the length of one frame it is told so.
 */
import type { Core } from 'cytoscape'

/** What we know of Cytoscape's renderer; it is not part of its types. */
interface Renderer {
  destroyed?: boolean
  renderLoopStarted?: boolean
  beforeRender(each: (willDraw: boolean) => void, priority: number): void
  startRenderLoop(): void
  redraw(options?: unknown): void
  redrawHint(layer: string, stale: boolean): void
  notify(event: string, elements?: unknown): void
}

const STILL_FRAMES = 10

export function restWhenStill(core: Core): void {
  const renderer = (core as unknown as { renderer(): Renderer }).renderer()
  const { redraw, notify } = renderer
  let still = 0
  let ending = false
  let missed = false

  renderer.redraw = (options) => {
    missed ||= ending
    renderer.startRenderLoop() // does nothing while the loop goes on
    redraw.call(renderer, options)
  }
  renderer.notify = (event, elements) => {
    missed ||= ending
    notify.call(renderer, event, elements)
  }
  renderer.beforeRender((willDraw) => {
    still = willDraw ? 0 : still + 1
    if (still < STILL_FRAMES || ending) return
    ending = true
    missed = false
    // Asked for ahead of the loop's own next frame, so that it comes first and the loop finds itself at its end.
    requestAnimationFrame(() => {
      if (core.destroyed()) return
      renderer.destroyed = true
      setTimeout(rest)
    })
  }, 0)

  function rest(): void {
    ending = false
    still = 0
    if (core.destroyed()) return
    renderer.destroyed = false
    renderer.renderLoopStarted = false
    if (!missed) return
    for (const layer of ['eles', 'drag', 'select']) renderer.redrawHint(layer, true)
    renderer.redraw()
  }
}
