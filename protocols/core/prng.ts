/**
 * Dice that can be thrown again. Every random choice of a run is a pure function of the run's seed and of what the
 * choice is for: there is no hidden generator state whose order of use could differ between two executions.
 */

/** Mixes integers into one unsigned 32-bit integer; the same integers always give the same one. Murmur3's finaliser per word. */
export function draw(seed: number, ...purpose: readonly number[]): number {
  let h = mix(seed >>> 0)
  for (const word of purpose) h = mix((h ^ mix((word >>> 0) + 0x9e3779b9)) >>> 0)
  return h >>> 0
}

/** An unsigned 32-bit integer as a fraction in [0, 1). */
export const fraction = (coin: number): number => coin / 2 ** 32

/** An unsigned 32-bit integer as a number in [min, max]. */
export const between = (coin: number, min: number, max: number): number => min + fraction(coin) * (max - min)

/** What a draw is for, so that draws for different purposes never share a stream. */
export const Purpose = {
  coin: 1,
  timer: 2,
  loss: 3,
  delay: 4,
  duplicate: 5,
  reorder: 6,
  rule: 7,
  load: 8,
  client: 9,
  sync: 10,
  boot: 11,
  plan: 12,
  vary: 13,
} as const

function mix(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
