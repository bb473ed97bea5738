/** The reducer, over things that fail for any reason: what is left still fails, and nothing of it can be taken away. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Pass, reduce } from '../../../../protocols/sim/shrink/reduce.ts'

type List = readonly number[]

const leavingOut: Pass<List> = {
  name: 'leaving out',
  parts: (list) => list.length,
  without: (list, gone) => list.filter((_, index) => !gone.has(index)),
}
const halving: Pass<List> = {
  name: 'halving',
  *simpler(list) {
    for (const [index, value] of list.entries()) {
      if (value > 0) yield list.with(index, 0)
      if (value > 1) yield list.with(index, Math.floor(value / 2))
      if (value > 0) yield list.with(index, value - 1)
    }
  },
}
const textOf = (list: List): string => JSON.stringify(list)

/** Fails while it holds, for each of the causes, elements that together weigh enough. Not monotonous: some lengths hide it. */
const failing = fc.record({
  list: fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }),
  causes: fc.array(fc.record({ remainder: fc.nat(3), weight: fc.nat(30) }), { maxLength: 3 }),
  hides: fc.nat(12),
})

function predicate({
  causes,
  hides,
}: {
  causes: readonly { remainder: number; weight: number }[]
  hides: number
}): (list: List) => boolean {
  return (list) =>
    list.length !== hides &&
    causes.every(
      ({ remainder, weight }) => list.filter((value) => value % 4 === remainder).reduce((sum, value) => sum + value, 0) >= weight,
    )
}

const singlesGone = (list: List): List[] => list.map((_, index) => list.filter((_, other) => other !== index))

test('what is left fails, and without any one of its parts, or with any part simpler, it does not', async () => {
  await fc.assert(
    fc.asyncProperty(failing, async ({ list, ...how }) => {
      const fails = predicate(how)
      fc.pre(fails(list))
      const { value, isMinimal } = await reduce(list, {
        ...{ passes: [leavingOut, halving], budget: 100_000, textOf },
        test: async (candidate) => (fails(candidate) ? candidate : undefined),
      })
      expect(isMinimal).toBe(true)
      expect(fails(value)).toBe(true)
      for (const smaller of singlesGone(value)) expect(fails(smaller)).toBe(false)
      for (const simpler of 'simpler' in halving ? halving.simpler(value) : []) expect(fails(simpler)).toBe(false)
    }),
  )
})

test('it does the same every time, tests nothing twice that did not fail, and no more than its budget', async () => {
  await fc.assert(
    fc.asyncProperty(failing, fc.nat(60), async ({ list, ...how }, budget) => {
      const fails = predicate(how)
      fc.pre(fails(list))
      const run = async () => {
        const tested: List[] = []
        const test = (candidate: List) => {
          tested.push(candidate)
          return fails(candidate) ? candidate : undefined
        }
        return { tested, reduced: await reduce(list, { passes: [leavingOut, halving], budget, textOf, test }) }
      }
      const { tested, reduced } = await run()
      expect(await run()).toEqual({ tested, reduced })
      expect(reduced.tests).toBe(tested.length)
      expect(tested.length).toBeLessThanOrEqual(budget)
      expect(fails(reduced.value)).toBe(true)
      const refuted = tested.filter((candidate) => !fails(candidate)).map(textOf)
      expect(new Set(refuted).size).toBe(refuted.length)
    }),
  )
})

test('ended in the middle it has the smallest so far, and says that it is not the end', async () => {
  const list = Array.from({ length: 64 }, (_, index) => index)
  const seen: List[] = []
  const { value, isMinimal, tests } = await reduce<List>(list, {
    ...{ passes: [leavingOut], budget: 1000, textOf },
    test: (candidate) => (candidate.includes(5) && candidate.includes(50) ? candidate : undefined),
    isOver: () => seen.length === 3,
    onBetter: (smaller) => void seen.push(smaller),
  })
  expect({ isMinimal, value }).toEqual({ isMinimal: false, value: seen[2] })
  expect(value.length).toBeLessThan(64)
  expect(tests).toBeLessThan(100)
})

test('it goes on from what the test made of the candidate', async () => {
  const { value } = await reduce<List>([9, 8, 7, 6, 5], {
    ...{ passes: [leavingOut], budget: 100, textOf },
    // As a run that is cut off where it fails.
    test: (candidate) => (candidate.includes(7) ? candidate.slice(0, candidate.indexOf(7) + 1) : undefined),
  })
  expect(value).toEqual([7])
})

test('chunks first: one cause among a thousand takes few tests', async () => {
  const { value, tests } = await reduce<List>(
    Array.from({ length: 1000 }, (_, index) => index),
    { passes: [leavingOut], budget: 10_000, textOf, test: (candidate) => (candidate.includes(617) ? candidate : undefined) },
  )
  expect(value).toEqual([617])
  expect(tests).toBeLessThan(60)
})
