/** Finding things by a few letters of their names. */

/** Those that have all the letters in order, best first: whole words before beginnings of words before letters anywhere. An empty search finds all, in their order. */
export function rank<T>(things: readonly T[], sought: string, textOf: (thing: T) => string): T[] {
  const query = sought.trim().toLowerCase()
  if (query === '') return [...things]
  return things
    .map((thing, place) => ({ thing, place, score: score(textOf(thing).toLowerCase(), query) }))
    .filter(({ score: points }) => points > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ thing }) => thing)
}

function score(text: string, query: string): number {
  const whole = text.indexOf(query)
  if (whole === 0) return 100
  if (whole > 0) return text[whole - 1] === ' ' ? 80 : 60
  const words = query.split(/\s+/)
  if (words.length > 1 && words.every((word) => text.includes(word))) return 50
  const initials = text
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word[0] ?? '')
    .join('')
  if (initials.includes(query)) return 40
  return query.length > 2 && inOrder(text, query) ? 10 : 0
}

function inOrder(text: string, query: string): boolean {
  let at = 0
  for (const letter of query) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}
