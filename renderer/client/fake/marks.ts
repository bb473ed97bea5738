/** Notices the moments of a run that a person looks for, in its events. */
import type { NodeEvent, RunEvent, StepEvent } from '../../../protocols/core/event.ts'
import type { ArmedFault } from '../../../protocols/core/fault.ts'
import type { EndpointId, FaultId, NodeId } from '../../../protocols/core/ids.ts'
import type { Mark } from '../../../protocols/core/mark.ts'
import { type Before, type LeaderWords, leaderMark, ledBy, markOf, refusalMark, type Verbs } from '../../../protocols/words/marks.ts'

export class MarkWatch {
  readonly #marks: Mark[] = []
  readonly #verbs: Verbs
  readonly #words: LeaderWords
  /** The epoch that a node leads in. */
  readonly #leads = new Map<NodeId, number>()
  readonly #armed = new Map<FaultId, ArmedFault>()
  readonly #empty: Set<EndpointId>
  readonly #before: Before = { fault: (id) => this.#armed.get(id), isEmpty: (endpoint) => this.#empty.has(endpoint) }
  #seq = 0

  /** `empty`: who is not there at the beginning. */
  constructor(verbs: Verbs, words: LeaderWords, empty: readonly NodeId[]) {
    this.#empty = new Set(empty)
    this.#verbs = verbs
    this.#words = words
  }

  /** Of what it was not told before, too. */
  upTo(events: readonly RunEvent[]): readonly Mark[] {
    for (; this.#seq < events.length; this.#seq++) this.#take(events[this.#seq] as RunEvent)
    return this.#marks
  }

  add(mark: Mark | undefined): void {
    if (mark) this.#marks.push(mark)
  }

  #take(event: RunEvent): void {
    this.add(markOf(event, this.#before))
    if (event.kind === 'action' && event.action.do === 'arm') this.#armed.set(event.action.fault.id, event.action.fault)
    if (event.kind === 'node') this.#turn(event)
    if (event.kind !== 'step') return
    this.add(this.#led(event))
    this.add(refusalMark(event, event.node, event.notes, this.#verbs))
  }

  #turn({ node, change }: NodeEvent): void {
    if (change.is === 'up') this.#empty.delete(node)
    if (change.is !== 'down') return
    this.#leads.delete(node)
    if (change.removed) this.#empty.add(node)
  }

  #led(event: StepEvent): Mark | undefined {
    const { node, observation } = event
    if (!observation) return undefined
    const known = this.#leads.get(node)
    const leads = ledBy(observation)
    if (leads === undefined) this.#leads.delete(node)
    else this.#leads.set(node, leads)
    return leaderMark(event, known, leads, this.#words)
  }
}
