/**
 * Reads EDN (https://github.com/edn-format/edn), the notation of Clojure data, as plain data: keywords and symbols become their names,
 * lists and sets become arrays, tags are dropped. Strict, and with line and column in every complaint: a history that was cut off or
 * damaged must not be judged as if it were whole.
 */
import type { Json } from '../core/json.ts'

export interface EdnForm {
  readonly value: Json
  readonly line: number
}

export class EdnError extends Error {
  readonly line: number
  readonly column: number

  constructor(problem: string, line: number, column: number) {
    super(problem)
    this.line = line
    this.column = column
  }
}

const DEPTH_MAX = 64
const BLANK = /[\s,]/
const ENDS_WORD = /[\s,()[\]{}"; ]/
const ESCAPES: { readonly [letter: string]: string } = { t: '\t', r: '\r', n: '\n', b: '\b', f: '\f', '\\': '\\', '"': '"' }
const CHARACTERS: { readonly [name: string]: string } = { newline: '\n', return: '\r', space: ' ', tab: '\t' }

/** The forms of `text` one after another; those of a single outer vector or list, one by one as well. Throws an EdnError. */
export function* ednForms(text: string): Generator<EdnForm> {
  let at = 0
  let line = 1
  let lineStart = 0
  let closer: string | undefined
  skip()
  if (text[at] === '[' || text[at] === '(') {
    closer = text[at] === '[' ? ']' : ')'
    step()
    skip()
  }
  for (; at < text.length && text[at] !== closer; skip()) {
    const begun = line
    const value = form(0)
    if (value !== undefined) yield { value, line: begun }
  }
  if (closer === undefined) return
  if (at >= text.length) fail(`the file ends before the ${closer} that closes its list`)
  step()
  skip()
  if (at < text.length) fail('there is more behind the list')

  function fail(problem: string): never {
    throw new EdnError(problem, line, at - lineStart + 1)
  }

  function step(): void {
    if (text[at] === '\n') {
      line++
      lineStart = at + 1
    }
    at++
  }

  function skip(): void {
    for (;;) {
      while (at < text.length && BLANK.test(text[at] as string)) step()
      if (text[at] !== ';') return
      while (at < text.length && text[at] !== '\n') at++
    }
  }

  /** Undefined for a discarded form, which is none. */
  function form(depth: number): Json | undefined {
    if (depth > DEPTH_MAX) fail(`more than ${DEPTH_MAX} collections stand in each other`)
    const first = text[at] as string
    if (first === '"') return string()
    if (first === '[' || first === '(') return sequence(first === '[' ? ']' : ')', depth)
    if (first === '{') return map(depth)
    if (first === ']' || first === ')' || first === '}') fail(`this ${first} closes nothing`)
    if (first === '\\') return character()
    if (first === '#') return dispatch(depth)
    return word(read())
  }

  function dispatch(depth: number): Json | undefined {
    step()
    if (text[at] === '{') return sequence('}', depth)
    const discards = text[at] === '_'
    if (discards) step()
    else if (read() === '') fail('a tag has a name')
    skip()
    if (at >= text.length) fail('the file ends where a value is due')
    const value = form(depth + 1)
    return discards ? undefined : value
  }

  function sequence(close: string, depth: number): Json[] {
    step()
    const items: Json[] = []
    for (skip(); text[at] !== close; skip()) {
      if (at >= text.length) fail(`the file ends before the ${close} that is due`)
      const item = form(depth + 1)
      if (item !== undefined) items.push(item)
    }
    step()
    return items
  }

  function map(depth: number): Json {
    const entries = sequence('}', depth)
    if (entries.length % 2 === 1) fail('a map has a key without a value')
    const result = new Map<string, Json>()
    for (let i = 0; i < entries.length; i += 2) {
      const key = entries[i] as Json
      const name = typeof key === 'string' ? key : JSON.stringify(key)
      if (result.has(name)) fail(`the key ${name} stands twice in a map`)
      result.set(name, entries[i + 1] as Json)
    }
    return Object.fromEntries(result)
  }

  function string(): string {
    step()
    let result = ''
    while (text[at] !== '"') {
      if (at >= text.length) fail('the file ends inside a string')
      if (text[at] === '\\') result += escaped()
      else {
        result += text[at]
        step()
      }
    }
    step()
    return result
  }

  function escaped(): string {
    step()
    const letter = text[at] as string
    if (letter === 'u') {
      const code = text.slice(at + 1, at + 5)
      if (!/^[0-9a-fA-F]{4}$/.test(code)) fail('an escape \\u takes four hexadecimal digits')
      at += 5
      return String.fromCharCode(Number.parseInt(code, 16))
    }
    const meant = ESCAPES[letter]
    if (meant === undefined) fail(`\\${letter ?? ''} is no escape`)
    at++
    return meant
  }

  function character(): string {
    at++
    const first = text[at] ?? fail('the file ends inside a character')
    at++
    const name = first + read()
    return name.length === 1
      ? name
      : (CHARACTERS[name] ??
          (/^u[0-9a-fA-F]{4}$/.test(name) ? String.fromCharCode(Number.parseInt(name.slice(1), 16)) : fail(`\\${name} is no character`)))
  }

  function read(): string {
    const from = at
    while (at < text.length && !ENDS_WORD.test(text[at] as string)) at++
    return text.slice(from, at)
  }

  function word(name: string): Json {
    if (name === 'nil') return null
    if (name === 'true' || name === 'false') return name === 'true'
    if (/^[+-]?[0-9]/.test(name)) return number(name)
    if (name === ':' || name === '') fail('a keyword has a name')
    return name.startsWith(':') ? name.slice(1) : name
  }

  function number(name: string): Json {
    if (!/^[+-]?[0-9]+(N|(\.[0-9]*)?([eE][+-]?[0-9]+)?M?)$/.test(name)) fail(`${name} is no number`)
    const value = Number(name.replace(/[NM]$/, ''))
    // Two whole numbers that differ must not become one.
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? name : value
  }
}
