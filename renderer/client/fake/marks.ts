/** The moments of a run that a person looks for, told from its events. The lab's own words are made where runs are recorded, which no window can load. */
import type { Mark } from '../../../main/contract/commands.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { NoteSpec } from '../../../protocols/core/machine.ts'

export class MarkWatch {
  readonly #marks: Mark[] = []
  /** Notes with which a node says no, and how. */
  readonly #verbs: ReadonlyMap<string, NonNullable<NoteSpec['saysNo']>>
  readonly #epochs = new Map<NodeId, number>()
  #seq = 0

  constructor(notes: readonly NoteSpec[]) {
    this.#verbs = new Map(notes.flatMap(({ name, saysNo }) => (saysNo ? [[name, saysNo]] : [])))
  }

  /** Of what it was not told before, too. */
  upTo(events: readonly RunEvent[]): readonly Mark[] {
    for (; this.#seq < events.length; this.#seq++) this.#take(events[this.#seq] as RunEvent)
    return this.#marks
  }

  add(mark: Mark): void {
    this.#marks.push(mark)
  }

  #take(event: RunEvent): void {
    const { seq, atUs } = event
    const said =
      event.kind === 'step' ? [this.#led(event), this.#refused(event)] : event.kind === 'node' ? [this.#turned(event)] : [actionMark(event)]
    for (const each of said) if (each) this.#marks.push({ seq, atUs, ...each })
  }

  #led({ node, observation }: Extract<RunEvent, { kind: 'step' }>): Said | undefined {
    if (!observation) return undefined
    const before = this.#epochs.get(node)
    const epoch = observation.role === 'leader' ? observation.epoch : undefined
    if (epoch === before) return undefined
    if (epoch === undefined) this.#epochs.delete(node)
    else this.#epochs.set(node, epoch)
    if (epoch !== undefined) return { kind: 'leader', text: `${node} leads (${epoch})`, node, epoch }
    return { kind: 'stepDown', text: `${node} leads no more`, node, ...(before === undefined ? {} : { epoch: before }) }
  }

  #refused({ node, notes }: Extract<RunEvent, { kind: 'step' }>): Said | undefined {
    const said = notes.find(({ note, data }) => this.#verbs.has(note) && typeof data.why === 'string')
    if (!said) return undefined
    const { why: sentence, control, about, later } = said.data as unknown as NonNullable<Mark['no']>
    const why = sentence.replace(/\.$/, '')
    const says = this.#verbs.get(said.note) ?? 'refuses'
    const no = { why, says, ...(control === undefined ? {} : { control }), ...(about ? { about } : {}), ...(later ? { later } : {}) }
    return { kind: 'no', text: `${node} ${says}: ${why}`, node, no }
  }

  #turned({ node, change }: Extract<RunEvent, { kind: 'node' }>): Said | undefined {
    if (change.is === 'down') this.#epochs.delete(node)
    if (change.is === 'up') return change.life > 1 ? { kind: 'restart', text: `${node} restarted`, node } : undefined
    if (change.is === 'down' && change.removed) return { kind: 'remove', text: `${node} was removed`, node }
    const kind = ({ down: 'crash', paused: 'pause', resumed: 'resume', wiped: 'wipe' } as const)[change.is]
    return { kind, text: `${node}: ${change.is}`, node }
  }
}

type Said = Omit<Mark, 'seq' | 'atUs'>

function actionMark(event: RunEvent): Said | undefined {
  if (event.kind !== 'action') return undefined
  const { action } = event
  switch (action.do) {
    case 'arm':
      return { kind: 'fault', text: action.fault.kind, fault: action.fault.id }
    case 'lift':
      return { kind: 'lift', text: `${action.fault} lifted`, fault: action.fault }
    case 'clock':
    case 'disk': {
      const isRight = action.do === 'clock' ? action.skewMs === 0 && action.driftPpm === 0 : action.syncMs === null
      const { node } = action
      return { kind: isRight ? 'lift' : 'fault', text: `the ${action.do} of ${node}`, node, fault: `${action.do} ${node}` }
    }
    case 'node':
      return action.what === 'add' ? { kind: 'add', text: `${action.node} was added`, node: action.node } : undefined
    case 'load':
      return { kind: 'load', text: action.load ? `Load: ${action.load.rate} operations/s` : 'Load off' }
    default:
      return undefined
  }
}
