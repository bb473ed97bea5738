/**
 * Writes histories as the files that format.ts and jepsen.ts read, from the events of a run and in little memory: what is
 * kept are the operations that are open. Times are microseconds of the run; Jepsen's are nanoseconds.
 */
import type { InvokeEvent, ReturnEvent } from '../core/event.ts'
import type { Json } from '../core/json.ts'
import { type ClientOperation, OpenOperations } from './openOperations.ts'

export interface WrittenCall {
  readonly operation: string
  readonly key?: string
  /** What else the service says of it. */
  readonly input: { readonly [name: string]: Json }
}

/** Services name the operation `op` and, where they have keys, the key `key`; the rest is its input. */
export function callOf(op: Json): WrittenCall {
  const {
    op: operation,
    key,
    ...input
  } = (typeof op === 'object' && op !== null && !Array.isArray(op) ? op : {}) as { [name: string]: Json }
  return { operation: String(operation), ...(key === undefined ? {} : { key: String(key) }), input }
}

/** NDJSON, one operation a line, in the order in which they ended. */
export class HistoryWriter {
  readonly #operations = new OpenOperations()

  invoked(event: InvokeEvent): string {
    this.#operations.begin(event)
    return ''
  }

  returned(event: ReturnEvent): string {
    const ended = this.#operations.end(event)
    return ended ? this.#line(ended) : ''
  }

  /** What nobody heard of. */
  end(): string {
    return Array.from(this.#operations.left, (open) => this.#line(open)).join('')
  }

  #line({ invoke, client, invokedUs, end }: ClientOperation): string {
    const { operation, key, input } = callOf(invoke.op)
    const { outcome } = end ?? {}
    return `${JSON.stringify({
      ...{ client, operation, key },
      ...(Object.keys(input).length === 0 ? {} : { input: shortened(input) }),
      ...(outcome?.is === 'ok' ? { output: outcome.result } : {}),
      ...{ invoke: invokedUs, return: end?.atUs },
      outcome: outcome?.is ?? 'unknown',
    })}\n`
  }
}

/**
 * Records of Jepsen. A process that does not know whether its operation happened does nothing more: its client goes on as
 * another one. A swap that found another value did not happen, as Jepsen has it.
 */
export class JepsenWriter {
  readonly #operations = new OpenOperations()
  readonly #processes = new Map<string, number>()
  #last = -1

  invoked(event: InvokeEvent): string {
    const begun = this.#operations.begin(event)
    return this.#record(begun, 'invoke', begun.invokedUs)
  }

  returned(event: ReturnEvent): string {
    const ended = this.#operations.end(event)
    if (!ended) return ''
    const { outcome, atUs } = ended.end
    if (outcome.is === 'ok') {
      const failed = outcome.result === false && callOf(ended.invoke.op).operation === 'cas'
      return this.#record(ended, failed ? 'fail' : 'ok', atUs, outcome.result)
    }
    const record = this.#record(ended, outcome.is === 'refused' ? 'fail' : 'info', atUs, undefined, outcome.why)
    if (outcome.is === 'unknown') this.#processes.delete(ended.client)
    return record
  }

  end(): string {
    return '' // an invocation without an end says that nobody heard
  }

  #record({ invoke, client }: ClientOperation, type: string, atUs: number, output?: Json, error?: string): string {
    if (!this.#processes.has(client)) this.#processes.set(client, ++this.#last)
    const process = this.#processes.get(client)
    const { operation, key, input } = callOf(invoke.op)
    const given = Object.keys(input).length > 0 ? shortened(input) : null
    const value = type === 'ok' && given === null ? (output ?? null) : given
    const said = key === undefined ? value : [key, value]
    const why = error === undefined ? '' : `, :error ${edn(error)}`
    return `{:process ${process}, :type :${type}, :f ${keyword(operation)}, :value ${edn(said)}, :time ${Math.round(atUs * 1000)}${why}}\n`
  }
}

/** The value alone, a pair for a swap; anything else as it is. */
function shortened(input: { readonly [name: string]: Json }): Json {
  const { value, expect, ...rest } = input
  if (value === undefined || Object.keys(rest).length > 0) return input
  return expect === undefined ? value : [expect, value]
}

const keyword = (name: string): string => (/^[A-Za-z][\w-]*$/.test(name) ? `:${name}` : edn(name))

function edn(value: Json): string {
  if (value === null) return 'nil'
  if (Array.isArray(value)) return `[${value.map(edn).join(' ')}]`
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, inner]) => `${keyword(key)} ${edn(inner)}`)
      .join(', ')}}`
  return JSON.stringify(value)
}
