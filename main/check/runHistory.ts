/** The history of a recorded run: its clients' operations, from the events of their invocation and return. Times are microseconds of the run. */
import type { Operation } from '../../protocols/check/history.ts'
import { InTurn } from '../../protocols/check/inTurn.ts'
import type { AnyModel } from '../../protocols/check/model.ts'
import { callOf } from '../../protocols/check/write.ts'
import type { InvokeEvent, ReturnEvent, RunEvent } from '../../protocols/core/event.ts'
import type { ToldHistory } from './report.ts'

type Invoked = Pick<InvokeEvent, 'seq' | 'atUs' | 'operation' | 'client' | 'op'>
type Returned = Pick<ReturnEvent, 'atUs' | 'operation' | 'outcome'>

interface Recorded {
  readonly invoke: Invoked
  readonly client: string
  readonly invokedUs: number
  end?: Returned
  returnedUs?: number
}

export class RunHistory {
  readonly #operations: Recorded[] = []
  readonly #open = new Map<number, Recorded>()
  /** Names under which a client has an operation open. */
  readonly #busy = new Set<string>()
  readonly #times = new InTurn()

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
    for (const { invoke, client, invokedUs, end, returnedUs } of this.#operations) {
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
        ...(returnedUs === undefined ? {} : { return: returnedUs }),
      })
    }
    return { model, operations, at: (id) => seqs.get(id) ?? 0 }
  }

  /** A person may ask again before the first answer is there: the second asking is then a client of its own. */
  invoked(invoke: Invoked): void {
    let client = invoke.client
    for (let another = 2; this.#busy.has(client); another++) client = `${invoke.client} (${another})`
    this.#busy.add(client)
    const operation: Recorded = { invoke, client, invokedUs: this.#times.next(invoke.atUs) }
    this.#operations.push(operation)
    this.#open.set(invoke.operation, operation)
  }

  returned(event: Returned): void {
    const operation = this.#open.get(event.operation)
    if (!operation) return // its invocation was not recorded: nothing can be said of it
    operation.end = event
    operation.returnedUs = this.#times.next(event.atUs)
    this.#open.delete(event.operation)
    this.#busy.delete(operation.client)
  }
}
