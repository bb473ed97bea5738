/**
 * Fields of a query that nothing known is called like, with what may have been meant. A path may be called anything, for bodies and notes
 * are not known beforehand: so it is asked for all the same, and this is a notice beside what is found, never an error.
 */
import { FIELDS, fieldOf, pathOf, ROOTS } from './fields.ts'
import { type Place, type Query, termsOf } from './syntax.ts'
import { nearest } from './values.ts'

export interface Misspelt {
  readonly field: string
  /** The field as it may have been meant, to be put in its place. */
  readonly meant: string
  readonly place: Place
}

/** `paths`: those that are known of the run's protocol, as complete.ts has them. Nothing is said where none are. */
export function misspeltIn(query: Query, paths: readonly { readonly name: string }[]): Misspelt[] {
  if (paths.length === 0) return []
  const keys = new Set(paths.flatMap(({ name }) => name.split('.')))
  const lower = new Set([...keys].map((key) => key.toLowerCase()))
  const beginnings = [...FIELDS, ...ROOTS].map(({ name }) => name)
  const found: Misspelt[] = []
  for (const term of termsOf(query)) {
    if (term.is !== 'test' || fieldOf(term)) continue
    const { root } = pathOf(term.field)
    // Of all else than bodies and facts it is described nowhere what is in it.
    if (root !== undefined && root !== 'body' && root !== 'fact') continue
    const parts = term.field.split('.')
    const meant = parts.map((part, at) => {
      if (at === 0 && root !== undefined) return part
      if (part === '*' || part === 'length' || /^\d+$/.test(part) || lower.has(part.toLowerCase())) return part
      const known = at > 0 ? [...keys] : parts.length > 1 ? [...ROOTS.map(({ name }) => name), ...keys] : [...keys, ...beginnings]
      return closest(part, known) ?? part
    })
    const text = meant.join('.')
    if (text !== term.field)
      found.push({ field: term.field, meant: text, place: { at: term.place.at, end: term.place.at + term.field.length } })
  }
  return found
}

/** Of short names only what differs in little: "id" is no misspelt "at". */
function closest(text: string, known: readonly string[]): string | undefined {
  const near = nearest(text, known)
  return near !== undefined && text.length > 2 && near.length > 2 ? near : undefined
}
