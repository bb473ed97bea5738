/** What a recording tells of a disk: held against a plain list, with copies that go on by themselves and lives that find less than was told. */
import { expect, test } from 'vitest'
import { DiskTrace } from '../../../main/replay/diskTrace.ts'
import type { Effect } from '../../../protocols/core/effect.ts'
import { draw } from '../../../protocols/core/prng.ts'
import { seedOf } from '../../support/seeds.ts'

const record = (record: number, more: { replaces?: true; mark?: number } = {}): Effect<never> => ({ kind: 'persist', record, ...more })

test('records are appended, replaced, and found again from the first', () => {
  const disk = new DiskTrace()
  expect(disk.write([record(1), record(2, { mark: 7 })])).toBe(7)
  expect(disk.write([record(3)])).toBeUndefined()
  expect(disk.find(2)).toEqual([1, 2])
  disk.write([record(4)])
  expect(disk.records).toEqual([1, 2, 4])
  disk.write([record(5, { replaces: true }), record(6)])
  expect(disk.records).toEqual([5, 6])
  disk.wipe()
  expect(disk.records).toEqual([])
  expect(disk.find(1)).toBeUndefined()
})

test('a process killed before a record replaced all others finds the others', () => {
  const disk = new DiskTrace()
  disk.write([record(1), record(2), record(3)])
  disk.write([record(4, { replaces: true })])
  expect(disk.beginning(3)).toEqual([1, 2, 3])
  expect(disk.records).toEqual([4])
  expect(disk.find(4)).toBeUndefined()
  expect(disk.find(3)).toEqual([1, 2, 3])
  disk.write([record(5)])
  expect(disk.records).toEqual([1, 2, 3, 5])
})

const seed = seedOf('diskTrace')
test(`copies go on by themselves (SEED=${seed})`, () => {
  const pairs = [{ disk: new DiskTrace(), plain: [] as number[] }]
  let throws = 0
  const dice = (sides: number) => draw(seed, throws++) % sides
  for (let i = 0; i < 2000; i++) {
    const it = pairs[dice(pairs.length)] as (typeof pairs)[number]
    switch (dice(12)) {
      case 0:
        if (pairs.length < 12) pairs.push({ disk: it.disk.copy(), plain: [...it.plain] })
        break
      case 1: {
        const count = dice(it.plain.length + 1)
        it.plain = it.plain.slice(0, count)
        expect(it.disk.find(count)).toEqual(it.plain)
        break
      }
      case 2:
        it.plain = [i]
        it.disk.write([record(i, { replaces: true })])
        break
      default:
        it.plain.push(i)
        it.disk.write([record(i)])
    }
    for (const { disk, plain } of pairs) expect(disk.records).toEqual(plain)
  }
})
