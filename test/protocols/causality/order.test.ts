/** What clocks say of the order of events is what walking along programs and messages says. */
import { describe, expect, test } from 'vitest'
import { chainBetween } from '../../../protocols/causality/chain.ts'
import { Columns } from '../../../protocols/causality/columns.ts'
import { coneOf, sideOf } from '../../../protocols/causality/cone.ts'
import { consistentWithin, cutAt, isConsistent, lastIn, messagesAcross } from '../../../protocols/causality/cut.ts'
import { compareRows, placeOf } from '../../../protocols/causality/order.ts'
import { draw, fraction } from '../../../protocols/core/prng.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { seedsOf } from '../../support/seeds.ts'
import { simulatedRun } from '../../support/simulatedRun.ts'
import { Brute, columnsOf } from './brute.ts'

/** In the first a checkpoint stands between a delivery and the step that took it in. */
const seeds = [1657112533, ...seedsOf('order', 3)]

/** T1 of the rules of clocks: three processes, nine events; its table of stamps is worked out by hand. */
function threeProcesses(): { columns: Columns; rows: Record<string, number> } {
  const columns = new Columns(3)
  const rows: Record<string, number> = {}
  const add = (name: string, lane: number, lamport: number, clock: number[], cause = 0) => {
    columns.add({ kind: ChunkKind.step, lane, to: 0, type: 0, atUs: 0, cause, stamp: { lamport, clock } })
    rows[name] = columns.count
  }
  const pass = (lane: number, to: number, lamport: number, clock: number[]): number => {
    columns.add({ kind: ChunkKind.send, lane, to, type: 0, atUs: 0, cause: 0, stamp: { lamport, clock } })
    columns.add({ kind: ChunkKind.deliver, lane: to, to: 0, type: 0, atUs: 0, cause: columns.count, stamp: undefined })
    return columns.count
  }
  add('a1', 0, 1, [1, 0, 0])
  add('a2', 0, 2, [2, 0, 0])
  const m1 = pass(0, 1, 2, [2, 0, 0])
  add('a3', 0, 3, [3, 0, 0])
  add('b1', 1, 3, [2, 1, 0], m1)
  add('b2', 1, 4, [2, 2, 0])
  const m2 = pass(1, 2, 4, [2, 2, 0])
  add('c1', 2, 1, [0, 0, 1])
  add('c2', 2, 5, [2, 2, 2], m2)
  add('c3', 2, 6, [2, 2, 3])
  const m3 = pass(2, 0, 6, [2, 2, 3])
  add('a4', 0, 7, [4, 2, 3], m3)
  return { columns, rows }
}

test('three processes: nine pairs are concurrent, the others are ordered', () => {
  const { columns, rows } = threeProcesses()
  const names = Object.keys(rows).sort()
  const concurrent: string[] = []
  for (const [i, x] of names.entries())
    for (const y of names.slice(i + 1)) {
      const { is, deciding } = compareRows(columns, rows[x] as number, rows[y] as number)
      const back = compareRows(columns, rows[y] as number, rows[x] as number)
      expect(back.is).toBe({ before: 'after', after: 'before', concurrent: 'concurrent' }[is as 'before'])
      expect(deciding).toHaveLength(is === 'concurrent' ? 2 : 1)
      if (is === 'concurrent') concurrent.push(`${x}-${y}`)
    }
  expect(concurrent.sort()).toEqual(['a1-c1', 'a2-c1', 'a3-b1', 'a3-b2', 'a3-c1', 'a3-c2', 'a3-c3', 'b1-c1', 'b2-c1'])
  expect(chainBetween(columns, rows.a1 as number, rows.a4 as number)).toEqual([]) // of one process: no message is needed
  expect(chainBetween(columns, rows.a1 as number, rows.c3 as number)).toHaveLength(2)
  expect(chainBetween(columns, rows.a3 as number, rows.c3 as number)).toBeUndefined()
})

test('a cut that has the receipt and not the send is inconsistent, and says so', () => {
  const { columns } = threeProcesses()
  const cut = Uint32Array.of(1, 1, 0) // b1 received what a2 has not sent yet
  expect(isConsistent(columns, cut)).toBe(false)
  expect(messagesAcross(columns, cut, 10).early).toHaveLength(1)
  expect([...consistentWithin(columns, cut)]).toEqual([1, 0, 0])
  const sent = Uint32Array.of(3, 0, 1)
  expect(isConsistent(columns, sent)).toBe(true)
  expect(messagesAcross(columns, sent, 10)).toMatchObject({ early: [], inTransit: [3] })
})

