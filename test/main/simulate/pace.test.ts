/** Simulated time beside a person's. */
import { expect, test } from 'vitest'
import { Pace } from '../../../main/simulate/pace.ts'

test('run time passes as real time does, or so many times slower', () => {
  const pace = new Pace(1, 5000, 70_000)
  expect(pace.dueUs(5000)).toBe(70_000)
  expect(pace.dueUs(5012.5)).toBe(82_500)
  expect(new Pace(20, 0, 0).dueUs(300)).toBe(15_000)
})

test('another scale counts from where the run is', () => {
  const pace = new Pace(1, 0, 0)
  pace.setScale(10, 1000, 1_000_000)
  expect(pace.dueUs(1000)).toBe(1_000_000)
  expect(pace.dueUs(1100)).toBe(1_010_000)
})

test.each([1, 20])('at scale %i a run that is a little behind makes up for it, one that is far behind does not', (scale) => {
  const pace = new Pace(scale, 0, 0)
  pace.reached(1000, (950 * 1e3) / scale)
  expect(pace.dueUs(1000)).toBe((1000 * 1e3) / scale)
  pace.reached(2000, (1500 * 1e3) / scale)
  expect(pace.dueUs(2000)).toBe((1600 * 1e3) / scale)
  expect(pace.dueUs(2100)).toBe((1700 * 1e3) / scale)
})
