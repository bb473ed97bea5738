import { expect, test } from 'vitest'
import { CLIENTS, nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import {
  arrange,
  centre,
  DRIFT,
  drifted,
  NODE_RADIUS,
  recallMoved,
  rememberMoved,
  withMoved,
} from '../../../../renderer/panels/topology/arrangement.ts'

const n = (i: number) => nodeId(`n${i}`)

test('n1 stands at the top and the others follow clockwise', () => {
  const places = arrange(nodeIds(4))
  expect(places.get(n(1))).toMatchObject({ x: 0 })
  expect(places.get(n(1))!.y).toBeLessThan(0)
  expect(places.get(n(2))!.x).toBeGreaterThan(0)
  expect(places.get(n(3))!.y).toBeGreaterThan(0)
  expect(places.get(n(4))!.x).toBeLessThan(0)
})

test('neighbours keep apart in clusters of every size, and the clients stand outside of the ring', () => {
  for (let count = 1; count <= 15; count++) {
    const nodes = nodeIds(count)
    const places = arrange(nodes)
    expect(places.size).toBe(count + 1)
    for (const a of nodes)
      for (const b of nodes) {
        if (a === b) continue
        const [p, q] = [places.get(a)!, places.get(b)!]
        expect(Math.hypot(p.x - q.x, p.y - q.y)).toBeGreaterThan(NODE_RADIUS * 4)
      }
    expect(Math.min(...nodes.map((id) => places.get(id)!.x)) - places.get(CLIENTS)!.x).toBeGreaterThan(80)
  }
})

test('who is there stands as if there were no empty seats; these are beside the ring, apart from everybody and from each other', () => {
  const nodes = nodeIds(15)
  for (let there = 1; there < 15; there++) {
    const empty = new Set(nodes.slice(there))
    const places = arrange(nodes, empty)
    const alone = arrange(nodes.slice(0, there))
    for (const [id, place] of alone) expect(places.get(id)).toEqual(place)
    const right = Math.max(...[...alone.values()].map(({ x }) => x))
    for (const seat of empty) {
      expect(places.get(seat)!.x).toBeGreaterThan(right + 180) // what stands beside a node is up to that long
      for (const other of empty) {
        const [p, q] = [places.get(seat)!, places.get(other)!]
        if (seat !== other) expect(Math.hypot(p.x - q.x, p.y - q.y)).toBeGreaterThan(NODE_RADIUS * 4)
      }
    }
  }
})

test('partitioned sides go apart by the drift, and come back when the partition is lifted', () => {
  const places = arrange(nodeIds(5))
  const sides = [
    [n(1), n(2)],
    [n(3), n(4), n(5)],
  ]
  const apart = drifted(places, sides)
  const gap = (at: typeof places) => {
    const [a, b] = sides.map((side) => centre(side.map((id) => at.get(id)!)))
    return Math.hypot(a!.x - b!.x, a!.y - b!.y)
  }
  expect(gap(apart) - gap(places)).toBeCloseTo(2 * DRIFT, 5)
  expect(apart.get(CLIENTS)).toEqual(places.get(CLIENTS))
  expect(drifted(places, [])).toEqual(places)
})

test('what a person moved is remembered per run; what does not fit is forgotten', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  rememberMoved(storage, 'a', { n2: { x: 5, y: 6 } })
  expect(recallMoved(storage, 'a')).toEqual({ n2: { x: 5, y: 6 } })
  expect(recallMoved(storage, 'b')).toEqual({})
  const places = withMoved(arrange(nodeIds(3)), { n2: { x: 5, y: 6 }, n9: { x: 0, y: 0 } })
  expect(places.get(n(2))).toEqual({ x: 5, y: 6 })
  expect(places.has(n(9))).toBe(false)
  for (const bad of ['no json', '7', 'null', '{"n1":{"x":"left","y":2}}']) {
    kept.set('synod.topology.a', bad)
    expect(recallMoved(storage, 'a')).toEqual({})
  }
  rememberMoved(storage, 'a', {})
  expect(kept.size).toBe(0)
})

test('a storage that is full or forbidden does no harm', () => {
  const refuse = () => {
    throw new Error('full')
  }
  expect(recallMoved({ getItem: refuse }, 'a')).toEqual({})
  expect(() => rememberMoved({ setItem: refuse, removeItem: refuse }, 'a', { n1: { x: 1, y: 1 } })).not.toThrow()
})
