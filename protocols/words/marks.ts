/** Which events a person looks for on the timeline, and what is said of them. */
import type { RunEvent, StepEvent } from '../core/event.ts'
import type { NetworkFault } from '../core/fault.ts'
import type { FaultId, NodeId } from '../core/ids.ts'
import type { NoteSpec, Observation } from '../core/machine.ts'
import type { Mark } from '../core/mark.ts'
import { clockText, diskText, faultText, type IsEmpty } from './faultText.ts'
import { loadText } from './loadText.ts'
import type { Speech } from './speech.ts'

/** Where a mark stands: events that a clock put before the run's beginning count as at it. */
type Place = Pick<Mark, 'seq' | 'atUs'>
const placed = ({ seq, atUs }: Place): Place => ({ seq, atUs: Math.max(0, Math.round(atUs)) })

/** What the faults of a run were called when they were armed, by their ids. */
export const faultTexts = (marks: readonly Mark[]): ReadonlyMap<string, string> =>
  new Map(marks.flatMap(({ kind, fault, text }) => (kind === 'fault' && fault !== undefined ? [[fault, text]] : [])))

/** How things stood right before an event. */
export interface Before {
  readonly fault: (id: FaultId) => NetworkFault | undefined
  readonly isEmpty: IsEmpty
}

/** The mark of an event, if it is one that is looked for. Leaders are told from what nodes show, refusals from their notes. */
export function markOf(event: RunEvent, before: Before): Mark | undefined {
  const { seq } = event
  const atUs = Math.max(0, event.atUs)
  if (event.kind === 'node') {
    const { node, change } = event
    switch (change.is) {
      case 'up':
        return change.life > 1 ? { seq, atUs, kind: 'restart', text: `${node} restarted`, node } : undefined
      case 'down':
        if (change.removed) return { seq, atUs, kind: 'remove', text: `${node} was removed`, node }
        return { seq, atUs, kind: 'crash', text: `${node} went down: ${change.reason}`, node }
      case 'paused':
        return { seq, atUs, kind: 'pause', text: `${node} paused`, node }
      case 'resumed':
        return { seq, atUs, kind: 'resume', text: `${node} resumed`, node }
      case 'wiped':
        return { seq, atUs, kind: 'wipe', text: `The disk of ${node} was wiped`, node }
      default:
        return change satisfies never
    }
  }
  if (event.kind !== 'action') return undefined
  const { action } = event
  if (action.do === 'arm') return { seq, atUs, kind: 'fault', text: faultText(action.fault, before.isEmpty), fault: action.fault.id }
  if (action.do === 'lift') {
    const fault = before.fault(action.fault)
    return { seq, atUs, kind: 'lift', text: `Lifted: ${fault ? faultText(fault, before.isEmpty) : action.fault}`, fault: action.fault }
  }
  if (action.do === 'clock' || action.do === 'disk') {
    const { node } = action
    const isRight = action.do === 'clock' ? action.skewMs === 0 && action.driftPpm === 0 : action.syncMs === null
    const text = action.do === 'clock' ? clockText(node, action) : diskText(node, action.syncMs)
    return { seq, atUs, kind: isRight ? 'lift' : 'fault', text, node, fault: `${action.do} ${node}` }
  }
  if (action.do === 'node' && action.what === 'add') return { seq, atUs, kind: 'add', text: `${action.node} was added`, node: action.node }
  return action.do === 'load' ? { seq, atUs, kind: 'load', text: loadText(action.load) } : undefined
}

/** The epoch that a node leads in, if it does. */
export const ledBy = ({ role, epoch }: Observation): number | undefined => (role === 'leader' ? epoch : undefined)

export type LeaderWords = Pick<Speech, 'leads' | 'leadsNoMore'>

/** A node begins to lead (`leads`: its epoch), or leads no more; `known` is what it led before. Undefined when nothing has changed. */
export function leaderMark(
  place: Place & { readonly node: NodeId },
  known: number | undefined,
  leads: number | undefined,
  words: LeaderWords,
): Mark | undefined {
  if (leads === known) return undefined
  const { node } = place
  if (leads !== undefined) return { ...placed(place), kind: 'leader', text: `${node} ${words.leads(leads)}`, node, epoch: leads }
  const epoch = known as number
  return { ...placed(place), kind: 'stepDown', text: `${node} ${words.leadsNoMore(epoch)}`, node, epoch }
}

/** With which notes the nodes of a protocol say no, and in which words. */
export type Verbs = ReadonlyMap<string, NonNullable<NoteSpec['saysNo']>>

export const verbsOf = (notes: readonly NoteSpec[]): Verbs => new Map(notes.flatMap(({ name, saysNo }) => (saysNo ? [[name, saysNo]] : [])))

/** A node says no to what it was told, in the notes of a step. */
export function refusalMark(place: Place, node: NodeId, notes: StepEvent['notes'], verbs: Verbs): Mark | undefined {
  const said = notes.find(({ note, data }) => verbs.has(note) && typeof data.why === 'string')
  if (!said) return undefined
  const { control, about, later, ...data } = said.data as { why: string; control?: string; about?: readonly NodeId[]; later?: boolean }
  const why = data.why.replace(/\.$/, '')
  const says = verbs.get(said.note) ?? 'refuses'
  const text = `${node} ${says}${control === undefined ? '' : ` ${control}`}: ${why}`
  const no = { why, says, ...(control === undefined ? {} : { control }), ...(about ? { about } : {}), ...(later ? { later } : {}) }
  return { ...placed(place), kind: 'no', text, node, no }
}
