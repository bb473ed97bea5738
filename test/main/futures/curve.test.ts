/** Where to look for steps, and how sure one may be of a share. */
import { expect, test } from 'vitest'
import { Curve, wilson } from '../../../main/futures/curve.ts'

/** Looks at `moments` of `places`; the likelihood is that of `truth`. */
function look(places: number, moments: number, truth: (place: number) => number): Curve {
  const curve = new Curve({ places, moments })
  for (let place = curve.next(); place !== undefined; place = curve.next()) {
    const share = truth(place)
    const hits = Math.round(share * 200)
    curve.measured({ place, seq: place, atUs: place, futures: 200, hits, share, ...wilson(hits, 200) })
  }
  return curve
}

test('a share of few is less sure than one of many, and never surer than it can be', () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
  const { low, high } = wilson(50, 100) // as in Wilson (1927), and any table of it
  expect(low).toBeCloseTo(0.4038, 3)
  expect(high).toBeCloseTo(0.5962, 3)
  expect(wilson(0, 20).low).toBe(0)
  expect(wilson(0, 20).high).toBeCloseTo(0.1611, 3)
  expect(wilson(20, 20).low).toBeCloseTo(0.8389, 3)
})

test.each([1, 2, 3, 517, 998])('one step among a thousand moments is found to the very moment: %i', (at) => {
  const curve = look(1000, 24, (place) => (place >= at ? 0.9 : 0.1))
  expect(curve.steps().map(([before, after]) => [before.place, after.place])).toEqual([[at - 1, at]])
  expect(curve.moments.length).toBeLessThanOrEqual(24)
})

test('several steps are narrowed, the highest first', () => {
  const curve = look(1000, 40, (place) => (place >= 700 ? 1 : place >= 300 ? 0.3 : 0))
  expect(curve.steps().map(([before, after]) => [before.place, after.place])).toEqual([
    [299, 300],
    [699, 700],
  ])
})

test('what chance explains is no step, and few moments are looked at once', () => {
  const curve = look(1000, 24, (place) => 0.5 + (place % 2) * 0.02)
  expect(curve.steps()).toEqual([])
  expect(curve.moments).toHaveLength(12)
  expect(look(3, 24, () => 1).moments).toHaveLength(3)
  expect(look(1, 24, () => 1).moments).toHaveLength(1)
})
