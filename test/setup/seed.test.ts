/** Random tests do the same every time unless they are asked for something else. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseSeed, SEED_BITS } from '../../main/setup/seed.mjs'
import { seedOf, seedsOf } from '../support/seeds.ts'

describe('the number behind all', () => {
  test('is fixed, or what is asked for', () => {
    expect(baseSeed(undefined)).toBe(baseSeed(''))
    expect(baseSeed('7')).toBe(7)
    expect(new Set(Array.from({ length: 20 }, () => baseSeed('random'))).size).toBeGreaterThan(1)
  })

  test.each(['-1', '1.5', 'ten', '1e3', String(2 ** SEED_BITS)])('%s is refused', (asked) => {
    expect(() => baseSeed(asked)).toThrow(asked)
  })
})

test('each purpose has a seed of its own, which follows the number', () => {
  const seeds = [seedOf('a', 1), seedOf('b', 1), seedOf('a', 2), ...seedsOf('a', 3, 1)]
  expect(new Set(seeds).size).toBe(seeds.length)
  expect(seedOf('a', 1)).toBe(seeds[0])
  for (const seed of seeds) expect(seed < 2 ** SEED_BITS && seed >= 0).toBe(true)
})

describe('fast-check', () => {
  const drawn: number[][] = []
  test.each([1, 2])('draws from the same number, and for each test something else (%i)', () => {
    drawn.push(fc.sample(fc.nat(), 5))
    expect(fc.readConfigureGlobal()?.seed).toBe(seedOf(`test/setup/seed.test.ts ${expect.getState().currentTestName?.split(' > ').at(-1)}`))
  })

  test('so that nothing of it is chance', () => {
    expect(drawn[0]).not.toEqual(drawn[1])
  })
})
