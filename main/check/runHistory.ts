/** The history of a recorded run: its clients' operations, from the events of their invocation and return. Times are microseconds of the run. */
import type { Operation } from '../../protocols/check/history.ts'
import type { AnyModel } from '../../protocols/check/model.ts'
import { type ClientOperation, type Invoked, OpenOperations, type Returned } from '../../protocols/check/openOperations.ts'
import { callOf } from '../../protocols/check/write.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { ToldHistory } from './report.ts'

export class RunHistory {
  readonly #operations: ClientOperation[] = []
  readonly #open = new OpenOperations()

  /** Takes events in the order of the log; those that are not about operations say nothing. */
  add(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.kind === 'invoke') this.invoked(event)
      else if (event.kind === 'return') this.returned(event)
    }
  }

  /** A sentence when an operation is not one that the model knows. */
  told(model: AnyModel): ToldHistory | { readonly problem: string } {
    const operations: Operation<unknown>[] = []
    const seqs = new Map<number, number>()
    for (const { invoke, client, invokedUs, end } of this.#operations) {
      const outcome = end?.outcome
      const read = model.read({ client, ...callOf(invoke.op) }, outcome?.is === 'ok' ? outcome.result : undefined)
      if ('problem' in read) return { problem: `event ${invoke.seq}: ${read.problem}` }
      seqs.set(invoke.operation, invoke.seq)
      operations.push({
        id: invoke.operation,
        client,
        input: read.input,
        outcome: outcome?.is === 'ok' ? { is: 'ok', output: outcome.result } : { is: outcome?.is ?? 'unknown' },
        invoke: invokedUs,
        ...(end === undefined ? {} : { return: end.atUs }),
      })
    }
    return { model, operations, at: (id) => seqs.get(id) ?? 0 }
  }

  invoked(invoke: Invoked): void {
    this.#operations.push(this.#open.begin(invoke))
  }

  returned(event: Returned): void {
    this.#open.end(event)
  }
}
