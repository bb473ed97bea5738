/** Causal rank against the plain definition, longest chain of causes, however the run is cut into pieces that come one by one. */
import { describe, expect, test } from 'vitest'
import { Columns, type Row } from '../../../protocols/causality/columns.ts'
import { Gatherer } from '../../../protocols/causality/gather.ts'
import { Ranks } from '../../../protocols/causality/rank.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { seedsOf } from '../../support/seeds.ts'
import { simulatedRun } from '../../support/simulatedRun.ts'

const seeds = seedsOf('rank', 3)

/** By point, the length of the longest chain that ends in it, by definition. */
function longest(columns: Columns): number[] {
  const causes: number[][] = Array.from({ length: columns.points + 1 }, () => [])
  for (const { list, length } of columns.lanes) for (let i = 1; i < length; i++) causes[list[i] as number]?.push(list[i - 1] as number)
  for (let row = 1; row <= columns.count; row++)
    if (columns.kind[row] === ChunkKind.deliver && columns.point[row] !== 0) {
      const sent = columns.point[columns.cause[row] as number] as number
      if (sent !== 0) causes[columns.point[row] as number]?.push(sent)
    }
  const found = new Array<number>(columns.points + 1).fill(0)
  const rank = (point: number): number => {
    // Without recursion: a chain may be as long as the run.
    const open = [point]
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
      const missing = causes[at]?.filter((cause) => found[cause] === 0) ?? []
      if (missing.length > 0) open.push(...missing)
      else {
        found[at] = 1 + Math.max(0, ...(causes[at]?.map((cause) => found[cause] as number) ?? []))
        open.pop()
      }
    }
    return found[point] as number
  }
  for (let point = 1; point <= columns.points; point++) rank(point)
  return found
}

describe.each(seeds)('a run of seed %i', (seed) => {
  const run = simulatedRun(seed, 4000)

  test('each rank is the length of the longest chain that ends there', () => {
    const gatherer = new Gatherer(run.header)
    const columns = new Columns(gatherer.endpoints)
    const ranks = new Ranks(columns)
    for (const event of run.events) {
      columns.add(gatherer.take(event))
      if ((event.seq * seed) % 37 === 0) ranks.grow()
    }
    ranks.grow()
    const wanted = longest(columns)
    expect([...ranks.of.subarray(1, columns.points + 1)]).toEqual(wanted.slice(1))
    expect(ranks.max).toBe(Math.max(...wanted))
  })
})

const clean: Row = { kind: 0, lane: 0, to: 255, type: 0, atUs: 0, cause: 0, stamp: undefined }

test('a step that is recorded too late moves what follows it', () => {
  const columns = new Columns(2)
  const ranks = new Ranks(columns)
  const step = (lane: number, ...clock: number[]) =>
    columns.add({ ...clean, kind: ChunkKind.invoke, lane, stamp: { lamport: Math.max(...clock), clock } })
  step(1, 0, 1)
  step(1, 0, 3)
  expect(ranks.grow()).toBe(false)
  expect([...ranks.of.subarray(1, 3)]).toEqual([1, 2])
  step(1, 0, 2)
  expect(ranks.grow()).toBe(true)
  expect([...ranks.of.subarray(1, 4)]).toEqual([1, 3, 2])
})

test('causes that go round in a circle end, too', () => {
  const columns = new Columns(2)
  const send = (lane: number, to: number, clock: number[]) =>
    columns.add({ ...clean, kind: ChunkKind.send, lane, to, stamp: { lamport: 1, clock } })
  send(0, 1, [1, 0])
  send(1, 0, [0, 1])
  for (const [cause, point] of [
    [1, 2],
    [2, 1],
  ] as const) {
    columns.add({ ...clean, kind: ChunkKind.deliver, cause })
    columns.point[columns.count] = point
  }
  new Ranks(columns).grow()
})
