/** A moment that no one will change any more: what the screen is given, so that every part of it can compare by identity. */
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { InFlight, Moment, NodeMoment } from '../../protocols/core/moment.ts'

export interface Snapshot extends Readonly<Omit<Moment, 'nodes' | 'inFlight' | 'faults'>> {
  readonly nodes: ReadonlyMap<NodeId, Readonly<NodeMoment>>
  readonly inFlight: ReadonlyMap<MessageId, Readonly<InFlight>>
  readonly faults: ReadonlyMap<FaultId, ArmedFault>
}

/** Copies what `advance` mutates; what did not change since `previous` is shared with it. */
export function snapshot(moment: Moment, previous?: Snapshot): Snapshot {
  const nodes = new Map<NodeId, Readonly<NodeMoment>>()
  for (const [id, node] of moment.nodes) {
    const before = previous?.nodes.get(id)
    nodes.set(id, before && sameNode(before, node) ? before : { ...node })
  }
  const inFlight = new Map<MessageId, Readonly<InFlight>>()
  for (const [id, flight] of moment.inFlight) inFlight.set(id, { ...flight })
  const faults = previous && sameFaults(previous.faults, moment.faults) ? previous.faults : new Map(moment.faults)
  return { ...moment, nodes, inFlight, faults }
}

function sameNode(a: Readonly<NodeMoment>, b: NodeMoment): boolean {
  return (
    a.status === b.status &&
    a.pid === b.pid &&
    a.life === b.life &&
    a.step === b.step &&
    a.observation === b.observation &&
    a.reason === b.reason &&
    a.wiped === b.wiped &&
    a.clock === b.clock &&
    a.syncMs === b.syncMs
  )
}

function sameFaults(a: ReadonlyMap<FaultId, ArmedFault>, b: ReadonlyMap<FaultId, ArmedFault>): boolean {
  if (a.size !== b.size) return false
  for (const [id, fault] of b) if (a.get(id) !== fault) return false
  return true
}
