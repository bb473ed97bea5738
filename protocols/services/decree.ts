/**
 * One decree: the first value that is proposed successfully is the one for ever, and everybody is told it. What consensus on a
 * single value gives; any log protocol gives it as well. (The word is of Lamport's "The Part-Time Parliament".)
 */
import { z } from 'zod'
import type { Service } from '../core/service.ts'
import { quote, words } from './words.ts'

export const decreeOperationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('propose'), value: z.string() }),
  z.strictObject({ op: z.literal('learn') }),
])
export type DecreeOperation = z.infer<typeof decreeOperationSchema>
/** The value that was decreed, null as long as none was. */
export type DecreeState = string | null

/** How it reads that nothing was decreed, as far as is known. */
const NOTHING = '(nothing)'

const grammar = [
  { form: 'propose VALUE', help: 'Proposes VALUE, and answers with the value that was chosen: this one or another.' },
  { form: 'learn', help: 'The value that was chosen as far as the node that is asked has learned, or (nothing).' },
] as const

export const decree: Service<DecreeState, DecreeOperation> = {
  name: 'decree',
  title: 'One decree',
  summary: 'A single value is chosen, once and for ever; every answer is that value.',
  operation: decreeOperationSchema,
  grammar,
  init: () => null,
  isRead: (op) => op.op === 'learn',
  apply(state, op) {
    const after = op.op === 'propose' ? (state ?? op.value) : state
    return { state: after, result: after }
  },
  parse,
  format: (op) => (op.op === 'propose' ? `propose ${quote(op.value)}` : 'learn'),
  formatResult: (_, result) => (result === null ? NOTHING : typeof result === 'string' ? quoteValue(result) : JSON.stringify(result)),
  draw(load, coins, serial) {
    const at = (coins() / 2 ** 32) * (load.readMix + load.writeMix + load.casMix)
    return at < load.readMix ? { op: 'learn' } : { op: 'propose', value: `v${serial}` }
  },
  encode: (state) => state,
  decode: (json) => json as DecreeState,
}

/** A value that reads `(nothing)` is quoted, so that it cannot be taken for none. */
const quoteValue = (value: string): string => (value === NOTHING ? `"${value}"` : quote(value))

function parse(text: string): { readonly op: DecreeOperation } | { readonly error: string } {
  const read = words(text)
  if ('error' in read) return read
  const [verb, value, ...rest] = read.words
  switch (verb?.text.toLowerCase()) {
    case undefined:
      return { error: `Type an operation, such as: ${grammar[0].form}` }
    case 'learn':
      return value ? { error: 'learn takes no word after it.' } : { op: { op: 'learn' } }
    case 'propose':
      if (value && rest.length === 0) return { op: { op: 'propose', value: value.text } }
      return { error: `propose takes one word after it: ${grammar[0].form}. Put text with spaces in double quotes.` }
    default:
      return {
        error: `"${verb?.text}" is no operation of this service. It knows ${grammar.map(({ form }) => form.split(' ')[0]).join(', ')}.`,
      }
  }
}
