/** The proof of a → b that a person can follow: as few messages as possible, each sent at or after the receipt of the one before it. */
import { ChunkKind } from '../wire/chunk.ts'
import type { Columns } from './columns.ts'
import { placeOf } from './order.ts'

/** One message of a chain; at hosts from elsewhere it is known by its ends alone, and they are the rows. */
export interface ChainLink {
  readonly send: number
  readonly delivery: number
}

/**
 * The messages of a shortest chain from row `a` to row `b`, in order; none when both are of one endpoint. Undefined: there is
 * no chain. Goes back from `b` message by message: after k of them, all points of a lane up to some tick are known to lead to
 * it, so one number a lane says what k messages reach.
 */
export function chainBetween(columns: Columns, a: number, b: number): ChainLink[] | undefined {
  const from = placeOf(columns, a)?.next ?? 0
  const to = placeOf(columns, b)?.past ?? 0
  if (from === 0 || to === 0 || !columns.hasClocks) return undefined
  const { endpoints, kind, cause, point, pointLane, pointRow } = columns
  const home = pointLane[from] as number
  const tick = columns.tickOf(from)
  /** By lane, the highest tick that leads to `b` with as many messages as there are layers. */
  let reach = new Float64Array(endpoints)
  /** By lane that a layer took further: the message that did it, and the lane from which the rest goes on. */
  const layers: Map<number, ChainLink & { readonly onward: number }>[] = []
  reach[pointLane[to] as number] = columns.tickOf(to)
  const first = pointRow[from] as number
  const last = Math.max(b, pointRow[to] as number)
  while ((reach[home] as number) < tick) {
    const next = reach.slice()
    const layer = new Map<number, ChainLink & { readonly onward: number }>()
    const follow = (send: number, delivery: number): void => {
      const received = point[delivery] as number
      const sent = point[send] as number
      if (received === 0 || sent === 0) return
      const lane = pointLane[received] as number
      const sender = pointLane[sent] as number
      if (columns.tickOf(received) > (reach[lane] as number) || columns.tickOf(sent) <= (next[sender] as number)) return
      next[sender] = columns.tickOf(sent)
      layer.set(sender, { send, delivery, onward: lane })
    }
    for (let row = last; row > first; row--) {
      if (kind[row] === ChunkKind.deliver) follow(cause[row] as number, row)
      else if (kind[row] === ChunkKind.local)
        for (let { first, end } = columns.tiesInto(row); first < end; first++) follow(columns.tieFrom[first] as number, row)
    }
    if (layer.size === 0) return undefined
    layers.push(layer)
    reach = next
  }
  const chain: ChainLink[] = []
  for (let lane = home, depth = layers.length - 1; depth >= 0; depth--) {
    const link = layers[depth]?.get(lane)
    if (!link) continue // this layer did not move the lane: an earlier message reaches as far
    chain.push({ send: link.send, delivery: link.delivery })
    lane = link.onward
  }
  return chain
}
