import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Density, growDensity } from '../../../renderer/model/density.ts'

const sum = (density: Density): number => density.events.reduce((total, count) => total + count, 0)

test('no event is lost or counted twice however the run grows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000_000 }), fc.integer({ min: 0, max: 900 })), { maxLength: 60 }),
      (growth) => {
        let density: Density = { sliceUs: 10_000, events: [] }
        let [lengthUs, total] = [0, 0]
        for (const [byUs, count] of growth) {
          lengthUs += byUs
          total += count
          density = growDensity(density, lengthUs, { count })
          expect(density.events.length).toBeLessThanOrEqual(2001)
          expect(density.events.length * density.sliceUs).toBeGreaterThan(lengthUs)
        }
        expect(sum(density)).toBe(total)
      },
    ),
  )
})

test('the density that was given stays as it was', () => {
  const before: Density = { sliceUs: 1000, events: [1, 2] }
  growDensity(before, 1500, { count: 5 })
  expect(before.events).toEqual([1, 2])
})

test('events whose times are known are laid where they happened', () => {
  const density = growDensity({ sliceUs: 1000, events: [4] }, 3500, { timesUs: [900, 1500, 1600, 3499] })
  expect(density.events).toEqual([5, 2, 0, 1])
})
