/**
 * A lock that knows its holder and has no tokens, as Jepsen's histories know it: at most one client at a time, and only the holder can release it. Its `acquire` is an attempt that
 * answers; an acquire that waits is simply one that returns late.
 */
import type { Model } from '../model.ts'
import { unknownOperation } from './words.ts'

export interface MutexInput {
  readonly op: 'acquire' | 'release'
  readonly key?: string
  readonly client: string
}

const operations = [
  { form: 'acquire', output: 'true or null when it got the lock, false when somebody holds it' },
  { form: 'release', output: 'true or null when it held the lock, false when it did not' },
] as const

export const mutex: Model<string | null, MutexInput> = {
  name: 'mutex',
  title: 'Mutex',
  summary: 'At most one client holds it; only the holder releases it.',
  operations,
  read(call, output) {
    if (call.operation !== 'acquire' && call.operation !== 'release') return unknownOperation(call, 'mutex', operations)
    if (output !== undefined && output !== null && typeof output !== 'boolean')
      return { problem: `the output of ${call.operation} is true or false` }
    return { input: { op: call.operation, client: call.client, ...(call.key === undefined ? {} : { key: call.key }) } }
  },
  init: () => null,
  step(holder, { op, client }, output) {
    const works = op === 'acquire' ? holder === null : holder === client
    if (output !== undefined && works !== (output !== false)) return undefined
    return works ? (op === 'acquire' ? client : null) : holder
  },
  identity: (holder) => holder,
  changesNothing: (_, output) => output === false,
  key: (input) => input.key,
  describe: (input) => (input.key === undefined ? input.op : `${input.op} ${input.key}`),
  describeOutput: (_, output) => (output === false ? 'refused' : 'ok'),
  describeState: (holder) => (holder === null ? 'free' : `held by ${holder}`),
  staleReads: false,
}
