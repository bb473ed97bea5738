/** Counts what a simulation went through: operations and how they ended, and what was done to it, by kind. */
import type { ActionEvent, NodeEvent, Unnumbered } from '../../protocols/core/event.ts'
import { Listener, type Word } from '../../protocols/sim/sink.ts'
import { OperationsSeen } from '../scenario/operations.ts'

export class Tally extends Listener {
  readonly operations = new OperationsSeen()
  readonly faults: { [kind: string]: number } = {}

  override spoke({ said }: Word): void {
    if (said.is === 'invoke') this.operations.invoked(said.operation)
    else this.operations.returned(said.operation, said.outcome)
  }

  override happened(event: Unnumbered<NodeEvent | ActionEvent>): void {
    if (event.kind !== 'action') return
    const { action } = event
    if (action.do === 'arm') this.count(action.fault.kind)
    if (action.do === 'node' && action.what !== 'restart' && action.what !== 'resume') this.count(action.what)
  }

  count(kind: string, times = 1): void {
    if (times > 0) this.faults[kind] = (this.faults[kind] ?? 0) + times
  }
}
