import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLIENTS, nodeIds } from '../../../../protocols/core/ids.ts'
import { arrange } from '../../../../renderer/panels/topology/arrangement.ts'
import { contour } from '../../../../renderer/panels/topology/contour.ts'
import { angleAt, arcBetween, distanceTo, inside, labelSide, pointAt } from '../../../../renderer/panels/topology/geometry.ts'
import { beside } from '../../../../renderer/panels/topology/linkGlyphs.ts'

const a = { x: 0, y: 0 }
const b = { x: 200, y: 0 }

test('the two directions between a pair are two lanes, each to the right of its way', () => {
  const there = pointAt(arcBetween(a, b, 20, 20), 0.5)
  const back = pointAt(arcBetween(b, a, 20, 20), 0.5)
  expect(there.y).toBeGreaterThan(3) // y points down: right of somebody who walks to the right
  expect(back.y).toBeLessThan(-3)
})

test('a tag stands beside its arc, on the side to which the arc bows, whatever its size', () => {
  for (const [from, to] of [
    [a, b],
    [b, a],
    [a, { x: 30, y: 200 }],
  ] as const) {
    const arc = arcBetween(from, to, 20, 20)
    const [width, height, gap] = [90, 30, 6]
    const middle = beside(arc, width, height, gap)
    for (let i = 0; i <= 20; i++) {
      const point = pointAt(arc, i / 20)
      expect(Math.abs(point.x - middle.x) < width / 2 && Math.abs(point.y - middle.y) < height / 2).toBe(false)
    }
    expect(Math.hypot(middle.x - pointAt(arc, 0.5).x, middle.y - pointAt(arc, 0.5).y)).toBeLessThan(width / 2 + height / 2 + gap)
  }
})

test('an arc goes from rim to rim and points the way it goes', () => {
  const arc = arcBetween(a, b, 20, 30)
  expect(Math.hypot(arc.from.x, arc.from.y)).toBeCloseTo(20)
  expect(Math.hypot(arc.to.x - b.x, arc.to.y)).toBeCloseTo(30)
  expect(pointAt(arc, 0)).toEqual(arc.from)
  expect(pointAt(arc, 1)).toEqual(arc.to)
  expect(Math.abs(angleAt(arc, 0.5))).toBeLessThan(0.05)
  expect(distanceTo(arc, pointAt(arc, 0.37))).toBeLessThan(1)
  expect(distanceTo(arc, { x: 100, y: 100 })).toBeGreaterThan(80)
})

test('a loop holds what is inside of it, however it is bent', () => {
  const bent = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 5, y: 2 },
    { x: 0, y: 10 },
  ]
  expect(inside(bent, { x: 1, y: 1 })).toBe(true)
  expect(inside(bent, { x: 9, y: 7 })).toBe(true)
  expect(inside(bent, { x: 5, y: 8 })).toBe(false)
  expect(inside(bent, { x: 20, y: 1 })).toBe(false)
})

test('the line between two sides separates every pair across, wherever the sides stand', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 510 }), (count, bits) => {
      const points = nodeIds(count).map((id) => arrange(nodeIds(count)).get(id)!)
      const one = points.filter((_, index) => (bits >> index) & 1)
      const other = points.filter((_, index) => !((bits >> index) & 1))
      const lines = contour(one, other)
      if (one.length === 0 || other.length === 0) {
        expect(lines).toEqual([])
        return
      }
      for (const p of one) for (const q of other) expect(crossings(lines, p, q) % 2).toBe(1)
      for (const side of [one, other]) for (const p of side) for (const q of side) if (p !== q) expect(crossings(lines, p, q) % 2).toBe(0)
    }),
    { numRuns: 60 },
  )
})

type Point = { x: number; y: number }
/** How often the segment p–q crosses the lines. */
function crossings(lines: readonly (readonly Point[])[], p: Point, q: Point): number {
  let count = 0
  for (const line of lines)
    for (let i = 0; i + 1 < line.length; i++) {
      const [r, s] = [line[i]!, line[i + 1]!]
      if (side(p, q, r) !== side(p, q, s) && side(r, s, p) !== side(r, s, q)) count++
    }
  return count
}
const side = (a: Point, b: Point, c: Point) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0

test('labels stand away from the middle of the nodes, and beside the way to the clients', () => {
  const middle = { x: 0, y: 0 }
  for (let count = 2; count <= 9; count++) {
    const places = arrange(nodeIds(count))
    const clients = places.get(CLIENTS)!
    for (const id of nodeIds(count)) {
      const at = places.get(id)!
      const side = labelSide(at, middle, clients)
      expect(Math.hypot(side.x, side.y)).toBeCloseTo(1)
      const length = Math.hypot(clients.x - at.x, clients.y - at.y)
      const along = (side.x * (clients.x - at.x) + side.y * (clients.y - at.y)) / length
      expect(along, `${id} of ${count}`).toBeLessThan(0.501)
      const away = (side.x * at.x + side.y * at.y) / Math.hypot(at.x, at.y)
      expect(away, `${id} of ${count}`).toBeGreaterThan(0.49)
    }
  }
  // Right in the way it goes up, and where nobody else is it stays.
  expect(labelSide({ x: -100, y: 0 }, middle, { x: -200, y: 0 }).y).toBeLessThan(-0.8)
  expect(labelSide({ x: -100, y: 0 }, middle, undefined).x).toBeCloseTo(-1)
  expect(labelSide(middle, middle, { x: -200, y: 0 })).toEqual({ x: 0, y: -1 })
})
