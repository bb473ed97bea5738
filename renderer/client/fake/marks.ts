/** Notices the moments of a run that a person looks for, in its events. */
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Mark } from '../../../protocols/core/mark.ts'
import { leaderMark, ledBy, markOf, refusalMark, type Verbs } from '../../../protocols/words/marks.ts'

export class MarkWatch {
  readonly #marks: Mark[] = []
  readonly #verbs: Verbs
  /** The epoch that a node leads in. */
  readonly #leads = new Map<NodeId, number>()
  #seq = 0

  constructor(verbs: Verbs) {
    this.#verbs = verbs
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
    if (event.kind === 'node' && event.change.is === 'down') this.#leads.delete(event.node)
    const marks = [
      markOf(event),
      ...(event.kind === 'step' ? [this.#led(event), refusalMark({ seq, atUs }, event.node, event.notes, this.#verbs)] : []),
    ]
    for (const mark of marks) if (mark) this.#marks.push(mark)
  }

  #led({ node, observation, seq, atUs }: Extract<RunEvent, { kind: 'step' }>): Mark | undefined {
    if (!observation) return undefined
    const known = this.#leads.get(node)
    const leads = ledBy(observation)
    if (leads === undefined) this.#leads.delete(node)
    else this.#leads.set(node, leads)
    return leaderMark({ seq, atUs }, node, known, leads)
  }
}
