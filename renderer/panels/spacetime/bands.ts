/** What held for a while: nodes that were down or paused, and the faults on links that a person or a scenario put there. */
import type { ActionEvent, NodeEvent } from '../../../protocols/core/event.ts'
import type { ArmedFault, LinkTarget } from '../../../protocols/core/fault.ts'
import type { EndpointId, FaultId, NodeId } from '../../../protocols/core/ids.ts'
import type { NodeMoment } from '../../../protocols/core/moment.ts'
import { faultText, type IsEmpty } from '../../../protocols/words/faultText.ts'

export interface Edge {
  readonly seq: number
  readonly atUs: number
}

export interface Band {
  /** `absent`: the node is not there yet, or was removed. */
  readonly kind: 'down' | 'paused' | 'fault' | 'absent'
  readonly begin: Edge
  /** It began earlier than is read yet. */
  readonly isOlder?: true
  /** Undefined while it still holds at the end of the recording. */
  readonly end: Edge | undefined
  readonly text: string
  /** The lanes that it touches. */
  readonly lanes: readonly number[]
  /** Of a partition: which group a lane is in, from 0 on. */
  readonly groups?: readonly number[]
}

/** What is known to hold at an event, of a run that is read from its midst on. */
export interface Held extends Edge {
  readonly nodes: ReadonlyMap<NodeId, Pick<NodeMoment, 'status' | 'reason'>>
  readonly faults: ReadonlyMap<FaultId, ArmedFault>
}

/** Of a stretch that begins at `first`: what `held` at some event in it and did not begin in it, held from its beginning on. */
export function bandsWithin(
  turns: readonly (NodeEvent | ActionEvent)[],
  endpoints: readonly EndpointId[],
  first: Edge,
  held: Held,
  isEmpty?: IsEmpty,
): Band[] {
  const found = bandsOf(turns, endpoints, 0, isEmpty)
  const isOpenAt = (band: Band) => band.begin.seq <= held.seq && (band.end === undefined || band.end.seq > held.seq)
  const endOf = (ends: (turn: NodeEvent | ActionEvent) => boolean): Edge | undefined => {
    const turn = turns.find((each) => each.seq > held.seq && ends(each))
    return turn && { seq: turn.seq, atUs: turn.atUs }
  }
  const older: Band[] = []
  for (const [node, { status, reason }] of held.nodes) {
    const lane = endpoints.indexOf(node)
    if (status !== 'down' && status !== 'paused' && status !== 'empty') continue
    const kind = status === 'empty' ? 'absent' : status
    if (found.some((band) => band.kind === kind && band.lanes[0] === lane && isOpenAt(band))) continue
    const end = endOf((turn) => turn.kind === 'node' && turn.node === node)
    const text =
      status === 'empty'
        ? `${node} is not there`
        : status === 'paused'
          ? `${node} is paused`
          : `${node} is down${reason === undefined ? '' : `: ${reason}`}`
    older.push({ kind, begin: first, isOlder: true, end, text, lanes: [lane] })
  }
  const armedHere = new Set(turns.flatMap((turn) => (turn.kind === 'action' && turn.action.do === 'arm' ? [turn.action.fault.id] : [])))
  for (const fault of held.faults.values()) {
    if (armedHere.has(fault.id)) continue
    const end = endOf((turn) => turn.kind === 'action' && turn.action.do === 'lift' && turn.action.fault === fault.id)
    older.push({ kind: 'fault', begin: first, isOlder: true, end, text: faultText(fault, isEmpty), ...touched(fault.target, endpoints) })
  }
  return [...older, ...found]
}

/** `spares`: so many nodes, the last, are not there at the beginning. */
export function bandsOf(
  turns: readonly (NodeEvent | ActionEvent)[],
  endpoints: readonly EndpointId[],
  spares = 0,
  isEmpty?: IsEmpty,
): Band[] {
  const bands: Band[] = []
  const open = new Map<string, number>()
  const begin = (key: string, band: Omit<Band, 'end'>) => {
    if (open.has(key)) return
    open.set(key, bands.length)
    bands.push({ ...band, end: undefined })
  }
  const end = (key: string, edge: Edge) => {
    const at = open.get(key)
    if (at === undefined) return
    open.delete(key)
    bands[at] = { ...(bands[at] as Band), end: edge }
  }
  const clients = endpoints.length - 1
  for (let lane = clients - spares; lane < clients; lane++) {
    begin(`absent ${lane}`, { kind: 'absent', begin: { seq: 0, atUs: 0 }, text: `${endpoints[lane]} is not there yet`, lanes: [lane] })
  }
  for (const turn of turns) {
    const edge = { seq: turn.seq, atUs: turn.atUs }
    if (turn.kind === 'action') {
      const { action } = turn
      if (action.do === 'arm')
        begin(action.fault.id, {
          kind: 'fault',
          begin: edge,
          text: faultText(action.fault, isEmpty),
          ...touched(action.fault.target, endpoints),
        })
      else if (action.do === 'lift') end(action.fault, edge)
      continue
    }
    const lane = endpoints.indexOf(turn.node)
    if (lane < 0) continue
    const [down, paused, absent] = [`down ${lane}`, `paused ${lane}`, `absent ${lane}`]
    switch (turn.change.is) {
      case 'down':
        end(paused, edge)
        if (turn.change.removed) {
          end(down, edge)
          begin(absent, { kind: 'absent', begin: edge, text: `${turn.node} was removed`, lanes: [lane] })
          break
        }
        begin(down, { kind: 'down', begin: edge, text: `${turn.node} is down: ${turn.change.reason}`, lanes: [lane] })
        break
      case 'up':
        end(down, edge)
        end(absent, edge)
        break
      case 'paused':
        begin(paused, { kind: 'paused', begin: edge, text: `${turn.node} is paused`, lanes: [lane] })
        break
      case 'resumed':
        end(paused, edge)
        break
      case 'wiped':
        break
      default:
        turn.change satisfies never
    }
  }
  return bands
}

function touched(target: LinkTarget, endpoints: readonly EndpointId[]): { lanes: number[]; groups?: number[] } {
  if ('all' in target) return { lanes: endpoints.map((_, lane) => lane) }
  if ('groups' in target) {
    const of = endpoints.map((id) => target.groups.findIndex((group) => (group as readonly string[]).includes(id)))
    const lanes = of.flatMap((group, lane) => (group < 0 ? [] : [lane]))
    return { lanes, groups: lanes.map((lane) => of[lane] as number) }
  }
  const named = new Set<string>(target.links.flat())
  return { lanes: endpoints.flatMap((id, lane) => (named.has(id) ? [lane] : [])) }
}

/** Puts bands that overlap into different rows, at most `rowsMax`; gives each band's row. */
export function rowsOf(bands: readonly Band[], rowsMax: number): number[] {
  const ends: number[] = []
  return bands.map(({ begin, end }) => {
    let row = ends.findIndex((until) => until <= begin.atUs)
    if (row < 0) row = Math.min(ends.length, rowsMax - 1)
    ends[row] = Math.max(ends[row] ?? 0, end?.atUs ?? Number.POSITIVE_INFINITY)
    return row
  })
}
