/** What touches a window, against looking at everything. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Extents } from '../../../../renderer/panels/spacetime/extents.ts'

const reach = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(fc.integer({ min: -50, max: 1000 }), fc.nat(60)) },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: -50, max: 1000 }), fc.nat(1500)) }, // sent long before, or delivered long after
  { weight: 1, arbitrary: fc.constant([Number.NaN, 0] as [number, number]) },
)

test('a window finds all that touches it and nothing else, and counts them', () => {
  fc.assert(
    fc.property(fc.array(reach, { maxLength: 900 }), fc.integer({ min: -100, max: 1100 }), fc.nat(400), (things, from, size) => {
      const extents = new Extents()
      for (const [i, [start, length]] of things.entries()) expect(extents.add(i + 1, start, start + length)).toBe(i)
      const wanted = things.flatMap(([start, length], i) => (start <= from + size && start + length >= from ? [i + 1] : []))
      const found: number[] = []
      extents.visit(from, from + size, (row) => found.push(row))
      expect(found).toEqual(wanted)
      expect(extents.count(from, from + size)).toBe(wanted.length)
      expect(extents.count(from, from + size, 10) > 10).toBe(wanted.length > 10)
    }),
    // what reaches nowhere was counted where all of a node was in the window
    {
      examples: [
        [
          [
            [Number.NaN, 0],
            [0, 0],
          ],
          0,
          0,
        ],
      ],
    },
  )
})

test('what turns out to reach further is found there, too', () => {
  const extents = new Extents()
  for (let i = 0; i < 5000; i++) extents.add(i, i, i + 1)
  extents.reach(7, 7, 4000.5)
  const found: number[] = []
  extents.visit(4000.2, 4000.4, (row) => found.push(row))
  expect(found).toEqual([7, 4000])
})
