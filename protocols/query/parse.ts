/**
 * Reads a query (grammar: README.md) by recursive descent. Throws a QueryError that says what is wrong, where in the text, and
 * what to do. What it knows of a run's names it is told in `check`; without, any name is taken.
 */
import { FIELDS, fieldOf } from './fields.ts'
import { OPERATORS, type Operator, type Query, QueryError, type TestTerm, type TextTerm, termsOf, type Value } from './syntax.ts'
import { checkName, checkValues, numberIn } from './values.ts'

export const QUERY_LENGTH_MAX = 2000
/** Parentheses and `not` within each other. */
const DEPTH_MAX = 50

/** Names of the run that is asked. */
export interface Names {
  /** Its nodes, and `clients`. */
  readonly endpoints: readonly string[]
  readonly messageTypes: readonly string[]
}

export function parseQuery(text: string, names?: Names): Query {
  if (text.length > QUERY_LENGTH_MAX)
    throw new QueryError(
      `A query has at most ${QUERY_LENGTH_MAX} characters.`,
      { at: QUERY_LENGTH_MAX, end: text.length },
      'Ask for less at once.',
    )
  const query = new Parser(text).query()
  for (const term of termsOf(query)) if (term.is === 'test') checkTest(term, names)
  return query
}

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  query(): Query {
    this.#space()
    if (this.#at === this.#text.length) return { is: 'all' }
    const query = this.#or()
    if (this.#at < this.#text.length)
      throw this.#error(
        'Nothing is open here that could be closed.',
        this.#at,
        this.#at + 1,
        'Take the parenthesis away, or quote it: ")".',
      )
    return query
  }

  #or(): Query {
    const parts = [this.#and()]
    while (this.#keyword('or')) parts.push(this.#and())
    return joined('or', parts)
  }

  #and(): Query {
    const parts = [this.#not()]
    for (;;) {
      const isAsked = this.#keyword('and')
      const isOver = this.#at === this.#text.length || this.#text[this.#at] === ')' || this.#sees('or')
      if (isOver && !isAsked) return joined('and', parts)
      parts.push(this.#not())
    }
  }

  #not(): Query {
    if (!this.#keyword('not')) return this.#primary()
    return this.#deeper(() => ({ is: 'not', part: this.#not() }))
  }

  #primary(): Query {
    const at = this.#at
    const char = this.#text[at]
    if (char === '(') {
      this.#at++
      this.#space()
      const inside = this.#deeper(() => this.#or())
      if (this.#text[this.#at] !== ')')
        throw this.#error('This parenthesis is not closed.', at, at + 1, 'Close it with ), or quote it: "(".')
      this.#at++
      this.#space()
      return inside
    }
    if (char === undefined || char === ')' || this.#sees('or') || this.#sees('and')) {
      const before = this.#text.slice(0, at).trimEnd()
      const word = /(and|or|not|\()$/i.exec(before)?.[1] ?? ''
      const where = { at: Math.max(0, before.length - Math.max(1, word.length)), end: Math.max(1, before.length) }
      if (word === '')
        throw this.#error('Something to look for is missing here.', at, at + 1, 'Write what stands before the word: node:n1 or node:n2.')
      throw new QueryError(
        `Something to look for is missing behind "${word}".`,
        where,
        word === '(' ? 'Write it between the parentheses.' : `Write ${word} node:n1, or quote the word: "${word}".`,
      )
    }
    return char === '"' ? this.#quotedText() : this.#term()
  }

  #quotedText(): TextTerm {
    const at = this.#at
    const text = this.#quoted()
    const place = { at, end: this.#at }
    this.#space()
    return { is: 'text', text, place }
  }

  /** A test, or a bare word. */
  #term(): TestTerm | TextTerm {
    const at = this.#at
    const field = /^[\p{L}_][\p{L}\p{N}_-]*(\.([\p{L}\p{N}_-]+|\*))*/u.exec(this.#text.slice(at))?.[0] ?? ''
    const operator = field === '' ? undefined : OPERATORS.find((one) => this.#text.startsWith(one, at + field.length))
    if (operator !== undefined) return this.#test(field, operator, at)
    const [text = ''] = /^[^\s()"]+/.exec(this.#text.slice(at)) ?? []
    this.#at += text.length
    const place = { at, end: this.#at }
    this.#space()
    return { is: 'text', text, place }
  }

  #test(field: string, operator: Operator, at: number): TestTerm {
    this.#at += field.length + operator.length
    const values: Value[] = []
    do values.push(this.#value(field, operator, at))
    while (this.#takes(','))
    const place = { at, end: this.#at }
    if (values.length > 1 && operator !== ':' && operator !== '=' && operator !== '!=')
      throw new QueryError(`${field}${operator} takes one value.`, place, `Several can follow ":": ${field}:1,2.`)
    this.#space()
    return { is: 'test', field, operator, values, place }
  }

  #value(field: string, operator: Operator, from: number): Value {
    const at = this.#at
    if (this.#text[at] === '"') {
      const text = this.#quoted()
      return { text, quoted: true, place: { at, end: this.#at } }
    }
    const [word = ''] = /^[^\s()",]+/.exec(this.#text.slice(at)) ?? []
    if (word === '') {
      const example = fieldOf({ field })?.example ?? `${field}${operator}3`
      throw this.#error(`${field}${operator} lacks a value.`, from, Math.max(at, from + 1), `Write it without a space: ${example}.`)
    }
    this.#at += word.length
    const place = { at, end: this.#at }
    const range = operator === ':' || operator === '=' || operator === '!=' ? /^(.+?)\.\.(.+)$/.exec(word) : null
    return range ? { text: range[1] as string, to: range[2] as string, quoted: false, place } : { text: word, quoted: false, place }
  }

  /** What stands between quotation marks; `\"` and `\\` for those themselves. */
  #quoted(): string {
    const at = this.#at
    let text = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string
      if (char === '"') {
        this.#at++
        return text
      }
      if (char === '\\' && /["\\]/.test(this.#text[this.#at + 1] ?? '')) this.#at++
      text += this.#text[this.#at]
    }
    throw this.#error('This quotation mark is not closed.', at, this.#text.length, 'Close it with ".')
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX)
      throw this.#error('Too much stands within each other here.', this.#at, this.#at + 1, `At most ${DEPTH_MAX} parentheses can.`)
    const found = read()
    this.#depth--
    return found
  }

  /** Does the word stand here, whole? */
  #sees(word: string): boolean {
    const end = this.#at + word.length
    return this.#text.slice(this.#at, end).toLowerCase() === word && /^([\s()"]|$)/.test(this.#text.slice(end, end + 1))
  }

  #keyword(word: string): boolean {
    if (!this.#sees(word)) return false
    this.#at += word.length
    this.#space()
    return true
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #error(message: string, at: number, end: number, hint: string): QueryError {
    return new QueryError(message, { at, end }, hint)
  }
}

/** Of one part, that part; parts of the same sort lie flat. */
function joined(is: 'and' | 'or', parts: readonly Query[]): Query {
  const flat = parts.flatMap((part) => (part.is === is ? part.parts : [part]))
  return flat.length === 1 ? (flat[0] as Query) : { is, parts: flat }
}

function checkTest(test: TestTerm, names: Names | undefined): void {
  const field = fieldOf(test)
  if (!field) return checkPath(test)
  checkValues(test, field)
  if (!names) return
  const isEnd = field.name === 'node' || field.name === 'from' || field.name === 'to' || field.name === 'leader'
  for (const value of test.values) {
    if (isEnd) checkName('node', value, names.endpoints)
    if (field.name === 'type') checkType(value, names.messageTypes)
  }
}

/** Kinds of event and types of message are easily mixed up. */
function checkType(value: Value, types: readonly string[]): void {
  const kinds = FIELDS.find(({ name }) => name === 'kind')?.values ?? []
  const kind = kinds.find((name) => name === value.text.toLowerCase())
  checkName('type of message', value, types, kind === undefined ? undefined : `It is a kind of event: write kind:${kind}.`)
}

/** A path may be called anything: what stands in bodies and notes is not known beforehand. */
function checkPath(test: TestTerm): void {
  for (const { to, text, place } of test.values) {
    if (to === undefined || (numberIn(text) !== undefined && numberIn(to) !== undefined)) continue
    throw new QueryError(`A range is of numbers, and ${text}..${to} is none.`, place, 'Write term:3..5, or quote the text.')
  }
}
