/** Two executions are held against each other as somebody would who lays them side by side and looks. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstParting, partings, type StepSeries, sharedPrefix } from '../../../protocols/causality/align.ts'

const says = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 })
/** A run: a log of steps of three nodes. */
const log = fc.array(fc.record({ node: fc.nat({ max: 2 }), says: fc.integer({ min: 0, max: 2 }) }), { maxLength: 40 })

function seriesOf(events: readonly { node: number; says: number }[]): StepSeries[] {
  return [0, 1, 2].map((node) => {
    const mine = events.flatMap((event, index) => (event.node === node ? [{ says: event.says, seq: index + 1 }] : []))
    return { says: mine.map((one) => one.says), seqs: mine.map((one) => one.seq) }
  })
}

test('the shared prefix is the longest beginning that both have', () => {
  fc.assert(
    fc.property(says, says, (a, b) => {
      const longest = Math.max(
        ...Array.from({ length: Math.min(a.length, b.length) + 1 }, (_, n) => n).filter((n) => `${a.slice(0, n)}` === `${b.slice(0, n)}`),
      )
      expect(sharedPrefix(a, b)).toBe(longest)
    }),
  )
})

describe('node by node', () => {
  test('each node parts at its first step that says something else, or is not there', () => {
    fc.assert(
      fc.property(log, log, (a, b) => {
        for (const { node, shared, a: inA, b: inB } of partings(seriesOf(a), seriesOf(b))) {
          const of = (events: typeof a) =>
            events.map((event, index) => ({ ...event, seq: index + 1 })).filter((event) => event.node === node)
          const [ofA, ofB] = [of(a), of(b)]
          let same = 0
          for (; same < ofA.length && same < ofB.length; same++) if (ofA[same]?.says !== ofB[same]?.says) break
          expect([shared, inA, inB]).toEqual([same, ofA[same]?.seq, ofB[same]?.seq])
        }
      }),
    )
  })

  test('the first parting stands before all others in the first log, and a run parts from itself nowhere', () => {
    fc.assert(
      fc.property(log, log, (a, b) => {
        const all = partings(seriesOf(a), seriesOf(b))
        const both = all.filter((one) => one.a !== undefined && one.b !== undefined)
        const first = firstParting(all)
        expect(first?.a).toBe(both.length === 0 ? undefined : Math.min(...both.map((one) => one.a as number)))
        expect(firstParting(partings(seriesOf(a), seriesOf(a)))).toBeUndefined()
      }),
    )
  })

  test('what happens in between on other nodes does not matter', () => {
    const a = [
      { node: 0, says: 1 },
      { node: 1, says: 2 },
      { node: 0, says: 3 },
    ]
    const b = [
      { node: 1, says: 2 },
      { node: 0, says: 1 },
      { node: 0, says: 4 },
    ]
    expect(
      sharedPrefix(
        a.map((one) => one.says),
        b.map((one) => one.says),
      ),
    ).toBe(0)
    expect(firstParting(partings(seriesOf(a), seriesOf(b)))).toEqual({ node: 0, shared: 1, a: 3, b: 3 })
  })
})
