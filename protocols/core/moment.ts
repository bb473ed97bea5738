/**
 * What a run looks like at one event: who is up, what each node shows, which messages are in flight, which faults are
 * armed. A fold over events, the same one live, in replay and in the command line: `advance` is given events in order
 * and mutates the moment it owns; `encodeMoment`/`decodeMoment` make it data so that a recording can hold one every so
 * many events and any moment can be reached from the nearest.
 */

import type { Load } from './config.ts'
import type { RunEvent } from './event.ts'
import type { ArmedFault, ClockSetting, SyncMs } from './fault.ts'
import type { EndpointId, FaultId, MessageId, NodeId } from './ids.ts'
import type { Observation } from './machine.ts'

/** `empty`: nobody is there, for the node was not added yet, or was removed. */
export type NodeStatus = 'starting' | 'up' | 'paused' | 'down' | 'empty'

/** There is no process. */
export const isOut = (status: NodeStatus): boolean => status === 'down' || status === 'empty'

export interface NodeMoment {
  status: NodeStatus
  pid: number | undefined
  life: number
  /** Steps taken in this life. */
  step: number
  observation: Observation | undefined
  /** Why it is down, when it is. */
  reason: string | undefined
  /** The disk was emptied since the node last ran. */
  wiped: boolean
  /** Its clock, while it is wrong. */
  clock?: ClockSetting | undefined
  /** What a sync takes on its disk, while that is not what it usually is. */
  syncMs?: SyncMs | undefined
}

export interface InFlight {
  readonly message: MessageId
  readonly from: EndpointId
  readonly to: EndpointId
  readonly type: string
  readonly sentAtUs: number
  /** The fault at whose gate it waits. */
  held: FaultId | undefined
}

export interface Moment {
  /** The last event that is in; 0 before the first. */
  seq: number
  atUs: number
  readonly nodes: Map<NodeId, NodeMoment>
  readonly inFlight: Map<MessageId, InFlight>
  readonly faults: Map<FaultId, ArmedFault>
  timeScale: number
  load: Load | undefined
  ended: boolean
}

/** A run before its first event; so many of its last seats are empty. */
export function firstMoment(nodes: readonly NodeId[], timeScale: number, spares = 0): Moment {
  const statusOf = (index: number): NodeStatus => (index < nodes.length - spares ? 'starting' : 'empty')
  return {
    seq: 0,
    atUs: 0,
    nodes: new Map(
      nodes.map((id, index) => [
        id,
        { status: statusOf(index), pid: undefined, life: 0, step: 0, observation: undefined, reason: undefined, wiped: false },
      ]),
    ),
    inFlight: new Map(),
    faults: new Map(),
    timeScale,
    load: undefined,
    ended: false,
  }
}

/** Takes one more event in. Events must come in order; one that is already in changes nothing. */
export function advance(moment: Moment, event: RunEvent): void {
  if (event.seq <= moment.seq) return
  moment.seq = event.seq
  moment.atUs = Math.max(moment.atUs, event.atUs)
  switch (event.kind) {
    case 'send':
      moment.inFlight.set(event.message, {
        message: event.message,
        from: event.from,
        to: event.to,
        type: event.type,
        sentAtUs: event.atUs,
        held: undefined,
      })
      return
    case 'deliver':
    case 'drop':
      return arrive(moment, event.message, event.copy)
    case 'hold': {
      const flight = moment.inFlight.get(event.message)
      if (flight) flight.held = event.fault
      return
    }
    case 'step': {
      const node = moment.nodes.get(event.node)
      if (!node) return
      if (stepped(node, event.life, event.step) && event.observation) node.observation = event.observation
      return
    }
    case 'local':
      return happened(moment, event.host, event.step)
    case 'node':
      return changeNode(moment, event.node, event.change)
    case 'action':
      return act(moment, event.action)
    case 'checkpoint':
    case 'invoke':
    case 'return':
    case 'reject':
    case 'output':
      return
    default:
      return event satisfies never
  }
}

/**
 * Takes a step of a node in; false when what it observed no longer counts. A process's last steps may stand in the log
 * after its end, and its first ones before it was reported to be up: what reports them came another way.
 */
export function stepped(node: NodeMoment, life: number, step: number): boolean {
  if (life < node.life) return false
  if (life > node.life) node.observation = undefined
  const over = isOut(node.status) && life === node.life
  node.life = life
  node.step = step
  return !over
}

