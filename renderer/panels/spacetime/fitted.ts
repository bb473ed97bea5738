/** Words that have less room than they would take. */
import type { Pen } from './pen.ts'

const LETTERS_LEAST = 6

/** As much of the text as has room, pixels; nothing where that would not be told from anything else. */
export function fitted(pen: Pen, text: string, room: number): string {
  const look = { token: 'text-soft' }
  let count = text.length
  while (count >= LETTERS_LEAST && pen.measure(count === text.length ? text : `${text.slice(0, count)}…`, look) > room) count -= 2
  return count === text.length ? text : count < LETTERS_LEAST ? '' : `${text.slice(0, count)}…`
}
