import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ROW_PX, rowsAt, SPACE_MAX_PX, scrollTo, shapeOf } from '../../../../renderer/panels/events/rows.ts'

test('rows are laid out by arithmetic, and long logs still end at their end', () => {
  for (const count of [0, 1, 7, 1000, 500_000, 3_000_000, 40_000_000]) {
    const shape = shapeOf(count, 240)
    expect(shape.spacePx).toBeLessThanOrEqual(SPACE_MAX_PX)
    const end = rowsAt(shape, Math.max(0, shape.spacePx - 240))
    expect(end.last).toBe(count - 1)
    const begin = rowsAt(shape, 0)
    expect(begin.first).toBe(0)
    expect(begin.topPx).toBe(0)
    expect(begin.last - begin.first).toBeLessThan(30)
  }
})

test('the rows that are laid out cover what is looked through, without a gap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, part) => {
      const shape = shapeOf(count, 240)
      const top = part * Math.max(0, shape.spacePx - 240)
      const { first, last, topPx } = rowsAt(shape, top)
      expect(topPx).toBeLessThanOrEqual(top + 1e-6)
      const bottom = topPx + (last - first + 1) * ROW_PX
      if (last < count - 1) expect(bottom).toBeGreaterThanOrEqual(top + 240 - 1e-6)
    }),
  )
})

test('a row out of sight is brought to the middle, one in sight is left where it is', () => {
  for (const count of [1000, 4_000_000]) {
    const shape = shapeOf(count, 240)
    const to = scrollTo(shape, Math.floor(count / 2), 0)!
    const { first, last } = rowsAt(shape, to, 0)
    expect(first).toBeLessThanOrEqual(count / 2)
    expect(last).toBeGreaterThanOrEqual(count / 2)
    expect(scrollTo(shape, Math.floor(count / 2), to)).toBeUndefined()
  }
})
