/** Columns of a run are the same whether they come from objects, from packed chunks, or over a wire in blocks; and their points are its steps. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { RunReader } from '../../../main/recorder/reader.ts'
import { BlockWriter, takeRows } from '../../../protocols/causality/block.ts'
import { Columns } from '../../../protocols/causality/columns.ts'
import { Gatherer } from '../../../protocols/causality/gather.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { seedsOf } from '../../support/seeds.ts'
import { simulatedFile } from '../../support/simulatedRun.ts'

const seeds = seedsOf('columns', 4)

function gathered(run: { readonly header: RunReader['header']; readonly events: readonly RunEvent[] }): Columns {
  const gatherer = new Gatherer(run.header)
  const columns = new Columns(gatherer.endpoints)
  for (const event of run.events) columns.add(gatherer.take(event))
  return columns
}

const rows = (columns: Columns) => ({
  ...{ count: columns.count, points: columns.points, hasClocks: columns.hasClocks },
  each: Array.from({ length: columns.count }, (_, i) => {
    const { kind, lane, to, type, atUs, cause, fate, point } = columns
    return [kind, lane, to, type, atUs, cause, fate, point].map((column) => column[i + 1])
  }),
  stamps: Array.from({ length: columns.points }, (_, i) => {
    const { endpoints } = columns
    return [
      columns.pointRow[i + 1],
      columns.pointLane[i + 1],
      columns.lamport[i + 1],
      ...columns.clock.slice((i + 1) * endpoints, (i + 2) * endpoints),
    ]
  }),
  lanes: columns.lanes.map(({ list, length }) => [...list.slice(0, length)]),
})

describe.each(seeds)('a run of seed %i', (seed) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'synod-columns-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'run.synod')
  const run = simulatedFile(file, seed, 6000)
  const whole = gathered(run)

  test('comes out of its file as it comes out of its events', () => {
    const reader = new RunReader(file)
    const columns = new Columns(whole.endpoints)
    let turns = 0
    for (;;) {
      const block = reader.columns(columns.count + 1)
      if (block.rows === 0) break
      takeRows(columns, block.bytes)
      turns += block.turns.length
    }
    expect(rows(columns)).toEqual(rows(whole))
    expect(turns).toBe(run.events.filter(({ kind }) => kind === 'node' || kind === 'action').length)
    // Asked once more from the middle on, it says the same.
    const middle = reader.columns(Math.floor(run.events.length / 2))
    expect(middle.bytes).toEqual(reader.columns(Math.floor(run.events.length / 2)).bytes)
    reader.close()
  })

  test('a stretch apart has the same rows under the same numbers; all that it lacks was sent before it', () => {
    const reader = new RunReader(file)
    const wanted = 1 + Math.floor((run.events.length * 2) / 3)
    const block = reader.columns(wanted, 800)
    expect(block.from).toBeLessThanOrEqual(wanted)
    expect(block.from + block.rows).toBe(wanted + 800)
    const columns = new Columns(whole.endpoints, block.from, block.rows)
    takeRows(columns, block.bytes)
    expect([columns.has(block.from - 1), columns.has(block.from), columns.has(wanted + 800)]).toEqual([false, true, false])
    for (let row = block.from; row <= columns.count; row++) {
      const at = (of: Columns) => [of.kind, of.to, of.type, of.atUs].map((column) => column[row])
      expect(at(columns)).toEqual(at(whole))
      const cause = whole.cause[row] as number
      expect(columns.cause[row]).toBe(cause >= block.from ? cause : 0)
      const isStep = whole.pointRow[whole.point[row] as number] === row
      if (isStep) expect(columns.pointRow[columns.point[row] as number]).toBe(row)
    }
    // Those who read from the beginning are not disturbed by it.
    const before = reader.columns(1)
    reader.columns(wanted, 10)
    expect(reader.columns(before.rows + 1).rows).toBe(Math.max(0, run.events.length - before.rows))
    reader.close()
  })

  test('survives being cut into blocks of any length', () => {
    const gatherer = new Gatherer(run.header)
    const columns = new Columns(whole.endpoints)
    for (let next = 0, size = 1; next < run.events.length; size = (size * 3) % 1000) {
      const part = run.events.slice(next, next + size)
      const block = new BlockWriter(next + 1, size, gatherer.endpoints)
      for (const event of part) block.add(gatherer.take(event))
      takeRows(columns, block.bytes())
      next += part.length
    }
    expect(rows(columns)).toEqual(rows(whole))
  })

  test('has a point for each step, with its stamp, and puts what belongs to a step into it', () => {
    const endpoints = [...run.header.nodes, 'clients']
    const rowOf = new Map<string, number>()
    let hasCrashed = false
    for (const event of run.events) {
      if (event.kind === 'node' && event.change.is === 'down') hasCrashed = true
      if (event.kind !== 'step') continue
      const lane = endpoints.indexOf(event.node)
      rowOf.set(`${lane} ${event.clock[lane]}`, event.seq)
      const point = whole.point[event.seq] as number
      expect(whole.pointRow[point]).toBe(event.seq)
      expect(whole.tickOf(point)).toBe(event.clock[lane])
      expect(whole.pointFrom(lane, event.clock[lane] as number)).toBe(point)
      const clock = [...whole.clock.slice(point * whole.endpoints, (point + 1) * whole.endpoints)]
      expect(clock.every((count, of) => count >= (event.clock[of] as number))).toBe(true)
      if (!hasCrashed) expect(clock).toEqual(event.clock)
      const delivery = whole.cause[event.seq] as number
      if (delivery !== 0) expect(whole.point[delivery]).toBe(point)
    }
    for (const event of run.events) {
      if (event.kind !== 'send' || event.from === 'clients') continue
      const lane = endpoints.indexOf(event.from)
      expect(whole.pointRow[whole.point[event.seq] as number]).toBe(rowOf.get(`${lane} ${event.clock[lane]}`))
    }
  })

  test('knows of each message where it went and what became of it', () => {
    const sends = new Map(run.events.flatMap((event) => (event.kind === 'send' ? [[event.message, event.seq] as const] : [])))
    const first = new Map<number, number>()
    for (const event of run.events) {
      if (event.kind !== 'deliver' && event.kind !== 'drop' && event.kind !== 'hold') continue
      const send = sends.get(event.message) as number
      expect(whole.cause[event.seq]).toBe(send)
      expect(whole.lane[event.seq]).toBe(whole.to[send])
      if (event.kind !== 'hold' && !first.has(send)) first.set(send, event.seq)
    }
    for (const send of sends.values()) expect(whole.fate[send]).toBe(first.get(send) ?? 0)
  })
})

test('rows that do not follow are refused', () => {
  const columns = new Columns(2)
  const block = new BlockWriter(5, 1, 2)
  block.add({ kind: 1, lane: 0, to: 0, type: 0, atUs: 0, cause: 0, stamp: { lamport: 1, clock: [1, 0] } })
  expect(() => takeRows(columns, block.bytes())).toThrow(RangeError)
})
