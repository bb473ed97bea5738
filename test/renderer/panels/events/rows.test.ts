import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../../../../protocols/core/event.ts'
import { nodeId } from '../../../../protocols/core/ids.ts'
import { indexAt, Matches, type Read, ROW_PX, rowsAt, SPACE_MAX_PX, scrollTo, shapeOf } from '../../../../renderer/panels/events/rows.ts'

const event = (seq: number): RunEvent => ({ kind: 'output', seq, atUs: seq * 10, node: nodeId('n1'), stream: 'out', line: `${seq}` })

/** A lab whose every tenth event passes, and which looks at `scan` events a read. */
function labOf(last: () => number, scan = 1000, passes = (seq: number) => seq % 10 === 0) {
  const reads: number[] = []
  const read: Read = async (_, from, limit, direction) => {
    reads.push(from)
    const events: RunEvent[] = []
    const stride = direction === 'forward' ? 1 : -1
    let seq = direction === 'forward' ? from : Math.min(from, last())
    let scanned = 0
    for (; seq >= 1 && seq <= last() && events.length < limit && scanned < scan; seq += stride, scanned++)
      if (passes(seq)) events.push(event(seq))
    return { events, next: seq >= 1 && seq <= last() ? seq : undefined, scanned }
  }
  return { read, reads }
}

test('rows are laid out by arithmetic, and long logs still end at their end', () => {
  for (const count of [0, 1, 7, 1000, 500_000, 3_000_000, 40_000_000]) {
    const shape = shapeOf(count, 240)
    expect(shape.spacePx).toBeLessThanOrEqual(SPACE_MAX_PX)
    const end = rowsAt(shape, Math.max(0, shape.spacePx - 240))
    expect(end.last).toBe(count - 1)
    const begin = rowsAt(shape, 0)
    expect(begin.first).toBe(0)
    expect(begin.topPx).toBe(0)
    expect(begin.last - begin.first).toBeLessThan(30)
  }
})

test('the rows that are laid out cover what is looked through, without a gap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, part) => {
      const shape = shapeOf(count, 240)
      const top = part * Math.max(0, shape.spacePx - 240)
      const { first, last, topPx } = rowsAt(shape, top)
      expect(topPx).toBeLessThanOrEqual(top + 1e-6)
      const bottom = topPx + (last - first + 1) * ROW_PX
      if (last < count - 1) expect(bottom).toBeGreaterThanOrEqual(top + 240 - 1e-6)
    }),
  )
})

test('a row out of sight is brought to the middle, one in sight is left where it is', () => {
  for (const count of [1000, 4_000_000]) {
    const shape = shapeOf(count, 240)
    const to = scrollTo(shape, Math.floor(count / 2), 0)!
    const { first, last } = rowsAt(shape, to, 0)
    expect(first).toBeLessThanOrEqual(count / 2)
    expect(last).toBeGreaterThanOrEqual(count / 2)
    expect(scrollTo(shape, Math.floor(count / 2), to)).toBeUndefined()
  }
})

test('matches are one unbroken stretch in order, grown at both ends', async () => {
  let last = 20_000
  const { read } = labOf(() => last)
  const matches = new Matches({ text: 'x' }, read, 10_005)
  await matches.earlier()
  await matches.later(last)
  expect(matches.events[0]!.seq).toBe(10_000 - 1990)
  expect(indexAt(matches.events, 10_005)).toBe(199)
  while (!matches.complete) await matches.earlier()
  while (matches.lookedTo < last) await matches.later(last)
  expect(matches.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 2000 }, (_, i) => (i + 1) * 10))
  last = 20_055
  await matches.later(last)
  expect(matches.events.at(-1)!.seq).toBe(20_050)
  expect(matches.lookedTo).toBe(last)
})

test('where little passes, the search gives the person a pause and goes on when asked', async () => {
  const { read, reads } = labOf(
    () => 1_000_000,
    1000,
    (seq) => seq === 3,
  )
  const matches = new Matches({ text: 'x' }, read, 1_000_000)
  await matches.earlier()
  expect(matches.complete).toBe(false)
  expect(reads.length).toBe(40)
  expect(matches.covers(999_999)).toBe(true)
  expect(matches.covers(900_000)).toBe(false)
})

test('two requests at once do not tear the stretch, and none is made after the end', async () => {
  const { read } = labOf(() => 5000)
  const matches = new Matches({ text: 'x' }, read, 2500)
  await Promise.all([matches.earlier(), matches.earlier(), matches.later(5000)])
  const seqs = matches.events.map(({ seq }) => seq)
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  expect(new Set(seqs).size).toBe(seqs.length)
  matches.stop()
  expect(await matches.later(5000)).toBe(0)
})

test('the row of the playhead is that of the last event at or before it', () => {
  const events = [10, 20, 30].map(event)
  expect([0, 9, 10, 15, 20, 30, 99].map((seq) => indexAt(events, seq))).toEqual([-1, -1, 0, 0, 1, 2, 2])
})
