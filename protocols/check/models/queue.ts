/** A first-in-first-out queue. A dequeue of an empty queue gives null, so null itself is not a value that can be enqueued. */
import { canonical, type Json } from '../../core/json.ts'
import { type Model, same } from '../model.ts'
import { unknownOperation } from './words.ts'

export type QueueInput =
  | { readonly op: 'enqueue'; readonly key?: string; readonly value: Json }
  | { readonly op: 'dequeue'; readonly key?: string }

const operations = [
  { form: 'enqueue VALUE', output: 'ignored' },
  { form: 'dequeue', output: 'the oldest value, null when the queue was empty' },
] as const

export const queue: Model<readonly Json[], QueueInput> = {
  name: 'queue',
  title: 'Queue',
  summary: 'Values leave in the order in which they came.',
  operations,
  read(call) {
    const key = call.key === undefined ? {} : { key: call.key }
    if (call.operation === 'dequeue') return { input: { op: 'dequeue', ...key } }
    if (call.operation !== 'enqueue') return unknownOperation(call, 'queue', operations)
    if (call.input === undefined || call.input === null) return { problem: 'enqueue takes a value other than null as its input' }
    return { input: { op: 'enqueue', value: call.input, ...key } }
  },
  init: () => [],
  step(state, input, output) {
    if (input.op === 'enqueue') return [...state, input.value]
    const oldest = state[0] ?? null
    if (output !== undefined && !same(output, oldest)) return undefined
    return oldest === null ? state : state.slice(1)
  },
  identity: (state) => canonical([...state]),
  changesNothing: (input, output) => input.op === 'dequeue' && output === null,
  key: (input) => input.key,
  describe: (input) =>
    [input.op, input.key, input.op === 'enqueue' ? JSON.stringify(input.value) : undefined].filter((word) => word !== undefined).join(' '),
  describeOutput: (input, output) => (input.op === 'enqueue' ? 'ok' : output === null ? '(empty)' : JSON.stringify(output)),
  describeState: (state) => JSON.stringify(state),
  staleReads: false,
}
