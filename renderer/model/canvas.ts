/** Canvases as sharp as the screen. */

/** Gives the canvas the pixels that a box of that size has on this screen, and its context one unit a CSS pixel. Even the same size, set again, would cost a new bitmap. */
export function fitToScreen(ctx: CanvasRenderingContext2D, width: number, height: number): void {
  const ratio = window.devicePixelRatio
  const { canvas } = ctx
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== high) canvas.height = high
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
}
