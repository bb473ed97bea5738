import fc from 'fast-check'
import { expect, test } from 'vitest'
import { follow, pan, roomFor, ticks, usOf, xOf, zoom } from '../../../renderer/model/scale.ts'

const length = 40_000_000

test('a time and its place belong together', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 800, noNaN: true }), (x) => {
      const span = { fromUs: 1_000_000, toUs: 9_000_000 }
      expect(xOf(usOf(x, span, 800), span, 800)).toBeCloseTo(x, 6)
    }),
  )
})

test('zooming keeps the time under the pointer where it is, within the run', () => {
  const span = zoom({ fromUs: 0, toUs: length }, 10_000_000, 0.5, length)
  expect(span).toEqual({ fromUs: 5_000_000, toUs: 25_000_000 })
  expect(zoom(span, 10_000_000, 100, length)).toEqual({ fromUs: 0, toUs: length })
})

test('zooming in stops at two milliseconds', () => {
  const span = zoom({ fromUs: 0, toUs: length }, 1_000_000, 1e-9, length)
  expect(span.toUs - span.fromUs).toBeCloseTo(2000)
})

test('moving along stops at the ends of the run', () => {
  expect(pan({ fromUs: 0, toUs: 10_000_000 }, -5_000_000, length)).toEqual({ fromUs: 0, toUs: 10_000_000 })
  expect(pan({ fromUs: 25_000_000, toUs: 35_000_000 }, 30_000_000, length)).toEqual({ fromUs: 30_000_000, toUs: length })
})

test('ticks are round times, far enough apart, and as exact as their step', () => {
  expect(ticks({ fromUs: 0, toUs: length }, 800, 80).map(({ text }) => text)).toEqual([
    '0 s',
    '5 s',
    '10 s',
    '15 s',
    '20 s',
    '25 s',
    '30 s',
    '35 s',
    '40 s',
  ])
  expect(ticks({ fromUs: 1_000_000, toUs: 1_004_000 }, 400, 80)[1]?.text).toBe('1.001 s')
  expect(ticks({ fromUs: 0, toUs: 600_000_000 }, 400, 80)[1]?.text).toBe('2:00')
})

test('the timeline of a growing run always has room, and rests between its steps', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000_000_000 }), (lengthUs) => {
      expect(roomFor(lengthUs)).toBeGreaterThanOrEqual(lengthUs)
    }),
  )
  expect(new Set([0, 1e6, 5e6, 9.8e6].map(roomFor))).toEqual(new Set([10e6]))
})

test('a playhead that runs out of the span takes it along', () => {
  const span = { fromUs: 10e6, toUs: 20e6 }
  expect(follow(span, 15e6)).toBe(span)
  expect(follow(span, 21e6)).toEqual({ fromUs: 20e6, toUs: 30e6 })
  expect(follow(span, 0.5e6)).toEqual({ fromUs: 0, toUs: 10e6 })
})
