/** How the values of a test are compared with what stands in an event. Case is ignored in texts. */
import type { Json } from '../core/json.ts'
import type { FieldSpec } from './fields.ts'
import { QueryError, type TestTerm, type Value } from './syntax.ts'

const UNITS: { readonly [unit: string]: number } = { us: 1, µs: 1, ms: 1e3, s: 1e6, '': 1e6, min: 60e6 }

/** `3`, `-1.5`, `2e3`; undefined when it is no number. */
export const numberIn = (text: string): number | undefined =>
  /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined

/** A time of the run in microseconds: `+1.5s`, `250ms`, `90us`, `2min`; a bare number is seconds. */
export function timeIn(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([+-]?[\d.]+)\s*([a-zµ]*)$/i.exec(text) ?? []
  const scale = UNITS[unit.toLowerCase()]
  const value = numberIn(number)
  return scale === undefined || value === undefined ? undefined : Math.round(value * scale)
}

/** Whether a number passes: for fields that are numbers or times. The values were checked when the query was read. */
export function numberTest(test: TestTerm, sort: 'number' | 'time'): (value: number) => boolean {
  const read = (text: string) => (sort === 'time' ? timeIn(text) : numberIn(text)) ?? Number.NaN
  const ranges = test.values.map(({ text, to }): [number, number] => [read(text), read(to ?? text)])
  const [[bound]] = ranges as [[number, number]]
  const isAmong = (value: number) => ranges.some(([low, high]) => value >= low && value <= high)
  switch (test.operator) {
    case ':':
    case '=':
      return isAmong
    case '!=':
      return (value) => !isAmong(value)
    case '<':
      return (value) => value < bound
    case '<=':
      return (value) => value <= bound
    case '>':
      return (value) => value > bound
    case '>=':
      return (value) => value >= bound
    default:
      return test.operator satisfies never
  }
}

/** Whether a name passes. `*` stands for any letters unless it is quoted. */
export function nameTest(test: TestTerm): (name: string) => boolean {
  const tests = test.values.map(nameMatcher)
  const isAmong = (name: string) => tests.some((matches) => matches(name.toLowerCase()))
  return test.operator === '!=' ? (name) => !isAmong(name) : isAmong
}

function nameMatcher({ text, quoted }: Value): (lower: string) => boolean {
  const wanted = text.toLowerCase()
  if (quoted || !wanted.includes('*')) return (lower) => lower === wanted
  const pattern = new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`, 's')
  return (lower) => pattern.test(lower)
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Whether anything passes, as it stands in JSON: for paths, and for fields of any text. `:` is content with a part of a text. */
export function jsonTest(test: TestTerm): (value: Json) => boolean {
  const { operator } = test
  if (operator === ':' || operator === '=' || operator === '!=') {
    const equal = test.values.map((value) => likeness(value, operator === ':'))
    const isAmong = (value: Json) => equal.some((is) => is(value))
    return operator === '!=' ? (value) => !isAmong(value) : isAmong
  }
  const [value] = test.values as [Value]
  const number = value.quoted ? undefined : numberIn(value.text)
  if (number === undefined) return (other) => typeof other === 'string' && compares(other < value.text, other === value.text, operator)
  return (other) => typeof other === 'number' && compares(other < number, other === number, operator)
}

function compares(below: boolean, equal: boolean, operator: '<' | '<=' | '>' | '>='): boolean {
  if (equal) return operator === '<=' || operator === '>='
  return below === (operator === '<' || operator === '<=')
}

function likeness({ text, quoted, to }: Value, partly: boolean): (value: Json) => boolean {
  const number = quoted ? undefined : numberIn(text)
  const end = to === undefined ? number : numberIn(to)
  const wanted = text.toLowerCase()
  return (value) => {
    if (typeof value === 'number') return number !== undefined && end !== undefined && value >= number && value <= end
    if (to !== undefined) return false
    if (typeof value === 'string') return partly ? value.toLowerCase().includes(wanted) : value.toLowerCase() === wanted
    return !quoted && (typeof value === 'boolean' || value === null) && String(value) === wanted
  }
}

/** Throws a QueryError where a value does not fit its field. */
export function checkValues(test: TestTerm, field: FieldSpec): void {
  const { operator } = test
  const isOrder = operator !== ':' && operator !== '=' && operator !== '!='
  if ((field.sort === 'name' || field.sort === 'text') && isOrder)
    throw new QueryError(`${field.name} is no number: it is neither above nor below anything.`, test.place, `Write ${field.example}.`)
  for (const { text, to, quoted, place } of test.values) {
    if (to !== undefined && (field.sort === 'name' || field.sort === 'text'))
      throw new QueryError(`${field.name} has no ranges.`, place, `Write ${field.example}.`)
    for (const part of to === undefined ? [text] : [text, to]) {
      if (field.sort === 'number' && numberIn(part) === undefined)
        throw new QueryError(`${field.name} is a number, and "${part}" is none.`, place, `Write ${field.example}.`)
      if (field.sort === 'time' && timeIn(part) === undefined)
        throw new QueryError(`"${part}" is no time.`, place, 'Write a number with s, ms, us or min: at>+1.5s, at:250ms..300ms.')
    }
    if (field.values) checkName(field.name, { text, quoted, place }, field.values)
  }
}

/** Throws a QueryError when none of the known names is meant. */
export function checkName(what: string, value: Value, known: readonly string[], hint?: string): void {
  const matches = nameMatcher(value)
  if (known.some((name) => matches(name.toLowerCase()))) return
  const near = nearest(value.text, known)
  const names = known.length <= 14 ? `There are ${known.join(', ')}.` : ''
  const guess = near === undefined ? '' : `Did you mean ${near}? `
  throw new QueryError(
    `There is no ${what} called "${value.text}" here.`,
    value.place,
    hint ?? (`${guess}${names}`.trim() || 'Look for another name.'),
  )
}

/** The known name that differs least, if any is near. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  const wanted = text.toLowerCase()
  let best: string | undefined
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of known) {
    const far = distance(wanted, name.toLowerCase())
    if (far < least) [best, least] = [name, far]
  }
  return best
}

/** Levenshtein's: letters put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
