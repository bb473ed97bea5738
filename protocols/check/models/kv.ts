/**
 * The key-value store of `protocols/services/kv.ts`, one key at a time: its state is what that key holds, or null. The
 * operations are the service's own, so a run's recorded operations are judged as they stand; that both agree is a test.
 */
import type { Json } from '../../core/json.ts'
import { type KvOperation, kv as service } from '../../services/kv.ts'
import type { Call } from '../history.ts'
import type { Model } from '../model.ts'
import { unknownOperation } from './words.ts'

const operations = [
  { form: 'get', output: 'the value, null when the key is absent' },
  { form: 'put VALUE', output: 'ignored' },
  { form: 'append VALUE', output: 'ignored' },
  { form: 'delete', output: 'true when the key was there, false when not, null when not told' },
  { form: 'cas {"expect": VALUE or null, "value": VALUE} or [EXPECTED, VALUE]', output: 'true when it swapped, false when not' },
] as const

export const kv: Model<string | null, KvOperation> = {
  name: 'kv',
  title: service.title,
  summary: service.summary,
  operations,
  read,
  init: () => null,
  step(state, op, output) {
    switch (op.op) {
      case 'get':
        return output === undefined || state === output ? state : undefined
      case 'put':
        return op.value
      case 'append':
        return (state ?? '') + op.value
      case 'delete':
        return typeof output === 'boolean' && output !== (state !== null) ? undefined : null
      case 'cas': {
        const swaps = state === op.expect
        if (typeof output === 'boolean' && output !== swaps) return undefined
        return swaps ? op.value : state
      }
      default:
        return op satisfies never
    }
  },
  identity: (state) => state,
  changesNothing: (op, output) => op.op === 'get' || ((op.op === 'cas' || op.op === 'delete') && output === false),
  key: (op) => op.key,
  describe: (op) => service.format(op),
  describeOutput: (op, output) => service.formatResult(op, output),
  describeState: (state) => (state === null ? '(none)' : JSON.stringify(state)),
  staleReads: true,
}

function read(call: Call, output?: Json): { readonly input: KvOperation } | { readonly problem: string } {
  const op = call.operation
  if (!operations.some((one) => one.form.split(' ')[0] === op)) return unknownOperation(call, 'kv', operations)
  const parsed = service.operation.safeParse({ ...fields(op, call.input), op, key: call.key })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { problem: `${op} does not fit: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() }
  }
  if (op === 'get' && output !== undefined && output !== null && typeof output !== 'string')
    return { problem: 'the output of get is a text, or null for an absent key' }
  if ((op === 'cas' || op === 'delete') && output !== undefined && output !== null && typeof output !== 'boolean')
    return { problem: `the output of ${op} is true or false` }
  return { input: parsed.data }
}

/** The input as the service's own fields, as a run records them, or in short: the value alone, a pair for a cas. */
function fields(op: string, input: Json | undefined): { readonly [key: string]: unknown } {
  if (op === 'cas' && Array.isArray(input)) return input.length === 2 ? { expect: input[0], value: input[1] } : {}
  if (typeof input === 'object' && input !== null) return { ...input }
  return op === 'put' || op === 'append' ? { value: input } : {}
}
