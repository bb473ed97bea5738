/** What could be written next in a query that is being typed, from the fields of the language and the names of a run. */
import { EVENT_KINDS } from '../core/event.ts'
import { FIELDS, fieldOf, ROOTS } from './fields.ts'
import { valueText } from './print.ts'
import { OPERATORS } from './syntax.ts'

export interface Named {
  readonly name: string
  readonly help: string
}

/** What a run has names for. */
export interface Words {
  readonly endpoints: readonly string[]
  readonly messageTypes: readonly Named[]
  readonly timers: readonly Named[]
  readonly notes: readonly Named[]
  readonly faults: readonly Named[]
  readonly clients: readonly string[]
  /** Fields of bodies, facts and the like, as they are written in a query. */
  readonly paths: readonly Named[]
}

export interface Option {
  readonly text: string
  readonly help: string
}

/** Characters `from`..`to` of the text give way to the option that is chosen. */
export interface Completion {
  readonly from: number
  readonly to: number
  readonly options: readonly Option[]
}

const OPTIONS_MAX = 40
const INPUTS: readonly Named[] = [
  { name: 'start', help: 'The node came up.' },
  { name: 'message', help: 'A message of another node.' },
  { name: 'timer', help: 'A timer ran out.' },
  { name: 'request', help: 'A client asked.' },
  { name: 'durable', help: 'What it wrote is on its disk.' },
  { name: 'control', help: 'It was told something from outside.' },
]

export function complete(text: string, caret: number, words: Words): Completion {
  const from = wordStart(text, caret)
  if (from === undefined) return { from: caret, to: caret, options: [] } // within quotation marks
  const to = caret + (/^[^\s()",]*/.exec(text.slice(caret))?.[0].length ?? 0)
  const head = text.slice(from, caret)
  const [, field, , rest] = /^([\p{L}_][\p{L}\p{N}_.*-]*)(!=|<=|>=|:|=|<|>)(.*)$/u.exec(head) ?? []
  if (field === undefined || rest === undefined) return { from, to, options: starts(head, words) }
  const partial = rest.slice(rest.lastIndexOf(',') + 1)
  const options = near(valuesFor(field, words), partial).map(({ name, help }) => ({ text: valueText(name), help }))
  return { from: caret - partial.length, to, options }
}

/** Where the word begins in which the caret stands; undefined within quotation marks. */
function wordStart(text: string, caret: number): number | undefined {
  let start = 0
  let quoted = false
  for (let at = 0; at < caret; at++) {
    const char = text[at] as string
    if (quoted && char === '\\') at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && /[\s()]/.test(char)) start = at + 1
  }
  return quoted ? undefined : start
}

/** A field, or at once a test of something that is called so. */
function starts(head: string, words: Words): Option[] {
  const fields = FIELDS.map(({ name, sort, help }) => ({ name: sort === 'number' || sort === 'time' ? `${name}>` : `${name}:`, help }))
  const roots = ROOTS.map(({ name, help }) => ({ name: `${name}.`, help }))
  const joints = [
    { name: 'or', help: 'One side or the other holds.' },
    { name: 'not', help: 'What follows does not hold.' },
  ]
  if (head === '') return [...fields, ...roots, ...joints].map(asOption)
  const tests = (field: string, names: readonly Named[]) =>
    near(names, head).map(({ name, help }) => ({ name: `${field}:${valueText(name)}`, help }))
  const found = [
    ...near([...fields, ...words.paths, ...roots, ...joints], head),
    ...tests('node', plain(words.endpoints)),
    ...tests('type', words.messageTypes),
    ...tests('note', words.notes),
    ...tests('kind', plain(EVENT_KINDS)),
  ]
  return found.slice(0, OPTIONS_MAX).map(asOption)
}

const asOption = ({ name, help }: Named): Option => ({ text: name, help })
const plain = (names: readonly string[]): Named[] => names.map((name) => ({ name, help: '' }))

function valuesFor(written: string, words: Words): readonly Named[] {
  const field = fieldOf({ field: written })
  switch (field?.name) {
    case 'node':
    case 'from':
    case 'to':
    case 'leader':
      return plain(words.endpoints)
    case 'type':
      return words.messageTypes
    case 'note':
      return words.notes
    case 'input':
      return [...INPUTS, ...words.timers, ...words.messageTypes]
    case 'fault':
      return [{ name: '*', help: 'Any fault.' }, ...words.faults]
    case 'client':
      return plain(words.clients)
    default:
      return plain(field?.values ?? [])
  }
}

/** Those that contain what is written, those that begin with it first. */
function near(names: readonly Named[], partial: string): Named[] {
  const wanted = partial.toLowerCase()
  const holding = names.filter(({ name }) => name.toLowerCase().includes(wanted) && name.toLowerCase() !== wanted)
  const begins = ({ name }: Named) => name.toLowerCase().startsWith(wanted)
  return [...holding.filter(begins), ...holding.filter((name) => !begins(name))].slice(0, OPTIONS_MAX)
}

/** Does an option leave something to be written behind it? */
export const isOpenEnded = (option: string): boolean => option.endsWith('.') || OPERATORS.some((operator) => option.endsWith(operator))
