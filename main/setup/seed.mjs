/**
 * The one number behind all random tests. It is fixed, so that `npm test` does the same every time and a change is blamed for nothing that it
 * did not do. SYNOD_SEED sets another one, `random` draws one: whoever starts tests asks once and hands the number on.
 */
import { SetupError } from './place.mjs'

const FIXED = 20_260_117

/** Seeds have 30 bits: tests add to them and multiply them. */
export const SEED_BITS = 30

export const newSeed = () => Math.floor(Math.random() * 2 ** SEED_BITS)

/** @param {string | undefined} asked SYNOD_SEED @returns {number} */
export function baseSeed(asked) {
  if (!asked) return FIXED
  if (asked === 'random') return newSeed()
  const seed = /^\d+$/.test(asked) ? Number(asked) : Number.NaN
  if (!(seed < 2 ** SEED_BITS)) throw new SetupError(`SYNOD_SEED=${asked}: it is a whole number below ${2 ** SEED_BITS}, or random`)
  return seed
}
