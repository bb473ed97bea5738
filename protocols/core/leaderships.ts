/**
 * Who led when, from what is marked in a run. Of several that believe they lead it is the one of the highest epoch: one that was
 * succeeded and does not know it yet, or that starts again in an epoch that is over, takes nothing from it.
 */
import type { NodeId } from './ids.ts'

/** What this needs to know of a mark. `pause`: who cannot act does not lead; it goes on as what it was. */
export interface LeaderMark {
  readonly kind: string
  readonly node?: NodeId | undefined
  readonly epoch?: number | undefined
  readonly atUs: number
}

export interface Leadership<M> {
  /** When it was elected. */
  readonly won: M
  /** From when on it led: later than that, where it led again after another. */
  readonly begun: M
  /** Undefined while it still leads at the end of the marks. */
  readonly untilUs: number | undefined
}

/** In the order of time; nobody leads between two that do not touch. */
export function leaderships<M extends LeaderMark>(marks: readonly M[]): Leadership<M>[] {
  const told: Leadership<M>[] = []
  const inOffice = new Map<NodeId, M>()
  const paused = new Map<NodeId, M>()
  for (const mark of marks) {
    if (mark.node === undefined || !take(mark, mark.node, inOffice, paused)) continue
    const leader = highest(inOffice)
    const last = told.at(-1)
    const now = last?.untilUs === undefined ? last : undefined
    if (now?.won === leader) continue
    if (now) told[told.length - 1] = { ...now, untilUs: mark.atUs }
    if (leader) told.push({ won: leader, begun: mark, untilUs: undefined })
  }
  return told
}

/** True when it may have changed who leads. */
function take<M extends LeaderMark>(mark: M, node: NodeId, inOffice: Map<NodeId, M>, paused: Map<NodeId, M>): boolean {
  const held = inOffice.get(node)
  switch (mark.kind) {
    case 'leader':
      inOffice.delete(node) // and in again at the end: of equals the last one leads
      inOffice.set(node, mark)
      return true
    case 'pause':
      if (held) paused.set(node, held)
      return inOffice.delete(node)
    case 'resume': {
      const before = paused.get(node)
      if (!before) return false
      paused.delete(node)
      inOffice.set(node, before)
      return true
    }
    case 'stepDown':
    case 'crash':
    case 'remove':
      paused.delete(node)
      return inOffice.delete(node)
    default:
      return false
  }
}

function highest<M extends LeaderMark>(inOffice: ReadonlyMap<NodeId, M>): M | undefined {
  let first: M | undefined
  for (const mark of inOffice.values()) if (!first || (mark.epoch ?? 0) >= (first.epoch ?? 0)) first = mark
  return first
}
