/** Writes a query so that reading it gives the same query again. */
import { OPERATORS, type Query, type TestTerm, type Value } from './syntax.ts'

export function printQuery(query: Query): string {
  switch (query.is) {
    case 'all':
      return ''
    case 'or':
      return query.parts.map((part) => (part.is === 'or' ? `(${printQuery(part)})` : printQuery(part))).join(' or ')
    case 'and':
      return query.parts.map((part) => (part.is === 'or' || part.is === 'and' ? `(${printQuery(part)})` : printQuery(part))).join(' ')
    case 'not':
      return `not ${query.part.is === 'and' || query.part.is === 'or' ? `(${printQuery(query.part)})` : printQuery(query.part)}`
    case 'text':
      return isPlainText(query.text) ? query.text : quoted(query.text)
    case 'test':
      return printTest(query)
    default:
      return query satisfies never
  }
}

export const printTest = ({ field, operator, values }: Pick<TestTerm, 'field' | 'operator' | 'values'>): string =>
  `${field}${operator}${values.map(printValue).join(',')}`

function printValue({ text, to, quoted: wasQuoted }: Value): string {
  if (to !== undefined) return `${text}..${to}`
  return wasQuoted ? quoted(text) : text
}

/** A value as a person would write it after an operator: quoted where it must be. */
export const valueText = (text: string): string => (/^[^\s()",]+$/.test(text) && !text.includes('..') ? text : quoted(text))

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

/** It would not be taken for a test or for a word of the language. */
function isPlainText(text: string): boolean {
  if (!/^[^\s()"]+$/.test(text) || /^(and|or|not)$/i.test(text)) return false
  const field = /^[\p{L}_][\p{L}\p{N}_-]*(\.([\p{L}\p{N}_-]+|\*))*/u.exec(text)?.[0]
  return field === undefined || !OPERATORS.some((operator) => text.startsWith(operator, field.length))
}