/** A host of a run from elsewhere is up when something happens there; of its ends nothing is known. */
export function happened(moment: Moment, host: EndpointId, step: number): void {
  const node = moment.nodes.get(host as NodeId)
  if (node) Object.assign(node, { status: 'up', life: 1, step })
}

/** A duplicate (copy 1, 2, ...) may arrive after the original; the message is gone from the link once its original has. */
function arrive(moment: Moment, message: MessageId, copy: number): void {
  if (copy === 0) moment.inFlight.delete(message)
}

function changeNode(moment: Moment, id: NodeId, change: Extract<RunEvent, { kind: 'node' }>['change']): void {
  const node = moment.nodes.get(id)
  if (!node) return
  switch (change.is) {
    case 'up':
      if (change.life !== node.life) Object.assign(node, { life: change.life, step: 0, observation: undefined })
      Object.assign(node, { status: 'up', pid: change.pid, reason: undefined, wiped: false })
      return
    case 'down':
      Object.assign(node, { status: change.removed ? 'empty' : 'down', pid: undefined, observation: undefined, reason: change.reason })
      return
    case 'paused':
      node.status = 'paused'
      return
    case 'resumed':
      node.status = 'up'
      return
    case 'wiped':
      node.wiped = true
      return
    default:
      return change satisfies never
  }
}

function act(moment: Moment, action: Extract<RunEvent, { kind: 'action' }>['action']): void {
  switch (action.do) {
    case 'arm':
      moment.faults.set(action.fault.id, action.fault)
      return
    case 'lift':
      moment.faults.delete(action.fault)
      for (const flight of moment.inFlight.values()) if (flight.held === action.fault) flight.held = undefined
      return
    case 'release': {
      const flight = moment.inFlight.get(action.message)
      if (flight) flight.held = undefined
      return
    }
    case 'timeScale':
      moment.timeScale = action.scale
      return
    case 'load':
      moment.load = action.load ?? undefined
      return
    case 'end':
      moment.ended = true
      return
    case 'clock': {
      const node = moment.nodes.get(action.node)
      const { skewMs, driftPpm } = action
      if (node) node.clock = skewMs === 0 && driftPpm === 0 ? undefined : { skewMs, driftPpm }
      return
    }
    case 'disk': {
      const node = moment.nodes.get(action.node)
      if (node) node.syncMs = action.syncMs ?? undefined
      return
    }
    case 'node': {
      const node = moment.nodes.get(action.node)
      if (node?.status === 'empty' && action.what === 'add') node.status = 'starting'
      return
    }
    case 'control':
      return
    default:
      return action satisfies never
  }
}

/** A moment as plain JSON data, and back. */
/** Seats on which nobody sits at that moment. */
export const emptyIn =
  (moment: { readonly nodes: ReadonlyMap<NodeId, Pick<NodeMoment, 'status'>> } | undefined) =>
  (endpoint: EndpointId): boolean =>
    moment?.nodes.get(endpoint as NodeId)?.status === 'empty'

export interface MomentData extends Omit<Moment, 'nodes' | 'inFlight' | 'faults' | 'load'> {
  readonly nodes: readonly (NodeMoment & { readonly id: NodeId })[]
  readonly inFlight: readonly InFlight[]
  readonly faults: readonly ArmedFault[]
  readonly load: Load | null
}

export function encodeMoment(moment: Moment): MomentData {
  return {
    seq: moment.seq,
    atUs: moment.atUs,
    nodes: [...moment.nodes].map(([id, node]) => ({ id, ...node })),
    inFlight: [...moment.inFlight.values()].map((flight) => ({ ...flight })),
    faults: [...moment.faults.values()],
    timeScale: moment.timeScale,
    load: moment.load ?? null,
    ended: moment.ended,
  }
}

export function decodeMoment(data: MomentData): Moment {
  return {
    seq: data.seq,
    atUs: data.atUs,
    nodes: new Map(data.nodes.map(({ id, ...node }) => [id, node])),
    inFlight: new Map(data.inFlight.map((flight) => [flight.message, { ...flight }])),
    faults: new Map(data.faults.map((fault) => [fault.id, fault])),
    timeScale: data.timeScale,
    load: data.load ?? undefined,
    ended: data.ended,
  }
}
