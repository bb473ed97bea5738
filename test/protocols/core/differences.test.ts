import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Difference, differencesOf, entriesOf, valueAt } from '../../../protocols/core/differences.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { type LanePoint, thinned } from '../../../protocols/core/lane.ts'

const key = fc.oneof(fc.constantFrom('a', 'b', 'log'), fc.integer({ min: 1, max: 12 }).map(String))
const tree = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y'), fc.constant(null), fc.boolean()) as fc.Arbitrary<Json>,
    fc.dictionary(key, tie('value'), { maxKeys: 12 }) as fc.Arbitrary<Json>,
    fc.array(tie('value'), { maxLength: 8 }) as fc.Arbitrary<Json>,
  ),
})).value

/** Every leaf by its path, and of each tree which sort it is of. */
function leaves(value: Json, at: string, found: Map<string, string>): Map<string, string> {
  const entries = entriesOf(value)
  found.set(at, value !== null && typeof value === 'object' ? (Array.isArray(value) ? '[]' : '{}') : JSON.stringify(value))
  for (const [name, part] of entries) leaves(part, at === '' ? name : `${at}.${name}`, found)
  return found
}

/** Whether a path lies at or under one of a difference, which may be a stretch of neighbours. */
function covers(difference: Difference, where: string, sides: readonly Json[]): boolean {
  const under = (at: string) => at === '' || where === at || where.startsWith(`${at}.`)
  if (difference.to === undefined) return under(difference.path)
  const parent = difference.path.split('.').slice(0, -1).join('.')
  return sides.some((side) => {
    const list = valueAt(side, parent)
    if (list === undefined) return false
    const keys = entriesOf(list).map(([name]) => (parent === '' ? name : `${parent}.${name}`))
    const [first, last] = [keys.indexOf(difference.path), keys.indexOf(difference.to as string)]
    return first >= 0 && last >= first && keys.slice(first, last + 1).some(under)
  })
}

test('a leaf is among the differences when it is another, and only then', () => {
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      const { differences, more } = differencesOf(a, b)
      expect(more).toBe(0)
      const [left, right] = [leaves(a, '', new Map()), leaves(b, '', new Map())]
      for (const where of new Set([...left.keys(), ...right.keys()])) {
        const isOther = left.get(where) !== right.get(where)
        const told = differences.filter((difference) => covers(difference, where, [a, b]))
        if (isOther) expect(told.length, where).toBeGreaterThan(0)
      }
      // Nothing is told that is the same on both sides.
      for (const { path, before, after, to } of differences)
        if (to === undefined) expect(JSON.stringify(before)).not.toBe(JSON.stringify(after ?? (valueAt(b, path) as Json | undefined)))
      expect(differences.length === 0).toBe(differencesOf(b, a).differences.length === 0)
    }),
  )
})

test('a log that has grown by thousands is one difference', () => {
  const log = (count: number) => ({ log: Object.fromEntries(Array.from({ length: count }, (_, i) => [i + 1, { term: 1 }])) })
  expect(differencesOf(log(10), log(5010)).differences).toEqual([
    { path: 'log.11', to: 'log.5010', count: 5000, is: 'added', after: { term: 1 } },
  ])
  expect(differencesOf(log(5010), log(10)).differences).toMatchObject([{ is: 'removed', count: 5000 }])
})

test('a thinned lane keeps the lowest, the highest and the last of every column, and the value at its beginning', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 8, max: 80 }),
      (values, most) => {
        const points = values.map((value, i): LanePoint => ({ seq: i + 1, atUs: i * 10, value }))
        const [fromUs, toUs] = [200, 3000]
        const kept = thinned(points, fromUs, toUs, most)
        const inside = points.filter(({ atUs }) => atUs > fromUs && atUs <= toUs)
        const shown = kept.filter(({ atUs }) => atUs > fromUs && atUs <= toUs)
        if (inside.length > 0) {
          const all = (list: readonly LanePoint[]) => list.map(({ value }) => value as number)
          expect(Math.max(...all(shown))).toBe(Math.max(...all(inside)))
          expect(Math.min(...all(shown))).toBe(Math.min(...all(inside)))
          expect(shown.at(-1)).toEqual(inside.at(-1))
        }
        const held = points.findLast(({ atUs }) => atUs <= fromUs)
        if (held) expect(kept[0]).toEqual(held)
        expect([...kept].sort((a, b) => a.seq - b.seq)).toEqual(kept)
      },
    ),
  )
})
