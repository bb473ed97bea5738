/** Bytes that must stand in an event's recorded text for a test to hold: looked for before anything is parsed. */
import { fieldOf, pathOf } from './fields.ts'
import type { TestTerm } from './syntax.ts'

/** ASCII, each byte in both cases. */
export interface Needle {
  readonly one: Uint8Array
  readonly other: Uint8Array
}

/** JSON writes these as they are, so that they stand in its text wherever they stand in a value. */
const PLAIN = /^[\w .:+-]+$/

/** Undefined where nothing can be said. A text is given in small letters. */
export function textNeedle(wanted: TestTerm | string): Needle | undefined {
  if (typeof wanted === 'string') {
    // Of a longer text its longest word must stand there, whatever stands between its words.
    const words = wanted.match(/[a-z0-9_-]+/g) ?? []
    const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '')
    return longest === '' || /[^\x20-\x7e]/.test(wanted) ? undefined : needleOf(longest)
  }
  const name = fieldOf(wanted)?.name
  if (name === 'note') return NOTES
  if (name === 'role' || name === 'epoch' || name === 'leader') return OBSERVATION
  if (name !== undefined) return undefined
  // A list's length and places do not stand in its text as keys.
  const key = pathOf(wanted.field).keys.findLast((part) => part !== '*' && part !== 'length' && !/^\d+$/.test(part))
  return key !== undefined && PLAIN.test(key) ? needleOf(`"${key}"`, false) : undefined
}

function needleOf(text: string, anyCase = true): Needle {
  const bytes = (part: string) => Uint8Array.from(part, (letter) => letter.charCodeAt(0))
  return anyCase ? { one: bytes(text.toLowerCase()), other: bytes(text.toUpperCase()) } : { one: bytes(text), other: bytes(text) }
}

export const NOTES: Needle = needleOf('"notes"', false)
const OBSERVATION: Needle = needleOf('"observation"', false)

export function holdsText(bytes: Uint8Array, { one, other }: Needle): boolean {
  const size = one.length
  const [small, large] = [one[0], other[0]]
  for (let at = 0, last = bytes.length - size; at <= last; at++) {
    if (bytes[at] !== small && bytes[at] !== large) continue
    let i = 1
    while (i < size && (bytes[at + i] === one[i] || bytes[at + i] === other[i])) i++
    if (i === size) return true
  }
  return false
}
