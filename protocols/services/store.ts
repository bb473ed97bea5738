/**
 * A store of keys whose values may have siblings (the interface of Dynamo, §4.1): get answers with all versions that nobody has merged, and a
 * context; put and delete carry the context of what their client had read, and take the place of these versions. A client remembers its contexts by
 * itself, as the libraries of such stores do. Over a log there are never siblings.
 */
import { z } from 'zod'
import type { Json } from '../core/json.ts'
import type { Service } from '../core/service.ts'
import { counted } from '../core/wording.ts'
import { ofTexts, type Texts, uniqueValue } from './texts.ts'
import { quote, words } from './words.ts'

const key = z.string().min(1)
/** For each actor how many of its writes the client has read. */
const context = z.record(z.string(), z.int().min(0)).optional()
/** Numbers the write, so that it is taken on once when it is asked for twice. */
const id = z.int().min(1).optional()

type Written = { readonly key: string; readonly context?: { readonly [actor: string]: number }; readonly id?: number }
export type StoreOperation =
  | { readonly op: 'get'; readonly key: string }
  | ({ readonly op: 'put'; readonly value: string } & Written)
  | ({ readonly op: 'delete' } & Written)

export const storeOperationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('get'), key }),
  z.strictObject({ op: z.literal('put'), key, value: z.string(), context, id }),
  z.strictObject({ op: z.literal('delete'), key, context, id }),
]) as unknown as z.ZodType<StoreOperation>

export type StoreState = Texts

const NONE = '(none)'
const DELETED = '(deleted)'

const grammar = [
  { form: 'get KEY', help: 'All siblings of KEY, parted by |; (none) when it was never there.' },
  { form: 'put KEY VALUE', help: 'Sets KEY to VALUE in place of what this client has read of it; what it has not read stays beside it.' },
  { form: 'delete KEY', help: 'Deletes what this client has read of KEY.' },
] as const

export const store: Service<StoreState, StoreOperation> = {
  name: 'store',
  title: 'Store with siblings',
  summary:
    'A map from text keys to text values, where writes that know nothing of each other stand side by side until a client merges them.',
  operation: storeOperationSchema,
  grammar,
  ...ofTexts,
  isRead: (op) => op.op === 'get',
  apply(state, op) {
    const after = op.op === 'put' ? state.set(op.key, op.value) : op.op === 'delete' ? state.delete(op.key) : state
    const value = after.get(op.key)
    return { state: after, result: { siblings: value === undefined ? [] : [value], context: {} } }
  },
  parse,
  format: (op) => (op.op === 'put' ? `put ${quote(op.key)} ${quote(op.value)}` : `${op.op} ${quote(op.key)}`),
  formatResult(op, result) {
    const values = siblingsText(result)
    if (values === undefined) return JSON.stringify(result)
    if (op.op === 'get') return values
    return (siblingsOf(result)?.length ?? 0) < 2 ? 'ok' : `ok, siblings: ${values}`
  },
  formatAnswer: siblingsText,
  draw(load, coins, serial) {
    const key = `k${(coins() % load.keys) + 1}`
    const at = (coins() / 2 ** 32) * (load.readMix + load.writeMix + load.casMix)
    if (at < load.readMix) return { op: 'get', key }
    if (coins() % 8 === 0) return { op: 'delete', key }
    return { op: 'put', key, value: uniqueValue(serial, load.valueBytes) }
  },
  memory: {
    recall(memory, op, { operation }) {
      if (op.op === 'get' || op.id !== undefined) return op
      return { ...op, context: op.context ?? contexts(memory)[op.key] ?? {}, id: operation }
    },
    /** All that it has read of a key so far: an older answer takes nothing back. */
    learn(memory, { key }, result) {
      const known = contexts(memory)
      const { context = {} } = result as { readonly context?: { readonly [actor: string]: number } }
      const joined: { [actor: string]: number } = { ...known[key] }
      for (const [actor, n] of Object.entries(context)) joined[actor] = Math.max(n, joined[actor] ?? 0)
      return { ...known, [key]: Object.fromEntries(Object.entries(joined).sort(([a], [b]) => (a < b ? -1 : 1))) }
    },
  },
}

const contexts = (memory: Json): { readonly [key: string]: { readonly [actor: string]: number } } =>
  (memory ?? {}) as { readonly [key: string]: { readonly [actor: string]: number } }

/** Undefined when it is no result of this service. */
export function siblingsOf(result: Json | undefined): readonly (string | null)[] | undefined {
  const siblings = (result as { readonly siblings?: unknown } | null | undefined)?.siblings
  const isOne = (value: unknown): value is string | null => value === null || typeof value === 'string'
  return Array.isArray(siblings) && siblings.every(isOne) ? siblings : undefined
}

function siblingsText(result: Json): string | undefined {
  const siblings = siblingsOf(result)
  if (siblings === undefined) return undefined
  return siblings.length === 0 ? NONE : siblings.map((value) => (value === null ? DELETED : quoteValue(value))).join(' | ')
}

/** What could be taken for something else is quoted. */
const quoteValue = (value: string): string => (value === NONE || value === DELETED || value === '|' ? `"${value}"` : quote(value))

function parse(text: string): { readonly op: StoreOperation } | { readonly error: string } {
  const read = words(text)
  if ('error' in read) return read
  const [verb, first, second, ...rest] = read.words
  const form = grammar.find((row) => row.form.split(' ')[0] === verb?.text.toLowerCase())
  if (!verb) return { error: `Type an operation, such as: ${grammar[1].form}` }
  if (!form)
    return { error: `"${verb.text}" is no operation of this store. It knows ${grammar.map((row) => row.form.split(' ')[0]).join(', ')}.` }
  const wanted = form.form.split(' ').length - 1
  const given = read.words.length - 1
  if (given !== wanted) {
    const more = rest.length > 0 || given > wanted ? ' Put text with spaces in double quotes.' : ''
    return { error: `This takes ${counted(wanted, 'word')} after it, not ${given}: ${form.form}.${more}` }
  }
  if (!first || first.text === '') return { error: 'A key cannot be empty.' }
  const key = first.text
  if (form.form === 'put KEY VALUE') return { op: { op: 'put', key, value: second?.text ?? '' } }
  return { op: form.form === 'get KEY' ? { op: 'get', key } : { op: 'delete', key } }
}
