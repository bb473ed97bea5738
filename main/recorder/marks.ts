/** Which events a person looks for on the timeline, and what is said of them. */
import type { RunEvent, StepEvent } from '../../protocols/core/event.ts'
import type { ArmedFault, LinkTarget } from '../../protocols/core/fault.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { NoteSpec, Observation } from '../../protocols/core/machine.ts'
import type { Mark } from '../contract/commands.ts'

/** The mark of an event, if it is one that is looked for. Leaders are told from observations: see LeaderWatch. */
export function markOf(event: RunEvent): Mark | undefined {
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
  if (action.do === 'arm') return { seq, atUs, kind: 'fault', text: faultText(action.fault), fault: action.fault.id }
  if (action.do === 'lift') return { seq, atUs, kind: 'lift', text: `${action.fault} lifted`, fault: action.fault }
  if (action.do === 'clock' || action.do === 'disk') {
    const { node } = action
    const isRight = action.do === 'clock' ? action.skewMs === 0 && action.driftPpm === 0 : action.syncMs === null
    const text = `the ${action.do} of ${node} ${isRight ? 'is right' : action.do === 'clock' ? 'goes wrong' : 'is slow'}`
    return { seq, atUs, kind: isRight ? 'lift' : 'fault', text, node, fault: `${action.do} ${node}` }
  }
  if (action.do === 'node' && action.what === 'add') return { seq, atUs, kind: 'add', text: `${action.node} was added`, node: action.node }
  if (action.do !== 'load') return undefined
  const { load } = action
  return {
    ...{ seq, atUs, kind: 'load' },
    text: load
      ? `Load: ${load.clients} clients, ${load.rate > 0 ? `${load.rate} operations a second` : 'as fast as they can'}`
      : 'Load off',
  }
}

/** A fault in a few words: `delay n1 → n2 200 ± 50 ms`. */
function faultText(fault: ArmedFault): string {
  const where = targetText(fault.target)
  switch (fault.kind) {
    case 'cut':
    case 'hold':
      return `${fault.kind} ${where}`
    case 'delay':
      return `delay ${where} ${fault.delayMs}${fault.jitterMs > 0 ? ` ± ${fault.jitterMs}` : ''} ms`
    default:
      return `${fault.kind} ${where} ${Math.round(fault.probability * 100)} %`
  }
}

function targetText(target: LinkTarget): string {
  if ('all' in target) return 'all links'
  if ('groups' in target) return target.groups.map((group) => group.join(' ')).join(' | ')
  return target.links.map(([from, to]) => `${from} → ${to}`).join(', ')
}

const ROLE = Buffer.from('"role":')
const LEADER = Buffer.from('"role":"leader"')
const EPOCH = Buffer.from('"epoch":')

/** Notices when a node begins to lead and when it ceases to, from the extras of its steps, without parsing those of a node that leads already. */
export class LeaderWatch {
  /** The epoch in which each endpoint was last seen to lead. */
  readonly #leads: (number | undefined)[]
  readonly #nodes: readonly string[]

  constructor(endpoints: readonly string[]) {
    this.#nodes = endpoints
    this.#leads = endpoints.map(() => undefined)
  }

  /** It was seen to lead before. */
  leads(endpoint: number, epoch: number): void {
    this.#leads[endpoint] = epoch
  }

  /** It went down: it leads nothing any more, and that it went down is a mark already. */
  down(node: NodeId): void {
    this.#leads[this.#nodes.indexOf(node)] = undefined
  }

  /** `extras`: JSON of `{ observation?, notes? }`. */
  step(
    endpoint: number,
    extras: Uint8Array,
    seq: number,
    atUs: number,
    parse: (extras: Uint8Array) => Observation | undefined,
  ): Mark | undefined {
    const buffer = Buffer.from(extras.buffer, extras.byteOffset, extras.byteLength)
    const known = this.#leads[endpoint]
    const seemsToLead = buffer.includes(LEADER)
    if (known === undefined ? !seemsToLead : seemsToLead ? epochIn(buffer) === known : !buffer.includes(ROLE)) return undefined
    const observation = parse(extras)
    if (!observation) return undefined
    const leads = observation.role === 'leader' ? observation.epoch : undefined
    if (leads === known) return undefined
    this.#leads[endpoint] = leads
    const node = this.#nodes[endpoint] as NodeId
    const where = { seq, atUs: Math.max(0, Math.round(atUs)), node }
    if (leads === undefined) return { ...where, kind: 'stepDown', text: `${node} leads no more (${known})`, epoch: known as number }
    return { ...where, kind: 'leader', text: `${node} leads (${leads})`, epoch: leads }
  }
}

function epochIn(extras: Buffer): number | undefined {
  const at = extras.indexOf(EPOCH)
  if (at < 0) return undefined
  let epoch = 0
  for (let i = at + EPOCH.length; ; i++) {
    const digit = (extras[i] ?? 0) - 48
    if (digit < 0 || digit > 9) return epoch
    epoch = epoch * 10 + digit
  }
}

const WHY = Buffer.from('"why":')

/** Notices when a node says no to what it was told, without parsing the extras of steps that do not. */
export class RefusalWatch {
  readonly #verbs: ReadonlyMap<string, NonNullable<NoteSpec['saysNo']>>
  readonly #nodes: readonly string[]

  constructor(endpoints: readonly string[], notes: readonly NoteSpec[]) {
    this.#nodes = endpoints
    this.#verbs = new Map(notes.flatMap(({ name, saysNo }) => (saysNo ? [[name, saysNo]] : [])))
  }

  /** `extras`: JSON of `{ observation?, notes? }`. */
  step(endpoint: number, extras: Uint8Array, seq: number, atUs: number, parse: (extras: Uint8Array) => Notes): Mark | undefined {
    if (this.#verbs.size === 0) return undefined
    if (!Buffer.from(extras.buffer, extras.byteOffset, extras.byteLength).includes(WHY)) return undefined
    const said = parse(extras).find(({ note, data }) => this.#verbs.has(note) && typeof data.why === 'string')
    if (!said) return undefined
    const node = this.#nodes[endpoint] as NodeId
    const { control, about, later, ...data } = said.data as { why: string; control?: string; about?: readonly NodeId[]; later?: boolean }
    const why = data.why.replace(/\.$/, '')
    const says = this.#verbs.get(said.note) ?? 'refuses'
    const text = `${node} ${says}${control === undefined ? '' : ` ${control}`}: ${why}`
    const no = { why, says, ...(control === undefined ? {} : { control }), ...(about ? { about } : {}), ...(later ? { later } : {}) }
    return { seq, atUs: Math.max(0, Math.round(atUs)), kind: 'no', text, node, no }
  }
}

type Notes = StepEvent['notes']