test('what has no place among events has no order', () => {
  const columns = new Columns(2)
  columns.add({ kind: ChunkKind.action, lane: 255, to: 255, type: 0, atUs: 0, cause: 0, stamp: undefined })
  columns.add({ kind: ChunkKind.step, lane: 0, to: 0, type: 0, atUs: 0, cause: 0, stamp: { lamport: 1, clock: [1, 0] } })
  expect(compareRows(columns, 1, 2).is).toBe('unknown')
  expect(coneOf(columns, 1)).toBeUndefined()
})

describe.each(seeds)('a run of seed %i', (seed) => {
  const run = simulatedRun(seed, 3000)
  const columns = columnsOf(run)
  const brute = new Brute(columns)
  let coins = 0
  const chance = () => fraction(draw(seed, coins++))
  const any = () => 1 + Math.floor(chance() * columns.points)

  test('clocks, cones and chains say what walking says', () => {
    for (let round = 0; round < 30; round++) {
      const a = any()
      const rowA = columns.pointRow[a] as number
      const distance = brute.distancesFrom(a)
      const cone = coneOf(columns, rowA)
      for (let b = 1; b <= columns.points; b += 1 + Math.floor(chance() * 5)) {
        if (a === b) continue
        const rowB = columns.pointRow[b] as number
        const follows = distance.has(b)
        const { is } = compareRows(columns, rowA, rowB)
        expect(is === 'before').toBe(follows)
        expect(cone && sideOf(columns, cone, rowB)).toBe({ before: 'future', after: 'past', concurrent: 'concurrent' }[is as 'before'])
        if (b % 40 !== 0) continue
        const chain = chainBetween(columns, rowA, rowB)
        expect(chain?.length).toBe(distance.get(b))
        let at = a
        for (const { send, delivery } of chain ?? []) {
          const sent = columns.point[send] as number
          expect(columns.pointLane[sent]).toBe(columns.pointLane[at])
          expect(columns.tickOf(sent)).toBeGreaterThanOrEqual(columns.tickOf(at))
          expect(columns.cause[delivery]).toBe(send)
          at = columns.point[delivery] as number
        }
        if (chain) expect([columns.pointLane[at], columns.tickOf(at) <= columns.tickOf(b)]).toEqual([columns.pointLane[b], true])
      }
    }
  })

  test('whatever row it is, its cone and the comparison agree, and the order is strict', () => {
    for (let round = 0; round < 400; round++) {
      const [a, b] = [1 + Math.floor(chance() * columns.count), 1 + Math.floor(chance() * columns.count)]
      const { is } = compareRows(columns, a, b)
      const cone = coneOf(columns, a)
      const side = cone ? sideOf(columns, cone, b) : 'unknown'
      const meant = { before: 'future', after: 'past', concurrent: 'concurrent', same: 'self', unknown: 'unknown' } as const
      if (placeOf(columns, a)) expect(side).toBe(meant[is])
      // The recording's order respects causality, as far as points go: what a step sends may leave when the next has begun, and
      // what it takes in was delivered before.
      const began = (row: number) => columns.pointRow[columns.point[row] as number] || row
      if (is === 'before') expect(began(a)).toBeLessThanOrEqual(began(b))
    }
  })

  test('cuts of the recording are consistent; of others the messages tell', () => {
    for (let round = 0; round < 60; round++) {
      const row = 1 + Math.floor(chance() * columns.count)
      const cut = cutAt(columns, row)
      expect(isConsistent(columns, cut)).toBe(true)
      const moved = cut.map((tick) => Math.max(0, tick + Math.floor(chance() * 40) - 20))
      const inner = consistentWithin(columns, moved)
      expect(isConsistent(columns, inner)).toBe(true)
      expect(inner.every((tick, lane) => tick <= (moved[lane] as number))).toBe(true)
      expect(isConsistent(columns, moved)).toBe(messagesAcross(columns, moved, 1).early.length === 0)
      // It is the largest: one more of any lane needs something that is not in it.
      for (let lane = 0; lane < columns.endpoints; lane++) {
        const next = columns.pointFrom(lane, (inner[lane] as number) + 1)
        if (next === 0 || columns.tickOf(next) > (moved[lane] as number)) continue
        const more = inner.slice()
        more[lane] = columns.tickOf(next)
        expect(isConsistent(columns, more)).toBe(false)
      }
      expect(lastIn(columns, cut, 0)).toBe(columns.pointBefore(0, row + 1))
    }
  })
})
