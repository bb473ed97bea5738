/**
 * A set. As long as nobody reads the whole of it, its elements are independent of each other and are judged one by one; one
 * whole read ties them together.
 */
import { canonical, type Json } from '../../core/json.ts'
import type { Model } from '../model.ts'
import { unknownOperation } from './words.ts'

export type SetInput =
  | { readonly op: 'add' | 'remove' | 'contains'; readonly key?: string /** Canonical text. */; readonly element: string }
  | { readonly op: 'read'; readonly key?: string }
/** Elements as canonical texts, sorted. */
export type SetState = readonly string[]

const operations = [
  { form: 'add VALUE', output: 'true when it was new, false when not, null when not told' },
  { form: 'remove VALUE', output: 'true when it was there, false when not, null when not told' },
  { form: 'contains VALUE', output: 'true or false' },
  { form: 'read', output: 'the list of its elements in any order' },
] as const

export const set: Model<SetState, SetInput> = {
  name: 'set',
  title: 'Set',
  summary: 'Elements are added, removed, asked for one by one or read all at once.',
  operations,
  read(call, output) {
    const key = call.key === undefined ? {} : { key: call.key }
    const { operation } = call
    if (operation === 'read')
      return output === undefined || Array.isArray(output)
        ? { input: { op: 'read', ...key } }
        : { problem: 'the output of read is the list of the elements' }
    if (operation !== 'add' && operation !== 'remove' && operation !== 'contains') return unknownOperation(call, 'set', operations)
    if (operation === 'contains' && output !== undefined && typeof output !== 'boolean')
      return { problem: 'the output of contains is true or false' }
    return { input: { op: operation, element: canonical(call.input ?? null), ...key } }
  },
  init: () => [],
  step(state, input, output) {
    if (input.op === 'read')
      return output === undefined || canonical([...state]) === canonical((output as Json[]).map(canonical).sort()) ? state : undefined
    const there = state.includes(input.element)
    if (input.op === 'contains') return output === undefined || output === there ? state : undefined
    const changes = (input.op === 'add') !== there
    if (typeof output === 'boolean' && output !== changes) return undefined
    if (!changes) return state
    return input.op === 'add' ? [...state, input.element].sort() : state.filter((element) => element !== input.element)
  },
  identity: (state) => JSON.stringify(state),
  changesNothing: (input, output) => input.op === 'read' || input.op === 'contains' || output === false,
  key: (input) => input.key,
  part: (input) => (input.op === 'read' ? undefined : input.element),
  describe: (input) =>
    [input.op, input.key, input.op === 'read' ? undefined : input.element].filter((word) => word !== undefined).join(' '),
  describeOutput: (_, output) => (output === null ? 'ok' : JSON.stringify(output)),
  describeState: (state) => `{${state.join(', ')}}`,
  staleReads: true,
}
