/** What is under the pointer: a mark, or else a message. */
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { LOST_SHARE } from './crossings.ts'
import { Plane } from './plane.ts'
import type { Scene } from './scene.ts'
import { laneAt } from './view.ts'

export interface Hit {
  readonly kind: 'mark' | 'message'
  /** Of a message: near its tail its send, near its head what became of it. */
  readonly row: number
  /** Of a message: its send. */
  readonly send?: number
}

const MARK_PX = 10
const LINE_PX = 5

export function hitAt(scene: Pick<Scene, 'view' | 'drawing' | 'endpoints'>, x: number, y: number): Hit | undefined {
  const { view, drawing, endpoints } = scene
  const plane = new Plane(view)
  const [along, across] = view.down ? [y, x] : [x, y]
  if (along < plane.head || across < plane.edge) return undefined
  const { columns, placement } = drawing
  const place = view.from + plane.units(along - plane.head)
  let best: Hit | undefined
  let nearest = MARK_PX
  for (const lane of [laneAt(across, view)]) {
    if (lane < 0 || lane >= endpoints.length || Math.abs(plane.across(lane) - across) > MARK_PX) continue
    const rim = plane.units(MARK_PX)
    drawing.marks[lane]?.visit(place - rim, place + rim, (row) => {
      const off = Math.hypot(plane.along(placement.ofRow(row)) - along, plane.across(lane) - across)
      if (off >= nearest) return
      nearest = off
      best = { kind: 'mark', row }
    })
  }
  if (best) return best
  nearest = LINE_PX
  const rim = plane.units(LINE_PX)
  for (const lane of drawing.messages.keys())
    drawing.eachTo(lane, place - rim, place + rim, (send, row) => {
      const [from, to] = [plane.along(placement.ofRow(send)), plane.along(placement.ofRow(row))]
      const start = plane.across(columns.lane[send] as number)
      const goal = plane.across(columns.lane[row] as number)
      const end = columns.kind[row] === ChunkKind.drop ? start + (goal - start) * LOST_SHARE : goal
      const { off, share } = distance(along, across, from, start, to, end)
      if (off >= nearest) return
      nearest = off
      best = { kind: 'message', row: share < 0.5 ? send : row, send }
    })
  return best
}

function distance(x: number, y: number, x0: number, y0: number, x1: number, y1: number): { off: number; share: number } {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const square = dx * dx + dy * dy
  const share = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / square))
  return { off: Math.hypot(x0 + share * dx - x, y0 + share * dy - y), share }
}
