/**
 * A register: one value, read and written, and with it the same register with compare-and-set. Keys are optional: a history
 * may be about one register or about many. An unwritten register holds null.
 */
import type { Json } from '../../core/json.ts'
import type { Call } from '../history.ts'
import { identify, type Model, same } from '../model.ts'
import { unknownOperation } from './words.ts'

export type RegisterInput = { readonly key?: string } & (
  | { readonly op: 'read' }
  | { readonly op: 'write'; readonly value: Json }
  | { readonly op: 'cas'; readonly expect: Json; readonly value: Json }
)

const readWrite = [
  { form: 'read', output: 'the value, null when unwritten' },
  { form: 'write VALUE', output: 'ignored' },
] as const
const withCas = [
  ...readWrite,
  { form: 'cas [EXPECTED, VALUE]', output: 'true when it swapped (also when absent), false when not' },
] as const

export const register: Model<Json, RegisterInput> = model('register', 'Register', 'One value that is read and written.', readWrite)
export const casRegister: Model<Json, RegisterInput> = model(
  'cas-register',
  'Compare-and-set register',
  'One value that is read, written, and swapped if it is what was expected.',
  withCas,
)

function model(
  name: string,
  title: string,
  summary: string,
  operations: Model<Json, RegisterInput>['operations'],
): Model<Json, RegisterInput> {
  return {
    name,
    title,
    summary,
    operations,
    read(call, output) {
      const key = call.key === undefined ? {} : { key: call.key }
      if (call.operation === 'read') return { input: { op: 'read', ...key } }
      if (call.operation === 'write') return { input: { op: 'write', value: call.input ?? null, ...key } }
      if (call.operation === 'cas' && operations.length > 2) return readCas(call, output, key)
      return unknownOperation(call, name, operations)
    },
    init: () => null,
    step(state, input, output) {
      switch (input.op) {
        case 'read':
          return output === undefined || same(state, output) ? state : undefined
        case 'write':
          return input.value
        case 'cas': {
          const swaps = same(state, input.expect)
          if (output !== undefined && swaps !== (output !== false)) return undefined
          return swaps ? input.value : state
        }
        default:
          return input satisfies never
      }
    },
    identity: identify,
    changesNothing: (input, output) => input.op === 'read' || (input.op === 'cas' && output === false),
    key: (input) => input.key,
    describe(input) {
      const key = input.key === undefined ? '' : ` ${input.key}`
      if (input.op === 'read') return `read${key}`
      if (input.op === 'write') return `write${key} ${JSON.stringify(input.value)}`
      return `cas${key} ${JSON.stringify(input.expect)} ${JSON.stringify(input.value)}`
    },
    describeOutput: (input, output) =>
      input.op === 'read' ? JSON.stringify(output) : input.op === 'write' ? 'ok' : output === false ? 'not swapped' : 'swapped',
    describeState: (state) => JSON.stringify(state),
    staleReads: true,
  }
}

function readCas(call: Call, output: Json | undefined, key: { key?: string }): { input: RegisterInput } | { problem: string } {
  if (!Array.isArray(call.input) || call.input.length !== 2) return { problem: 'cas takes [EXPECTED, VALUE] as its input' }
  if (output !== undefined && output !== null && typeof output !== 'boolean' && !same(output, call.input))
    return { problem: 'the output of cas is true or false' }
  const [expect, value] = call.input as [Json, Json]
  return { input: { op: 'cas', expect, value, ...key } }
}
