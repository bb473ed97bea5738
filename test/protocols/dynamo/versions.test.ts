import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  contextOf,
  type Dot,
  digestOf,
  latest,
  merge,
  type Sibling,
  type Siblings,
  type Vector,
  valuesOf,
  written,
} from '../../../protocols/dynamo/versions.ts'
import { past, played } from './histories.ts'

const version = (actor: string, n: number, context: Vector, value: string, at = 0): Sibling => ({
  dot: { actor, n } as Dot,
  context,
  value,
  at,
  write: 0,
})
const some = played.chain((run) =>
  fc.record({ run: fc.constant(run), a: fc.constantFrom(...run.seen), b: fc.constantFrom(...run.seen), c: fc.constantFrom(...run.seen) }),
)

test('merging is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(some, ({ a, b, c }) => {
      expect(merge(a, b)).toEqual(merge(b, a))
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
      expect(merge(a, a)).toBe(a)
    }),
  )
})

test('so is keeping the latest alone', () => {
  const both = (a: Siblings, b: Siblings) => latest([...latest(a), ...latest(b)])
  fc.assert(
    fc.property(some, ({ a, b, c }) => {
      expect(both(a, b)).toEqual(both(b, a))
      expect(both(both(a, b), c)).toEqual(both(a, both(b, c)))
      expect(both(a, a)).toEqual(latest(a))
    }),
  )
})

test('what is kept are the writes that no other known writer had read, as an observer knows who tells all writes apart', () => {
  fc.assert(
    fc.property(some, ({ run, a, b }) => {
      const known = new Set([...past(a, run.writes), ...past(b, run.writes)])
      const overwritten = new Set([...known].flatMap((write) => [...(run.writes.get(write) ?? [])]))
      expect(
        merge(a, b)
          .map(({ value }) => value)
          .sort(),
      ).toEqual([...known].filter((write) => !overwritten.has(write)).sort())
    }),
  )
})

test('replicas that merge in any order have the same in the end', () => {
  fc.assert(
    fc.property(played, ({ replicas: [a = [], b = [], c = []] }) => {
      expect(digestOf(merge(merge(c, a), b))).toBe(digestOf(merge(merge(b, c), a)))
    }),
  )
})

test('the figure of the paper: D3 and D4 are siblings, and D5 takes the place of both', () => {
  const d1 = written([], version('Sx', 1, {}, 'D1'))
  const d2 = written(d1, version('Sx', 2, contextOf(d1), 'D2'))
  expect(contextOf(d2)).toEqual({ Sx: 2 })
  const d3 = written(d2, version('Sy', 1, contextOf(d2), 'D3'))
  const d4 = written(d2, version('Sz', 1, contextOf(d2), 'D4'))
  const both = merge(d3, d4)
  expect(valuesOf(both)).toEqual(['D3', 'D4'])
  expect(contextOf(both)).toEqual({ Sx: 2, Sy: 1, Sz: 1 })
  expect(valuesOf(written(both, version('Sx', 3, contextOf(both), 'D5')))).toEqual(['D5'])
})

test('two writes of one coordinator after the same read are both kept', () => {
  const v1 = written([], version('A', 1, {}, 'v1'))
  const v2 = written(v1, version('A', 2, { A: 1 }, 'v2'))
  const v3 = written(v2, version('A', 3, { A: 1 }, 'v3'))
  expect(valuesOf(v3)).toEqual(['v2', 'v3'])
  expect(contextOf(v3)).toEqual({ A: 3 })
  expect(valuesOf(written(v3, version('A', 4, { A: 3 }, 'v4')))).toEqual(['v4'])
})

test('what somebody had read is dropped, whichever comes first', () => {
  const x = [version('A', 2, { A: 1 }, 'x')]
  const y = [version('B', 1, { A: 2 }, 'y')]
  expect(valuesOf(merge(x, y))).toEqual(['y'])
  expect(valuesOf(merge(merge(y, x), x))).toEqual(['y'])
})
