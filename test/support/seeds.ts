/**
 * Where the seeds of random tests come from: each is derived from the one number behind all of them (main/setup/seed.mjs) and from what it
 * is for. What was found with a number comes back with it: SYNOD_SEED=number npm test. `npm run fuzz` tries many.
 */
import { baseSeed, SEED_BITS } from '../../main/setup/seed.mjs'
import { hashText } from '../../protocols/core/hash.ts'
import { draw } from '../../protocols/core/prng.ts'

/** The seed of one purpose, such as the name of a test: it hangs on nothing else, be there as many other tests as may. */
export const seedOf = (purpose: string, base = baseSeed(process.env.SYNOD_SEED)): number =>
  draw(base, Number.parseInt(hashText(purpose).slice(8), 16)) >>> (32 - SEED_BITS)

/** Several of one purpose. */
export const seedsOf = (purpose: string, count: number, base?: number): number[] =>
  Array.from({ length: count }, (_, index) => seedOf(`${purpose} ${index}`, base))
