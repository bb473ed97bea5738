/** The vocabulary's own arithmetic: names, dice, majorities. */
import { expect, test } from 'vitest'
import { CLIENTS, endpointIds, messageId, messageIdParts, nodeIds } from '../../../protocols/core/ids.ts'
import { invariant } from '../../../protocols/core/invariant.ts'
import { between, draw, fraction, Purpose } from '../../../protocols/core/prng.ts'
import { isMajority, majority } from '../../../protocols/core/quorum.ts'

test('nodes are named in index order, and the clients come last', () => {
  expect(nodeIds(3)).toEqual(['n1', 'n2', 'n3'])
  expect(endpointIds(nodeIds(2))).toEqual(['n1', 'n2', CLIENTS])
})

test('a message’s identity is one safe integer, and comes apart again', () => {
  for (const sender of [0, 1, 14, 15, 255]) {
    for (const life of [1, 2, 8191]) {
      for (const number of [1, 2, 2 ** 31, 2 ** 32 - 1]) {
        const id = messageId(sender, life, number)
        expect(Number.isSafeInteger(id)).toBe(true)
        expect(messageIdParts(id)).toEqual({ sender, life, number })
      }
    }
  }
})

test('identities of one sender’s life grow with the number', () => {
  expect(messageId(1, 1, 2)).toBeGreaterThan(messageId(1, 1, 1))
  expect(messageId(1, 2, 1)).toBeGreaterThan(messageId(1, 1, 2 ** 32 - 1))
})

test('the same draw always gives the same integer', () => {
  expect(draw(1, Purpose.coin, 0, 1, 1)).toBe(draw(1, Purpose.coin, 0, 1, 1))
  // Recorded runs depend on these very numbers.
  expect([draw(0), draw(1), draw(1, 2), draw(1, 2, 3), draw(4_294_967_295, 7)]).toMatchInlineSnapshot(`
    [
      0,
      1364076727,
      2456025444,
      2455118838,
      1794800777,
    ]
  `)
})

test('draws for different purposes, nodes, lives and steps differ', () => {
  const seen = new Set<number>()
  for (const purpose of Object.values(Purpose)) {
    for (let node = 0; node < 5; node++) {
      for (let life = 1; life <= 3; life++) for (let step = 1; step <= 20; step++) seen.add(draw(1, purpose, node, life, step))
    }
  }
  expect(seen.size).toBeGreaterThan(9 * 5 * 3 * 20 - 3) // as good as no collision among 2700 of 2^32
  expect(draw(1, 2, 3)).not.toBe(draw(1, 3, 2))
  expect(draw(1, 0)).not.toBe(draw(1))
})

test('draws are spread evenly: every bit is set half of the time', () => {
  const times = 20_000
  const set = new Array<number>(32).fill(0)
  for (let i = 0; i < times; i++) {
    const coin = draw(42, Purpose.timer, 1, 1, i)
    for (let bit = 0; bit < 32; bit++) if ((coin >>> bit) & 1) set[bit] = (set[bit] ?? 0) + 1
  }
  for (const count of set) expect(Math.abs(count / times - 0.5)).toBeLessThan(0.02)
})

test('fractions lie in [0, 1), ranges in [min, max]', () => {
  expect([fraction(0), fraction(2 ** 31)]).toEqual([0, 0.5])
  expect(fraction(2 ** 32 - 1)).toBeLessThan(1)
  expect([between(0, 150, 300), between(2 ** 31, 150, 300)]).toEqual([150, 225])
  expect(between(2 ** 32 - 1, 5, 5)).toBe(5)
})

test('a majority is the fewest that are more than half, and any two share a member', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(majority)).toEqual([1, 2, 2, 3, 3, 4, 4])
  for (let size = 1; size <= 15; size++) {
    for (let members = 0; members <= size; members++) expect(isMajority(members, size)).toBe(members * 2 > size)
    expect(2 * majority(size)).toBeGreaterThan(size)
  }
})

test('a broken invariant is said loudly', () => {
  expect(() => invariant(1 + 1 === 2, 'sums')).not.toThrow()
  expect(() => invariant(false, 'logs end where they begin')).toThrow('Invariant broken: logs end where they begin')
})
