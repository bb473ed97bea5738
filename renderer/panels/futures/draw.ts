/** Paints the curve for a picture, as FuturesChart.vue has it on the screen, where its points are buttons. */
import type { Pen } from '../../model/picture/pen.ts'

export interface FuturesInk {
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
  /** The moments in order; `low` and `high`: the ends of the interval. */
  readonly places: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[]
  readonly bands: readonly { readonly from: number; readonly wide: number }[]
  readonly shares: readonly { readonly y: number; readonly text: string }[]
  readonly times: readonly { readonly x: number; readonly text: string }[]
  readonly playhead: number
  readonly color: (token: string) => string
}

export function drawFutures(pen: Pen, { frame, places, bands, shares, times, playhead, color }: FuturesInk): void {
  const { left, right, top, bottom } = frame
  pen.font = '400 11px "Inter Variable", system-ui, sans-serif'
  pen.fillStyle = color('accent-wash')
  for (const { from, wide } of bands) pen.fillRect(from, top, wide, bottom - top)
  pen.textAlign = 'right'
  for (const { y, text } of shares) {
    pen.fillStyle = color('hairline')
    pen.fillRect(left, y - 0.5, right - left, 1)
    pen.fillStyle = color('text-faint')
    pen.fillText(text, left - 8, y + 4)
  }
  pen.textAlign = 'center'
  for (const { x, text } of times) pen.fillText(text, x, bottom + 16)
  trace(pen, [...places.map(({ x, high }) => ({ x, y: high })), ...places.toReversed().map(({ x, low }) => ({ x, y: low }))])
  pen.closePath()
  pen.fillStyle = color('violation-wash')
  pen.fill()
  trace(pen, places)
  pen.strokeStyle = color('violation')
  pen.lineWidth = 1.5
  pen.stroke()
  if (playhead >= left && playhead <= right) {
    pen.fillStyle = color('accent')
    pen.fillRect(playhead - 0.75, top, 1.5, bottom - top)
  }
  pen.fillStyle = color('surface')
  for (const { x, y } of places) {
    pen.beginPath()
    pen.arc(x, y, 4, 0, 2 * Math.PI)
    pen.fill()
    pen.stroke()
  }
}

function trace(pen: Pen, points: readonly { readonly x: number; readonly y: number }[]): void {
  pen.beginPath()
  for (const { x, y } of points) pen.lineTo(x, y) // the first is moved to
}
