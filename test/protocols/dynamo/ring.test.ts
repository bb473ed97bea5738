import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NodeId, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { layoutOf, type Members } from '../../../protocols/dynamo/members.ts'
import { endOf, inRingOrder, partitionOf, positionOf, RING, tokensOf, walk } from '../../../protocols/dynamo/ring.ts'

/** A ring of 100: A at 10 and 40, B at 20 and 50, C at 30 and 60. */
const tokens = inRingOrder(
  Object.entries({ A: [10, 40], B: [20, 50], C: [30, 60] }).flatMap(([node, places]) => places.map((at) => ({ at, node: nodeId(node) }))),
)

test('a walk meets every node once, and goes over the end of the ring', () => {
  expect(walk(tokens, 35)).toEqual(['A', 'B', 'C'])
  expect(walk(tokens, 55)).toEqual(['C', 'A', 'B'])
  expect(walk(tokens, 65)).toEqual(['A', 'B', 'C'])
  expect(walk(tokens, 45).slice(0, 2)).toEqual(['B', 'C'])
  expect(walk(tokens, 20)).toEqual(['B', 'C', 'A'])
})

test('without B its keys go on to who came after it, and other keys stay', () => {
  const rest = tokens.filter(({ node }) => node !== 'B')
  expect(walk(tokens, 15)).toEqual(['B', 'C', 'A'])
  expect(walk(rest, 15)).toEqual(['C', 'A'])
  expect(walk(rest, 55)).toEqual(['C', 'A'])
})

const members = (nodes: readonly NodeId[], out: readonly NodeId[]): Members =>
  Object.fromEntries(nodes.map((node) => [node, { status: out.includes(node) ? ('out' as const) : ('in' as const), version: 0 }]))

test('each partition is at home at N different nodes, and the walk is the one of a ring that is looked at token by token', () => {
  const ring = fc.record({
    nodes: fc.integer({ min: 1, max: 9 }),
    n: fc.integer({ min: 1, max: 5 }),
    each: fc.integer({ min: 1, max: 8 }),
    from: fc.nat(RING - 1),
  })
  fc.assert(
    fc.property(ring, ({ nodes, n, each, from }) => {
      const ids = nodeIds(nodes)
      const all = tokensOf(ids, each)
      const after = (at: number) => (at - from + RING) % RING
      const naive = [...new Set([...all].sort((a, b) => after(a.at) - after(b.at)).map(({ node }) => node))]
      expect(walk(all, from)).toEqual(naive)
      for (const { homes, pending } of layoutOf(members(ids, []), n, { tokens: each, partitions: 12 })) {
        expect(new Set(homes).size).toBe(Math.min(n, nodes))
        expect(pending).toEqual([])
      }
    }),
  )
})

test('when one of S nodes comes, about N/S of the copies move, and none between others', () => {
  const nodes = nodeIds(10)
  const newcomer = nodeId('n10')
  const [before, after] = [members(nodes, [newcomer]), members(nodes, [])].map((each) => layoutOf(each, 3, { tokens: 32, partitions: 128 }))
  let moved = 0
  for (const [partition, { homes }] of (after ?? []).entries()) {
    const old = before?.[partition]?.homes ?? []
    const fresh = homes.filter((node) => !old.includes(node))
    expect(fresh.every((node) => node === newcomer)).toBe(true)
    moved += fresh.length
  }
  expect(moved).toBeGreaterThan(10)
  expect(moved).toBeLessThan(128 * 3 * 0.2)
})

test('keys spread over partitions, and a partition ends where the next one begins', () => {
  const counts = new Array<number>(12).fill(0)
  for (let key = 0; key < 12_000; key++) (counts[partitionOf(`k${key}`, 12)] as number)++
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(200)
  for (let partition = 0; partition < 12; partition++)
    expect(partitionOf('x', 12) === partition).toBe(
      positionOf('x') >= endOf((partition + 11) % 12, 12) % RING && (positionOf('x') < endOf(partition, 12) || partition === 11),
    )
})
