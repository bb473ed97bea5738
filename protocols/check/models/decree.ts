/**
 * One decree (`protocols/services/decree.ts`): its state is the value that was chosen, null before. Every proposal answers with
 * that value, which is the first in the order that explains the history: so it was proposed by somebody, and not later than
 * anybody heard of it. Who learns may always hear nothing: a node need not have learned yet what was chosen.
 */
import type { Json } from '../../core/json.ts'
import { type DecreeOperation, decree as service } from '../../services/decree.ts'
import type { Call } from '../history.ts'
import type { Model } from '../model.ts'
import { unknownOperation } from './words.ts'

const operations = [
  { form: 'propose VALUE', output: 'the value that was chosen' },
  { form: 'learn', output: 'the value that was chosen, null when it is not known there' },
] as const

export const decree: Model<string | null, DecreeOperation> = {
  name: 'decree',
  title: service.title,
  summary: service.summary,
  operations,
  read,
  init: () => null,
  step(state, op, output) {
    if (op.op === 'learn') return output === undefined || output === null || output === state ? state : undefined
    const chosen = state ?? op.value
    return output === undefined || output === chosen ? chosen : undefined
  },
  identity: (state) => state,
  changesNothing: (op) => op.op === 'learn',
  key: () => undefined,
  describe: (op) => service.format(op),
  describeOutput: (op, output) => service.formatResult(op, output),
  describeState: (state) => (state === null ? 'nothing chosen' : `${JSON.stringify(state)} chosen`),
  staleReads: false,
}

function read(call: Call, output?: Json): { readonly input: DecreeOperation } | { readonly problem: string } {
  const op = call.operation
  if (op !== 'propose' && op !== 'learn') return unknownOperation(call, 'decree', operations)
  if (output !== undefined && output !== null && typeof output !== 'string') return { problem: `the output of ${op} is a text` }
  if (op === 'learn') return { input: { op } }
  if (output === null) return { problem: 'the output of propose is the value that was chosen' }
  const value = typeof call.input === 'object' && call.input !== null ? (call.input as { readonly value?: unknown }).value : call.input
  if (typeof value !== 'string') return { problem: 'propose takes a text as its input' }
  return { input: { op, value } }
}
