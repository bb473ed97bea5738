import { expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { holds, type RingCopy, type RingRow, ringOf } from '../../../protocols/core/ringPicture.ts'

const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(nodeId) as [ReturnType<typeof nodeId>, ReturnType<typeof nodeId>, ReturnType<typeof nodeId>]
const copy = (key: string, at: number, value: string, target?: typeof n1): RingCopy => ({
  ...{ key, at, values: [value], identity: value },
  ...(target === undefined ? {} : { for: target }),
})
const arcs = [
  { from: 0, to: 0.5, list: [n1, n2] },
  { from: 0.5, to: 1, list: [n2, n3] },
]
const row = (node: typeof n1, version: number, copies: readonly RingCopy[], isUp = true): RingRow => ({
  ...{ node, isUp, ring: { version, tokens: [{ at: 0.1, node }], arcs: version === 1 ? arcs : [], copies, says: [`ring ${version}`] } },
})

test('shown is the ring of whoever knows most, with what all have; who knows another is named', () => {
  const picture = ringOf([row(n1, 0, [copy('x', 0.2, 'a')]), row(n2, 1, [copy('x', 0.2, 'a'), copy('y', 0.7, 'b')]), row(n3, 1, [])], {
    count: 10,
  })
  expect(picture).toMatchObject({ by: n2, version: 1, says: ['ring 1'], others: [n1], total: 2 })
  expect(picture.keys.map(({ key, list, isEqual }) => ({ key, list, isEqual }))).toEqual([
    { key: 'x', list: [n1, n2], isEqual: true },
    { key: 'y', list: [n2, n3], isEqual: false },
  ])
})

test('what is kept for another is no copy, and what a node had that is down is told so', () => {
  const picture = ringOf([row(n1, 1, [copy('x', 0.2, 'a', n2)]), row(n2, 1, [copy('x', 0.2, 'a')], false)], { count: 10 })
  expect(picture.keys[0]?.isEqual).toBe(false)
  expect(picture.keys[0]?.copies.map(({ node, for: target, past }) => [node, target, past])).toEqual([
    [n1, n2, undefined],
    [n2, undefined, true],
  ])
})

test('a page of the keys, in their order; nothing of nobody', () => {
  const many = [
    row(
      n1,
      1,
      ['c', 'a', 'd', 'b'].map((key) => copy(key, 0.3, 'v')),
    ),
  ]
  expect(ringOf(many, { from: 1, count: 2 })).toMatchObject({ total: 4, from: 1, keys: [{ key: 'b' }, { key: 'c' }] })
  expect(ringOf([], { count: 2 })).toMatchObject({ total: 0, keys: [] })
})

test('an arc may go over the end', () => {
  expect([0.95, 0.05, 0.5].map((at) => holds({ from: 0.9, to: 0.1, list: [] }, at))).toEqual([true, true, false])
})
