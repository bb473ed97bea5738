/** How many things lie in each slice, against looking at every one. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Places } from '../../../../renderer/panels/spacetime/places.ts'

const place = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -50, max: 1000 }) },
  { weight: 5, arbitrary: fc.integer({ min: 400, max: 420 }) }, // many closely together
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)

test('slices are counted however things came and whenever it was asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(place, { maxLength: 300 }), { maxLength: 5 }),
      fc.integer({ min: -100, max: 1000 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 40 }),
      (batches, from, size, count) => {
        const places = new Places()
        const all: number[] = []
        for (const batch of batches) {
          for (const each of batch) places.add(each)
          all.push(...batch)
          const wanted = new Uint32Array(count).fill(3) // it is added to what is there
          for (const each of all) {
            const slice = Math.floor((each - from) / size)
            if (slice >= 0 && slice < count) wanted[slice] = (wanted[slice] as number) + 1
          }
          const counts = new Uint32Array(count).fill(3)
          places.countInto(counts, from, size)
          expect(counts).toEqual(wanted)
        }
      },
    ),
  )
})

test('many that come out of order are counted, too', () => {
  const places = new Places()
  const size = 10_000
  for (let i = 0; i < size; i++) places.add((i * 7919) % size)
  const counts = new Uint32Array(100)
  places.countInto(counts, 0, size / 100)
  expect(new Set(counts)).toEqual(new Set([100]))
})
