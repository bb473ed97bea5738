/**
 * The lock with fencing tokens of `protocols/services/lock`, one lock at a time, with the resource that it guards. Written down apart from the service, so that
 * either can be wrong without the other; that both agree is a test. Times are part of what is asked, so a lock is judged without any clock.
 */
import { canonical, type Json } from '../../core/json.ts'
import { type LockOperation, lock as service } from '../../services/lock/index.ts'
import type { Call } from '../history.ts'
import type { Model } from '../model.ts'
import { unknownOperation } from './words.ts'

const operations = [
  { form: 'acquire {"ms": LEASE, "client": NAME, "atMs": TIME}', output: '{"token": N}, or {"heldBy": NAME, "token": N}' },
  { form: 'release {"token": N}', output: 'true when it held the lock, false when not' },
  { form: 'write {"value": VALUE, "token": N, "unchecked": true}', output: '{"taken": true}, or {"taken": false, "token": N, "newer": N}' },
  { form: 'announce {"token": N}', output: '{"taken": true}, or {"taken": false, "token": N, "newer": N}' },
  { form: 'read', output: 'the value, null when nothing was written' },
  { form: 'holder {"atMs": TIME}', output: '{"holder": NAME, "token": N}, or null when it is free' },
] as const

/** `lease`: of the last grant, absent when it was given back. */
interface LockHistory {
  readonly grants: number
  readonly lease?: { readonly of: string; readonly to: number }
  readonly since: number
  readonly value: string | null
  readonly fence: number
}

export const lock: Model<LockHistory, LockOperation> = {
  name: 'lock',
  title: service.title,
  summary: service.summary,
  operations,
  read,
  init: () => ({ grants: 0, since: 0, value: null, fence: 0 }),
  step(state, op, output) {
    const [after, answer] = answered(state, op)
    return output === undefined || canonical(output) === canonical(answer) ? after : undefined
  },
  identity: ({ grants, lease, since, value, fence }) => JSON.stringify([grants, lease?.of ?? null, lease?.to ?? 0, since, value, fence]),
  changesNothing: (op, output) =>
    service.isRead(op) || output === false || (typeof output === 'object' && output !== null && ('heldBy' in output || 'newer' in output)),
  key: (op) => op.key,
  describe: (op) => service.format(op),
  describeOutput: (op, output) => service.formatResult(op, output),
  describeState: ({ grants, lease, value, fence }) =>
    `${lease ? `granted to ${lease.of} until ${lease.to} ms` : 'free'}, ${grants} grants, holds ${JSON.stringify(value)}, has seen token ${fence}`,
  staleReads: false,
}

function answered(state: LockHistory, op: LockOperation): readonly [LockHistory, Json] {
  const { grants, lease, since, fence } = state
  switch (op.op) {
    case 'acquire': {
      const now = Math.max(since, op.atMs ?? 0)
      const who = op.client ?? 'somebody'
      const isOpen = lease !== undefined && now < lease.to
      if (isOpen && lease.of !== who) return [state, { heldBy: lease.of, token: grants }]
      const next = { ...state, grants: isOpen ? grants : grants + 1, lease: { of: who, to: now + op.ms }, since: now }
      return [next, { token: next.grants }]
    }
    case 'release': {
      if (lease === undefined || op.token !== grants) return [state, false]
      const { lease: _, ...free } = state
      return [free, true]
    }
    case 'announce':
    case 'write': {
      const shown = op.token ?? 0
      const isChecked = op.op !== 'write' || op.unchecked !== true
      if (isChecked && (shown < 1 || fence > shown)) return [state, { taken: false, token: shown, newer: fence }]
      return [{ ...state, fence: shown > fence ? shown : fence, value: op.op === 'write' ? op.value : state.value }, { taken: true }]
    }
    case 'read':
      return [state, state.value]
    case 'holder':
      return [state, lease !== undefined && Math.max(since, op.atMs ?? 0) < lease.to ? { holder: lease.of, token: grants } : null]
    default:
      return op satisfies never
  }
}

function read(call: Call, output?: Json): { readonly input: LockOperation } | { readonly problem: string } {
  const op = call.operation
  if (!operations.some((one) => one.form.split(' ')[0] === op)) return unknownOperation(call, 'lock', operations)
  const parsed = service.operation.safeParse({ ...(typeof call.input === 'object' ? call.input : {}), op, key: call.key })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { problem: `${op} does not fit: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() }
  }
  if (op === 'release' && output !== undefined && typeof output !== 'boolean') return { problem: 'the output of release is true or false' }
  return { input: parsed.data }
}
