/** Where things of a run are on each axis, against the run itself. */
import { describe, expect, test } from 'vitest'
import { Columns } from '../../../../protocols/causality/columns.ts'
import { cutAt, lastIn } from '../../../../protocols/causality/cut.ts'
import { Gatherer } from '../../../../protocols/causality/gather.ts'
import { endpointIds, nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import { advance, firstMoment } from '../../../../protocols/core/moment.ts'
import { ChunkKind } from '../../../../protocols/wire/chunk.ts'
import { type Band, bandsOf, bandsWithin } from '../../../../renderer/panels/spacetime/bands.ts'
import { LOST_SHARE } from '../../../../renderer/panels/spacetime/crossings.ts'
import { cutOf, moved, placesOf } from '../../../../renderer/panels/spacetime/cutLine.ts'
import { Density } from '../../../../renderer/panels/spacetime/density.ts'
import { Drawing } from '../../../../renderer/panels/spacetime/drawing.ts'
import { seedOf } from '../../../support/seeds.ts'
import { AXES, drawn, seenRun } from './runs.ts'

/** In the first, the clients have ticks without points: a cut that went back by one stood between two. */
const runs = [2009282278, seedOf('drawing')].map((seed) => ({ seed, run: seenRun(seed, 5000) }))
const cases = runs.flatMap((one) => AXES.map((axis) => ({ ...one, axis })))

describe.each(cases)('a run of seed $seed by $axis', ({ seed, run, axis }) => {
  const { columns } = run
  const whole = drawn(columns, axis)

  test('every message points forward, by at least one on the causal axes', () => {
    let messages = 0
    for (let row = 1; row <= columns.count; row++) {
      if (columns.kind[row] !== ChunkKind.deliver) continue
      messages++
      const length = whole.placement.ofRow(row) - whole.startOf(row)
      expect(length, `row ${row}`).toBeGreaterThanOrEqual(axis === 'time' ? 0 : 1)
    }
    expect(messages).toBeGreaterThan(1000)
  })

  test('a window holds the marks and messages that touch it, however the run came', () => {
    const gatherer = new Gatherer(run.header)
    const growing = new Columns(gatherer.endpoints)
    const drawing = new Drawing(growing, axis)
    for (const event of run.events) {
      growing.add(gatherer.take(event))
      if ((event.seq * seed) % 97 === 0) drawing.grow(61)
    }
    while (drawing.behind > 0) drawing.grow(700)
    expect(drawing.end).toBe(whole.end)
    const counts = [drawing, whole].map((each) => {
      const density = new Density()
      density.count(each, { from: 0, size: whole.end / 500, count: 500 }, { count: 1, of: new Uint8Array(256) })
      return density
    })
    expect(counts[0]).toEqual(counts[1])
    for (let i = 0; i < 40; i++) {
      const from = whole.end * ((i * 0.618) % 1)
      const to = from + (whole.end / 50) * ((i * 0.37) % 1)
      const found = { marks: [] as number[], messages: [] as number[] }
      for (const lane of drawing.marks) lane.visit(from, to, (row) => found.marks.push(row))
      for (const lane of drawing.messages) lane.visit(from, to, (row) => found.messages.push(row))
      const wanted = { marks: [] as number[], messages: [] as number[] }
      for (let row = 1; row <= columns.count; row++) {
        const at = whole.placement.ofRow(row)
        if (columns.pointRow[columns.point[row] as number] === row && at >= from && at <= to) wanted.marks.push(row)
        const isEnd = columns.kind[row] === ChunkKind.deliver || columns.kind[row] === ChunkKind.drop
        if (isEnd && at >= from && whole.startOf(row) <= to) wanted.messages.push(row)
      }
      expect(found.marks.sort((a, b) => a - b)).toEqual(wanted.marks)
      // A delivery whose receipt was learned late may once have seemed to end sooner or later than it does: it is looked at in vain, never missed.
      const messages = new Set(found.messages)
      expect(wanted.messages.filter((row) => !messages.has(row))).toEqual([])
    }
  })

  test('what is under way is what neither arrived nor was lost', () => {
    const open: number[] = []
    for (let row = 1; row <= columns.count; row++) if (columns.kind[row] === ChunkKind.send && columns.fate[row] === 0) open.push(row)
    expect([...whole.underway]).toEqual(open)
  })

  /** Every mark and every crossing, one by one: what is counted at any zoom. */
  const things = () => {
    const { endpoints, lanes } = columns
    const marks = lanes.map(({ list, length }) => Array.from(list.subarray(0, length), (point) => whole.placement.ofPoint(point)))
    const crossings = Array.from({ length: endpoints - 1 }, (): number[] => [])
    for (let row = 1; row <= columns.count; row++) {
      const lost = columns.kind[row] === ChunkKind.drop
      if (columns.kind[row] !== ChunkKind.deliver && !lost) continue
      const send = columns.cause[row] as number
      const [home, goal] = [columns.lane[send] as number, columns.lane[row] as number]
      const [from, to] = [whole.placement.ofRow(send), whole.placement.ofRow(row)]
      for (let gap = Math.min(home, goal); gap < Math.max(home, goal); gap++) {
        const gone = Math.abs(gap + 0.5 - home) / Math.abs(goal - home)
        if (gone <= (lost ? LOST_SHARE : 1)) crossings[gap]?.push(from + ((to - from) * gone) / (lost ? LOST_SHARE : 1))
      }
    }
    return { marks, crossings }
  }

  test.each([1, 40, 3000])('its density counts each mark once and each message once in each gap that it crosses, in %i slices', (count) => {
    const { marks, crossings } = things()
    const density = new Density()
    // What was counted before, elsewhere and in as many slices, is forgotten.
    density.count(whole, { from: whole.end / 3, size: whole.end / 9, count }, { count: 1, of: new Uint8Array(256) })
    for (const [from, length] of [[-1, whole.end * 1.001 + 2] as const, [whole.end * 0.4, whole.end * 0.03] as const]) {
      const size = length / count
      density.count(whole, { from, size, count }, { count: 1, of: new Uint8Array(256) })
      const counted = (places: readonly number[]) => {
        const counts = new Uint32Array(count)
        for (const place of places) {
          const slice = Math.floor((place - from) / size)
          if (slice >= 0 && slice < count) counts[slice] = (counts[slice] as number) + 1
        }
        return counts
      }
      expect(density.marks).toEqual(marks.map(counted))
      expect(density.messages.map(([all]) => all)).toEqual(crossings.map(counted))
    }
  })

  test('a line across the lanes and the cut that it makes are one', () => {
    for (let row = 1; row <= columns.count; row += 311) {
      const cut = cutAt(columns, row)
      const places = placesOf(whole.placement, cut, whole.end)
      // Steps of one microsecond cannot be told apart by a line: then all of them are in.
      const drawn = cutOf(whole.placement, places)
      for (const [lane, count] of cut.entries()) {
        const [last, wanted] = [drawn, cut].map((each) => whole.placement.ofPoint(lastIn(columns, each, lane)))
        if (axis === 'time') expect(last).toBe(wanted)
        else expect(drawn[lane]).toBe(count)
      }
      for (const [lane, count] of cut.entries()) {
        const on = moved(whole.placement, cut, lane, 1)
        if (on[lane] !== count) expect([...moved(whole.placement, on, lane, -1)]).toEqual([...cut])
      }
    }
  })
})

test.each([11, 12, 13])('read from its midst on (seed %i), a run has the bands that it has when it is read whole', (seed) => {
  const seen = seenRun(seed, 6000)
  const turns = seen.events.filter((event) => event.kind === 'node' || event.kind === 'action')
  const moment = firstMoment(seen.header.nodes, 1)
  const kept = (bands: readonly Band[]) => bands.map(({ kind, text, lanes, begin, end }) => ({ kind, text, lanes, end, from: begin.seq }))
  const bySigns = (bands: ReturnType<typeof kept>) => bands.map((band) => JSON.stringify(band)).sort()
  let older = 0
  for (const event of seen.events) {
    advance(moment, event)
    if (event.seq % 500 !== 0) continue
    const first = Math.max(1, event.seq - 400)
    const within = turns.filter(({ seq }) => seq >= first && seq <= event.seq + 400)
    const edge = { seq: first, atUs: seen.columns.atUs[first] as number }
    const found = bandsWithin(within, seen.endpoints, edge, { ...moment, atUs: event.atUs })
    older += found.filter(({ isOlder }) => isOlder).length
    // Those that hold at this very event: all that a view round it must not get wrong.
    const holds = ({ begin, end }: Band) => begin.seq <= event.seq && (end === undefined || end.seq > event.seq)
    const whole = bandsOf(turns, seen.endpoints).filter(holds)
    const wanted = kept(whole).map((band) => ({
      ...band,
      from: Math.max(first, band.from),
      end: band.end && band.end.seq <= event.seq + 400 ? band.end : undefined,
    }))
    expect(bySigns(kept(found.filter(holds)))).toEqual(bySigns(wanted))
  }
  expect(older).toBeGreaterThan(3)
})

test('a lane begins where its node is added, and ends where it is removed', () => {
  const endpoints = endpointIds(nodeIds(3))
  const [n3, at] = [nodeId('n3'), (seq: number) => ({ seq, atUs: seq * 10 })]
  const turns = [
    { kind: 'node', ...at(5), node: n3, change: { is: 'up', pid: 0, life: 1 } },
    { kind: 'node', ...at(9), node: n3, change: { is: 'down', asked: true, reason: 'removed', removed: true } },
  ] as const
  expect(bandsOf(turns, endpoints, 1)).toMatchObject([
    { kind: 'absent', lanes: [2], begin: { seq: 0 }, end: { seq: 5 }, text: 'n3 is not there yet' },
    { kind: 'absent', lanes: [2], begin: { seq: 9 }, end: undefined, text: 'n3 was removed' },
  ])
})
