/** Pieces of sentences that people read. */
import type { Json } from './json.ts'

/** A name of the code in words: `transferLeadership` → "transfer leadership". */
export const nameWords = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()

/** Several names, or one, in a sentence. */
export const namesIn = (value: Json | undefined): string => (Array.isArray(value) ? value.join(' ') : String(value))

/** "1 request", "3 requests". */
export const counted = (count: Json | undefined, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
