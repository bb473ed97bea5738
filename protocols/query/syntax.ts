/** What a query is once it was read: a tree of tests and texts with `and`, `or`, `not`. The grammar stands in the README. */

/** Characters `at`..`end` of the text, the last one not included. */
export interface Place {
  readonly at: number
  readonly end: number
}

export type Operator = ':' | '=' | '!=' | '<' | '<=' | '>' | '>='
/** Longest first, as they are looked for. */
export const OPERATORS: readonly Operator[] = ['!=', '<=', '>=', ':', '=', '<', '>']

/** One of the values after an operator. `to`: it is a range, and this is its end: `100..200`. */
export interface Value {
  readonly text: string
  readonly quoted: boolean
  readonly to?: string
  readonly place: Place
}

export interface TextTerm {
  readonly is: 'text'
  readonly text: string
  readonly place: Place
}

export interface TestTerm {
  readonly is: 'test'
  /** As it was written: `term`, `body.entries.0.term`. */
  readonly field: string
  readonly operator: Operator
  /** One at least; several after `:`, `=` and `!=` alone. */
  readonly values: readonly Value[]
  readonly place: Place
}

export type Query =
  /** Nothing is asked: every event passes. */
  | { readonly is: 'all' }
  /** Two parts at least. */
  | { readonly is: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly is: 'not'; readonly part: Query }
  | TextTerm
  | TestTerm

/** A query that cannot be understood: what is wrong, where in the text, and what to do. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly place: Place
  readonly hint: string

  constructor(message: string, place: Place, hint: string) {
    super(message)
    this.place = place
    this.hint = hint
  }
}

/** Every test and text of a query, from left to right. */
export function* termsOf(query: Query): Generator<TestTerm | TextTerm> {
  if (query.is === 'test' || query.is === 'text') yield query
  else if (query.is === 'not') yield* termsOf(query.part)
  else if (query.is !== 'all') for (const part of query.parts) yield* termsOf(part)
}
