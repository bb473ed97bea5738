/**
 * A key-value store: keys and values are text. Reads, blind writes, and the two operations whose results show in which
 * order they took effect: append and compare-and-set.
 */
import { z } from 'zod'
import type { Service } from '../core/service.ts'
import { counted } from '../core/wording.ts'
import { ofTexts, type Texts, uniqueValue } from './texts.ts'
import { quote, words } from './words.ts'

const key = z.string().min(1)
export const kvOperationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('get'), key }),
  z.strictObject({ op: z.literal('put'), key, value: z.string() }),
  z.strictObject({ op: z.literal('append'), key, value: z.string() }),
  z.strictObject({ op: z.literal('delete'), key }),
  /** Compare-and-set: `expect` null means that the key must be absent. */
  z.strictObject({ op: z.literal('cas'), key, expect: z.string().nullable(), value: z.string() }),
])
export type KvOperation = z.infer<typeof kvOperationSchema>
export type KvState = Texts

/** How a compare-and-set on an absent key is written: `cas x (none) 1`. */
const NONE = '(none)'

const grammar = [
  { form: 'get KEY', help: 'The value of KEY, or (none). A linearizable read.' },
  { form: 'put KEY VALUE', help: 'Sets KEY to VALUE.' },
  { form: 'append KEY VALUE', help: 'Adds VALUE to the end of what KEY holds.' },
  { form: 'delete KEY', help: 'Removes KEY; says whether it was there.' },
  { form: 'cas KEY EXPECTED VALUE', help: 'Sets KEY to VALUE if it holds EXPECTED now; (none) stands for an absent key.' },
] as const

export const kv: Service<KvState, KvOperation> = {
  name: 'kv',
  title: 'Key-value store',
  summary: 'A map from text keys to text values with get, put, append, delete and compare-and-set.',
  operation: kvOperationSchema,
  grammar,
  inPlace: { open: (state) => state.asMutable(), seal: (state) => state.asImmutable() },
  ...ofTexts,
  isRead: (op) => op.op === 'get',

  apply(state, op) {
    switch (op.op) {
      case 'get':
        return { state, result: state.get(op.key) ?? null }
      case 'put':
        return { state: state.set(op.key, op.value), result: null }
      case 'append':
        return { state: state.set(op.key, (state.get(op.key) ?? '') + op.value), result: null }
      case 'delete': {
        const there = state.has(op.key) // asked first: `state` may be changed in place
        return { state: state.delete(op.key), result: there }
      }
      case 'cas': {
        const swapped = (state.get(op.key) ?? null) === op.expect
        return { state: swapped ? state.set(op.key, op.value) : state, result: swapped }
      }
      default:
        // An operation that is none of these changes nothing, on every replica alike.
        op satisfies never
        return { state, result: null }
    }
  },

  parse,
  format(op) {
    switch (op.op) {
      case 'get':
      case 'delete':
        return `${op.op} ${quote(op.key)}`
      case 'put':
      case 'append':
        return `${op.op} ${quote(op.key)} ${quote(op.value)}`
      case 'cas':
        return `cas ${quote(op.key)} ${op.expect === null ? NONE : quoteValue(op.expect)} ${quote(op.value)}`
      default:
        return op satisfies never
    }
  },

  formatResult(op, result) {
    switch (op.op) {
      case 'get':
        return result === null ? NONE : typeof result === 'string' ? quoteValue(result) : JSON.stringify(result)
      case 'put':
      case 'append':
        return 'ok'
      case 'delete':
        return result === true ? 'deleted' : 'was not there'
      case 'cas':
        return result === true ? 'swapped' : 'not swapped'
      default:
        return op satisfies never
    }
  },

  draw(load, coins, serial) {
    const key = `k${(coins() % load.keys) + 1}`
    const at = (coins() / 2 ** 32) * (load.readMix + load.writeMix + load.casMix)
    if (at < load.readMix) return { op: 'get', key }
    const value = uniqueValue(serial, load.valueBytes)
    if (at < load.readMix + load.writeMix || load.casMix === 0) return { op: 'put', key, value }
    // A value written at most a few operations ago, so that some swap and some do not; every eighth starts from nothing.
    const back = 1 + (coins() % 16)
    const expect = back > serial || coins() % 8 === 0 ? null : uniqueValue(serial - back, load.valueBytes)
    return { op: 'cas', key, expect, value }
  },
}

/** A value that reads `(none)` is quoted, so that it cannot be taken for an absent one. */
const quoteValue = (value: string): string => (value === NONE ? `"${value}"` : quote(value))

function parse(text: string): { readonly op: KvOperation } | { readonly error: string } {
  const read = words(text)
  if ('error' in read) return read
  const [verb, ...rest] = read.words
  const form = grammar.find((row) => row.form.split(' ')[0] === verb?.text.toLowerCase())
  if (!verb) return { error: `Type an operation, such as: ${grammar[1].form}` }
  if (!form)
    return { error: `"${verb.text}" is no operation of this store. It knows ${grammar.map((row) => row.form.split(' ')[0]).join(', ')}.` }
  const wanted = form.form.split(' ').length - 1
  if (rest.length !== wanted) {
    const more = rest.length > wanted ? ' Put text with spaces in double quotes.' : ''
    return { error: `This takes ${counted(wanted, 'word')} after it, not ${rest.length}: ${form.form}.${more}` }
  }
  const [first, second, third] = rest
  if (!first || first.text === '') return { error: 'A key cannot be empty.' }
  const key = first.text
  switch (form.form) {
    case 'get KEY':
      return { op: { op: 'get', key } }
    case 'delete KEY':
      return { op: { op: 'delete', key } }
    case 'put KEY VALUE':
      return { op: { op: 'put', key, value: second?.text ?? '' } }
    case 'append KEY VALUE':
      return { op: { op: 'append', key, value: second?.text ?? '' } }
    case 'cas KEY EXPECTED VALUE': {
      const absent = second?.text === NONE && !second.quoted
      return { op: { op: 'cas', key, expect: absent ? null : (second?.text ?? ''), value: third?.text ?? '' } }
    }
    default:
      return form satisfies never
  }
}
