/** Colours and the view of one drawing: what every part that paints on the canvas is given. */
import type { EndpointId } from '../../../protocols/core/ids.ts'
import type { Family } from '../../../protocols/words/speech.ts'
import type { Point } from './arrangement.ts'

export interface Ink {
  readonly surface: string
  readonly text: string
  readonly soft: string
  readonly faint: string
  readonly line: string
  readonly accent: string
  readonly accentLine: string
  readonly fault: string
  readonly faultText: string
  node(id: EndpointId): string
  /** True for the ninth node on, which wears a hue again: its ring carries a pattern. */
  repeats(id: EndpointId): boolean
  family(family: Family): string
}

/** How the drawing's units fall on the canvas. */
export interface View {
  readonly zoom: number
  readonly panX: number
  readonly panY: number
  readonly width: number
  readonly height: number
  readonly ratio: number
}

export const toScreen = (view: View, point: Point): Point => ({ x: point.x * view.zoom + view.panX, y: point.y * view.zoom + view.panY })
export const toDrawing = (view: View, point: Point): Point => ({
  x: (point.x - view.panX) / view.zoom,
  y: (point.y - view.panY) / view.zoom,
})

/** Text and glyphs grow with the drawing, but stay readable when it is small and calm when it is large. */
export const glyphScale = (view: View): number => Math.min(1.2, Math.max(0.82, view.zoom))

export const FONT = '"Inter Variable", system-ui, sans-serif'
export const DATA_FONT = '"JetBrains Mono Variable", ui-monospace, monospace'
