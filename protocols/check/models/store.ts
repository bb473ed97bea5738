/**
 * A store with siblings (`protocols/services/store.ts`), one key at a time, held against one plain copy: its state is what that key holds, or null. An answer with
 * siblings is one that no single copy gives, so a history that has some is not linearizable, and should not be called so.
 */
import type { Json } from '../../core/json.ts'
import { type StoreOperation, store as service, siblingsOf } from '../../services/store.ts'
import type { Call, Operation } from '../history.ts'
import type { Model } from '../model.ts'
import { unknownOperation } from './words.ts'

const operations = [
  { form: 'get', output: 'the siblings: a list of values, null for one that was deleted; or {"siblings": [...]}' },
  { form: 'put VALUE', output: 'ignored' },
  { form: 'delete', output: 'ignored' },
] as const

export const store: Model<string | null, StoreOperation> = {
  name: 'store',
  title: service.title,
  summary: service.summary,
  operations,
  read,
  init: () => null,
  step(state, op, output) {
    if (op.op === 'put') return op.value
    if (op.op === 'delete') return null
    if (output === undefined) return state
    const siblings = listOf(output)
    return siblings && siblings.length < 2 && (siblings[0] ?? null) === state ? state : undefined
  },
  identity: (state) => state,
  changesNothing: (op) => op.op === 'get',
  key: (op) => op.key,
  describe: (op) => service.format(op),
  describeOutput: (op, output) => service.formatResult(op, Array.isArray(output) ? { siblings: output } : output),
  describeState: (state) => (state === null ? '(none)' : JSON.stringify(state)),
  staleReads: true,
  isLost(write, last, writes) {
    if (write.input.op === 'get' || write.outcome.is !== 'ok' || last.outcome.is !== 'ok') return false
    const value = write.input.op === 'put' ? write.input.value : null
    const left = listOf(last.outcome.output)
    if (!left || left.includes(value) || (value === null && left.length === 0)) return false
    // Its version is among those of its answer that its client had not read before.
    const known = write.input.context ?? {}
    const now = (write.outcome.output as { readonly context?: { readonly [actor: string]: number } } | null)?.context ?? {}
    const actors = Object.keys(now).filter((actor) => (now[actor] ?? 0) > (known[actor] ?? 0))
    const mayHaveRead = ({ input }: Operation<StoreOperation>) =>
      input.op !== 'get' && actors.some((actor) => (input.context?.[actor] ?? 0) > (known[actor] ?? 0))
    return actors.length > 0 && !writes.some((other) => other !== write && mayHaveRead(other))
  },
}

const listOf = (output: Json): readonly (string | null)[] | undefined => siblingsOf(Array.isArray(output) ? { siblings: output } : output)

function read(call: Call, output?: Json): { readonly input: StoreOperation } | { readonly problem: string } {
  const op = call.operation
  if (!operations.some((one) => one.form.split(' ')[0] === op)) return unknownOperation(call, 'store', operations)
  const isFields = typeof call.input === 'object' && call.input !== null
  const fields = isFields ? { ...(call.input as object) } : op === 'put' ? { value: call.input } : {}
  const parsed = service.operation.safeParse({ ...fields, op, key: call.key })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { problem: `${op} does not fit: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() }
  }
  if (op === 'get' && output !== undefined && listOf(output) === undefined) return { problem: 'the output of get is a list of siblings' }
  return { input: parsed.data }
}
