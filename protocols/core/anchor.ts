/**
 * What to add to a cheap reading of a clock to get a true one, when both tick alike. The two cannot be read at once, and a
 * process may be put aside between them for many milliseconds: so the pair that was read in the shortest time is taken.
 */
const TRIES = 32

/** `cheap` is read before and after `exact`; all in the same unit. */
export function anchor(cheap: () => number, exact: () => number): number {
  let best = Number.POSITIVE_INFINITY
  let offset = 0
  for (let i = 0; i < TRIES; i++) {
    const before = cheap()
    const there = exact()
    const after = cheap()
    if (after - before >= best) continue
    best = after - before
    offset = there - (before + after) / 2
  }
  return offset
}
