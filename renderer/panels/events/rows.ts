/** Which rows of the log are in sight, and where they stand in what is scrolled. */

export const ROW_PX = 24
/** A browser draws no element taller than some 33 million pixels: longer logs are scrolled in proportion. */
export const SPACE_MAX_PX = 12_000_000

export interface Shape {
  readonly count: number
  /** Height of what is looked through, pixels. */
  readonly viewPx: number
  /** Height of what is scrolled. */
  readonly spacePx: number
  /** Pixels of the log per pixel scrolled: 1 unless the log is longer than a browser can lay out. */
  readonly ratio: number
}

export function shapeOf(count: number, viewPx: number): Shape {
  const logPx = count * ROW_PX
  const spacePx = Math.min(logPx, SPACE_MAX_PX)
  return { count, viewPx, spacePx, ratio: logPx > SPACE_MAX_PX ? (logPx - viewPx) / (SPACE_MAX_PX - viewPx) : 1 }
}

/** Rows to lay out at a scroll position, a few more than are seen, and where the first of them stands in the scrolled space. */
export function rowsAt({ count, viewPx, ratio }: Shape, scrollTop: number, overscan = 6): { first: number; last: number; topPx: number } {
  const offset = scrollTop * ratio
  const first = Math.max(0, Math.floor(offset / ROW_PX) - overscan)
  const last = Math.min(count - 1, Math.ceil((offset + viewPx) / ROW_PX) + overscan)
  return { first, last, topPx: scrollTop + first * ROW_PX - offset }
}

/** Where to scroll so that a row stands in the middle, or undefined when it is wholly in sight already. */
export function scrollTo({ viewPx, ratio, spacePx }: Shape, index: number, scrollTop: number): number | undefined {
  const offset = scrollTop * ratio
  const top = index * ROW_PX
  if (top >= offset && top + ROW_PX <= offset + viewPx) return undefined
  return Math.max(0, Math.min(spacePx - viewPx, (top - (viewPx - ROW_PX) / 2) / ratio))
}
