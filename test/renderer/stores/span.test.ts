// @vitest-environment happy-dom
/** The brush is one for all views: chosen in any order of its ends, and gone with the run. */

import { expect, test } from 'vitest'
import { nextTick } from 'vue'
import { useSpan } from '../../../renderer/stores/span.ts'
import { bench } from './bench.ts'

test('either end may come first, and no length chooses nothing', async () => {
  const it = await bench()
  const span = useSpan()
  await it.open(it.lab.runs[0]?.name ?? '')
  expect(span.chosen).toBeUndefined()
  expect(span.shown).toEqual({ fromUs: 0, toUs: it.run.lengthUs })
  span.choose(3_000_000, 1_000_000)
  expect(span.chosen).toEqual({ fromUs: 1_000_000, toUs: 3_000_000 })
  span.choose(2_000_000, 2_000_000)
  expect(span.chosen).toEqual({ fromUs: 1_000_000, toUs: 3_000_000 })
  span.choose(-5, 2_000_000)
  expect(span.shown).toEqual({ fromUs: 0, toUs: 2_000_000 })
})

test('another run begins without a brush', async () => {
  const it = await bench()
  const span = useSpan()
  await it.open(it.lab.runs[0]?.name ?? '')
  span.choose(1, 2_000_000)
  it.run.close()
  await nextTick()
  expect(span.chosen).toBeUndefined()
})
