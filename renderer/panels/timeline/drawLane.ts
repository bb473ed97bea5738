/**
 * Paints one watched value along the timeline: numbers as steps, one line a node in its colour; words as bands, one row a
 * node, each with its word where there is room, so that nothing is told by colour alone.
 */
import type { Lane, LanePoint } from '../../../main/contract/state.ts'
import { nodeToken } from '../../model/hues.ts'
import { type Span, xOf } from '../../model/scale.ts'
import { rangeOf } from '../../model/watches.ts'

export interface LaneInk {
  readonly width: number
  readonly height: number
  readonly span: Span
  readonly lengthUs: number
  readonly playheadUs: number
  readonly color: (token: string) => string
}

const INSET = 3

/** How high a lane wants to be: words of several nodes need a row each. */
export const laneHeight = (lane: Lane | undefined): number =>
  lane === undefined || rangeOf(lane) || lane.nodes.length < 2 ? 22 : Math.max(22, lane.nodes.length * 8)

export function drawLane(ctx: CanvasRenderingContext2D, lane: Lane, ink: LaneInk): void {
  const { width, height, playheadUs, span, color } = ink
  ctx.clearRect(0, 0, width, height)
  ctx.font = '500 10px "Inter Variable", sans-serif'
  ctx.textBaseline = 'middle'
  const range = rangeOf(lane)
  for (const [index, { node, points }] of lane.nodes.entries()) {
    const hue = color(nodeToken(node))
    if (range) steps(ctx, points, range, hue, ink)
    else {
      const row = height / lane.nodes.length
      bands(ctx, points, hue, { top: index * row, row: row - 1 }, ink)
    }
  }
  ctx.fillStyle = color('accent')
  ctx.fillRect(xOf(playheadUs, span, width) - 0.75, 0, 1.5, height)
}

function steps(
  ctx: CanvasRenderingContext2D,
  points: readonly LanePoint[],
  { low, high }: { readonly low: number; readonly high: number },
  hue: string,
  { width, height, span, lengthUs }: LaneInk,
): void {
  const y = (value: number) => height - INSET - ((value - low) / (high - low || 1)) * (height - 2 * INSET)
  ctx.strokeStyle = hue
  ctx.lineWidth = 1.4
  ctx.beginPath()
  let drawing = false
  for (const [index, { atUs, value }] of points.entries()) {
    if (typeof value !== 'number') {
      if (drawing) ctx.lineTo(xOf(atUs, span, width), y(points[index - 1]?.value as number))
      drawing = false
      continue
    }
    const x = xOf(Math.max(atUs, span.fromUs), span, width)
    if (drawing) {
      ctx.lineTo(x, y(points[index - 1]?.value as number))
      ctx.lineTo(x, y(value))
    } else ctx.moveTo(x, y(value))
    drawing = true
  }
  const last = points.at(-1)?.value
  if (drawing && typeof last === 'number') ctx.lineTo(Math.min(width, xOf(lengthUs, span, width)), y(last))
  ctx.stroke()
}

function bands(
  ctx: CanvasRenderingContext2D,
  points: readonly LanePoint[],
  hue: string,
  { top, row }: { readonly top: number; readonly row: number },
  { width, span, lengthUs, color }: LaneInk,
): void {
  const words = [...new Set(points.map(({ value }) => String(value)))]
  for (const [index, { atUs, value }] of points.entries()) {
    if (value === undefined || value === null) continue
    const from = Math.max(0, xOf(atUs, span, width))
    const to = Math.min(width, xOf(points[index + 1]?.atUs ?? lengthUs, span, width))
    if (to <= 0 || from >= width) continue
    const word = String(value)
    ctx.fillStyle = hue
    // What matters fills its row, what does not is a thin line: told by height, not by shade alone.
    const weight = emphasis(word, words.indexOf(word))
    const high = Math.max(1.5, row * (row >= 10 ? 1 : weight))
    ctx.globalAlpha = row >= 10 ? 0.15 + 0.6 * weight : 0.35 + 0.6 * weight
    ctx.fillRect(from, top + (row - high) / 2, Math.max(1, to - from - 0.5), high)
    ctx.globalAlpha = 1
    ctx.fillRect(from, top, 1.5, row)
    if (row >= 10 && to - from > 12 + ctx.measureText(word).width) {
      ctx.fillStyle = color('text')
      ctx.fillText(word, from + 6, top + row / 2 + 0.5)
    }
  }
}

const emphasis = (word: string, order: number): number =>
  word === 'leader' || word === 'true'
    ? 1
    : word === 'candidate'
      ? 0.6
      : word === 'follower' || word === 'false'
        ? 0.2
        : 0.3 + 0.3 * (order % 3)
