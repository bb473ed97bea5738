/** Where operations lie, and that drawing costs by what is seen. */
import { describe, expect, test } from 'vitest'
import type { HistoryOp, Lane } from '../../../../renderer/model/history.ts'
import { drawHistory, type HistoryInk } from '../../../../renderer/panels/history/draw.ts'
import {
  AXIS,
  cursorOf,
  firstAfter,
  GUTTER,
  laneHeight,
  nearest,
  neighbour,
  opAt,
  openEndUs,
  usualSpan,
} from '../../../../renderer/panels/history/lanes.ts'

const op = (id: number, invokeUs: number, returnUs?: number, outcome: HistoryOp['outcome'] = 'ok'): HistoryOp => ({
  ...{ id, lane: 'a', key: 'x', text: `put x ${id}`, seq: id, invokeUs, outcome },
  ...(returnUs === undefined ? {} : { returnUs }),
})
const ops = [op(1, 0, 100), op(2, 200, 300), op(3, 400, 450, 'unknown'), op(4, 900, undefined, 'open')]
const lanes: Lane[] = [
  { name: 'a', ops },
  { name: 'b', ops: [op(5, 250, 260), op(6, 600, 700)].map((each) => ({ ...each, lane: 'b' })) },
]
const frame = { width: GUTTER + 1000, height: 200, scrollTop: 0, lane: 28, span: { fromUs: 0, toUs: 1000 } }

describe('finding', () => {
  test('an operation lasts until its return; what nobody heard of until the client asks anew', () => {
    expect([0, 1, 2, 3].map((index) => openEndUs(ops, index, 1000))).toEqual([100, 300, 900, 1000])
  })

  test.each<[number, number, number | undefined]>([
    [50, 10, 1],
    [150, 10, undefined],
    [102, 10, 1], // a few pixels beside it
    [700, 10, 3], // its outcome is open until the next one
    [990, 10, 4],
    [255, 40, 5],
    [255, 80, undefined],
  ])('at %i µs, %i px below the axis: %s', (us, y, id) => {
    expect(opAt(lanes, frame, GUTTER + us, AXIS + y, 1000)?.id).toBe(id)
  })

  test('what is scrolled away is not found where it was', () => {
    expect(opAt(lanes, { ...frame, scrollTop: 28 }, GUTTER + 255, AXIS + 10, 1000)?.id).toBe(5)
  })

  test('the first that is not over, with the one before it', () => {
    expect([0, 150, 301, 5000].map((us) => firstAfter(ops, us))).toEqual([0, 0, 1, 2])
  })

  test('from operation to operation along a lane, and to the nearest on the next', () => {
    const at = cursorOf(lanes, ops[1])
    expect(at).toEqual({ row: 0, index: 1 })
    if (!at) return
    expect(neighbour(lanes, at, 0, 1)).toEqual({ row: 0, index: 2 })
    expect(neighbour(lanes, at, 0, -5)).toEqual({ row: 0, index: 0 })
    expect(neighbour(lanes, at, 1, 0)).toEqual({ row: 1, index: 0 })
    expect(neighbour(lanes, at, -1, 0)).toEqual(at)
    expect(nearest(ops, 640)).toBe(2)
    expect(cursorOf(lanes, undefined)).toBeUndefined()
  })

  test('at first all of a short history is shown, and of a long one what can be told apart', () => {
    expect(usualSpan(lanes, 500, 1000, 1000)).toEqual({ fromUs: 0, toUs: 2000 })
    const long = [{ name: 'a', ops: many(10_000) }]
    const { fromUs, toUs } = usualSpan(long, 5e6, 10e6, 1000)
    expect(toUs - fromUs).toBeLessThan(100_000)
    expect(fromUs).toBeLessThan(5e6)
    expect(toUs).toBeGreaterThan(5e6)
  })

  test('lanes share the height there is, within reason', () => {
    expect([laneHeight(2, 400), laneHeight(10, 360), laneHeight(100, 400)]).toEqual([40, 34, 28])
  })
})

describe('drawing', () => {
  test('a hundred thousand operations cost no more than the pixels that they fall on', () => {
    const calls = count({ lanes: [{ name: 'a', ops: many(100_000) }], span: { fromUs: 0, toUs: 100e6 } })
    expect(calls.roundRect).toBeGreaterThan(100)
    expect(calls.roundRect).toBeLessThan(700)
  })

  test('lanes out of sight are not drawn', () => {
    const all = Array.from({ length: 500 }, (_, i) => ({ name: `c${i}`, ops: [op(i, 0, 900)] }))
    expect(count({ lanes: all, height: 300 }).fillText).toBeLessThan(45)
  })

  test('operations that contradict each other are outlined wherever they lie close to others, with a cross where it became certain', () => {
    const window = { ids: new Set([500, 501]), fromUs: 500_000, toUs: 501_500, certain: 501, isAsPromised: false }
    const crowd = { lanes: [{ name: 'a', ops: many(100_000) }], span: { fromUs: 0, toUs: 100e6 } }
    const [without, plain] = [count(crowd), count({ ...crowd, window })]
    expect(plain.roundRect ?? 0).toBeGreaterThanOrEqual((without.roundRect ?? 0) + 2)
    expect((plain.stroke ?? 0) - (without.stroke ?? 0)).toBe(3)
  })

  test('an order of many points is thinned out, and ends in a cross where it leads nowhere', () => {
    const crowd = { lanes: [{ name: 'a', ops: many(100_000) }], span: { fromUs: 0, toUs: 100e6 } }
    const order = many(100_000).map(({ id, invokeUs }) => ({ id, atUs: invokeUs }))
    const arcs = count({ ...crowd, order }).arc ?? 0
    expect(arcs).toBeGreaterThan(1000)
    expect(arcs).toBeLessThan(8000)
    const few = { lanes, span: frame.span, order: [{ id: 1, atUs: 50 }] }
    expect((count({ ...few, isDeadEnd: true }).moveTo ?? 0) - (count(few).moveTo ?? 0)).toBe(2)
  })
})

function many(count_: number): HistoryOp[] {
  return Array.from({ length: count_ }, (_, i) => op(i, i * 1000, i * 1000 + 800))
}

/** How often each thing was asked of the pen. */
function count(ink: Partial<HistoryInk>): { [name: string]: number } {
  const calls: { [name: string]: number } = {}
  const pen = new Proxy({} as CanvasRenderingContext2D, {
    get: (_, name: string) =>
      name === 'measureText'
        ? () => ({ width: 10 })
        : () => {
            calls[name] = (calls[name] ?? 0) + 1
          },
    set: () => true,
  })
  const known = new Map((ink.lanes ?? []).flatMap((lane) => lane.ops.map((each) => [each.id, { ...each, lane: lane.name }] as const)))
  drawHistory(pen, {
    ...frame,
    ...{ lanes: [], opOf: (id) => known.get(id), lengthUs: 100e6, brush: undefined, playheadUs: 0, order: [], isDeadEnd: false },
    ...{ window: undefined, aside: undefined, selected: undefined, hovered: undefined, color: () => 'black' },
    ...ink,
  })
  return calls
}
