/** The operations of a run's clients as they begin and end, each of a client that has no other open. */
import type { InvokeEvent, ReturnEvent } from '../core/event.ts'
import { InTurn } from './inTurn.ts'

export type Invoked = Pick<InvokeEvent, 'seq' | 'atUs' | 'operation' | 'client' | 'op'>
export type Returned = Pick<ReturnEvent, 'atUs' | 'operation' | 'outcome'>

export interface ClientOperation {
  readonly invoke: Invoked
  readonly client: string
  readonly invokedUs: number
  /** Once it has ended. */
  end?: { readonly outcome: ReturnEvent['outcome']; readonly atUs: number }
}

export class OpenOperations {
  readonly #open = new Map<number, ClientOperation>()
  /** Names under which a client has an operation open. */
  readonly #busy = new Set<string>()
  readonly #times = new InTurn()

  /** A person may ask again before the first answer is there: the second asking is then a client of its own. */
  begin(invoke: Invoked): ClientOperation {
    let client = invoke.client
    for (let another = 2; this.#busy.has(client); another++) client = `${invoke.client} (${another})`
    const operation = { invoke, client, invokedUs: this.#times.next(invoke.atUs) }
    this.#busy.add(client)
    this.#open.set(invoke.operation, operation)
    return operation
  }

  /** Undefined when its invocation was not recorded: nothing can be said of it. */
  end({ operation, atUs, outcome }: Returned): Required<ClientOperation> | undefined {
    const open = this.#open.get(operation)
    if (!open) return undefined
    this.#busy.delete(open.client)
    this.#open.delete(operation)
    return Object.assign(open, { end: { outcome, atUs: this.#times.next(atUs) } })
  }

  get left(): Iterable<ClientOperation> {
    return this.#open.values()
  }
}
