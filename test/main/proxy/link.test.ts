/** A link and the clocks behind it, with a real time that the test holds in its hand. */
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Clock } from '../../../main/proxy/clock.ts'
import { Feeder } from '../../../main/proxy/feeder.ts'
import { HELD_BYTES_MAX, Link } from '../../../main/proxy/link.ts'
import { Schedule } from '../../../main/proxy/schedule.ts'
import { Vigil } from '../../../main/proxy/vigil.ts'
import { faultId } from '../../../protocols/core/ids.ts'
import { LinkFate } from '../../../protocols/net/link.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { FrameKind, FrameSplitter, readHeader, writeFrame } from '../../../protocols/wire/frame.ts'
import { type LogEntry, readFeed } from './feedLog.ts'

let nowMs = 0
beforeEach(() => {
  nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
})
afterEach(() => vi.restoreAllMocks())

const target = { all: true } as const

function makeLink(timeScale = 1) {
  const log: LogEntry[] = []
  const feeder = new Feeder({ post: (batch) => log.push(...readFeed(batch)), onPressure: () => {} })
  const clock = new Clock(0, timeScale)
  const schedule = new Schedule(clock)
  const fate = new LinkFate({ seed: 1, from: 0, to: 1, network: { delayMs: 0, jitterMs: 0 } })
  const link = new Link({
    from: 0,
    to: 1,
    name: 'n1→n2',
    fate,
    clock,
    feeder,
    schedule,
    vigil: new Vigil(),
    endpointCount: 2,
    messageTypes: ['A'],
  })
  const wire = new PassThrough({ highWaterMark: 1e9 })
  link.outlet.use(wire as unknown as Socket)
  const numbers: number[] = []
  const splitter = new FrameSplitter()
  const arrived = () => {
    const chunk: Buffer | null = wire.read()
    if (chunk) splitter.push(chunk, (_, view, start) => numbers.push(readHeader(view, start).number))
    return numbers
  }
  const incoming = new FrameSplitter()
  const enter = (...frames: { number: number; bytes?: number }[]) => {
    const out = new ByteWriter()
    for (const { number, bytes = 1 } of frames) {
      const stamps = { step: 1, lamport: 1, sentAtUs: 0, life: 1, clock: [1, 1] }
      writeFrame(out, { kind: FrameKind.message, from: 0, to: 1, type: 0, number, ...stamps }, JSON.stringify('x'.repeat(bytes)))
    }
    link.enter(incoming, 1, out.take())
  }
  const recorded = () => {
    feeder.close()
    return log
  }
  return { link, fate, clock, schedule, enter, arrived, recorded }
}

test('what is due goes before what comes in, even when its timer is late', () => {
  const { fate, enter, arrived, schedule } = makeLink()
  fate.arm({ kind: 'delay', id: faultId('f'), target, delayMs: 10, jitterMs: 0, rule: { count: 1 } }, 1)
  enter({ number: 1 })
  expect(arrived()).toEqual([])
  nowMs = 10.5 // no timer had a chance to ring
  enter({ number: 2 })
  expect(arrived()).toEqual([1, 2])
  schedule.close()
})

test('what came after a delayed message waits its turn, and both go in one write', () => {
  const { fate, enter, arrived, schedule, clock } = makeLink()
  fate.arm({ kind: 'delay', id: faultId('f'), target, delayMs: 10, jitterMs: 0, rule: { count: 1 } }, 1)
  enter({ number: 1 }, { number: 2 }, { number: 3 })
  expect(arrived()).toEqual([])
  nowMs = 11
  schedule.run(clock.nowUs())
  expect(arrived()).toEqual([1, 2, 3])
  schedule.close()
})

test('the time scale stretches what is still to wait, not what was waited already', () => {
  const { fate, enter, arrived, schedule, clock } = makeLink(2)
  fate.arm({ kind: 'delay', id: faultId('f'), target, delayMs: 10, jitterMs: 0 }, 1)
  enter({ number: 1 }) // due after 20 real milliseconds
  nowMs = 10 // half of it
  clock.setScale(6) // 5 ms of run time are left: 30 real ones
  schedule.reset()
  const arrivedAt = (ms: number) => {
    nowMs = ms
    schedule.run(clock.nowUs())
    return arrived().length
  }
  expect([arrivedAt(11), arrivedAt(39), arrivedAt(41)]).toEqual([0, 0, 1])
  schedule.close()
})

test('the run clock goes on steadily over changes of scale', () => {
  const clock = new Clock(0, 4)
  nowMs = 8
  expect(clock.runMs(clock.nowUs())).toBeCloseTo(2, 2)
  clock.setScale(1)
  expect(clock.runMs(clock.nowUs())).toBeCloseTo(2, 2)
  nowMs = 11
  expect(clock.runMs(clock.nowUs())).toBeCloseTo(5, 2)
  expect(clock.realMsUntil(7, clock.nowUs())).toBeCloseTo(2, 2)
})

test('parcels leave the schedule by time, equal times in the order in which they came', () => {
  const clock = new Clock(0, 1)
  const schedule = new Schedule(clock)
  const left: number[] = []
  const receiver = { arrive: ({ copies }: { copies: number }) => left.push(copies), settle: () => {} }
  const dues = Array.from({ length: 500 }, (_, index) => ({ dueMs: (index * 7919) % 50, index }))
  for (const { dueMs, index } of dues) schedule.add({ bytes: new Uint8Array(1), dueMs, copies: index }, receiver)
  nowMs = 24.5
  schedule.run(clock.nowUs())
  expect(left.length).toBe(250)
  nowMs = 100
  schedule.run(clock.nowUs())
  expect(left).toEqual([...dues].sort((a, b) => a.dueMs - b.dueMs || a.index - b.index).map(({ index }) => index))
  expect(schedule.size).toBe(0)
  schedule.close()
})

test('a gate holds so much and no more: what comes on top is dropped as overflow', () => {
  const { fate, enter, recorded } = makeLink()
  fate.arm({ kind: 'hold', id: faultId('f'), target }, 1)
  const bytes = 1024 * 1024
  for (let number = 1; number <= 9; number++) enter({ number, bytes })
  const log = recorded()
  expect(log.filter(({ kind }) => kind === 'hold').length).toBe(Math.floor(HELD_BYTES_MAX / bytes) - 1)
  const drops = log.filter((entry) => entry.kind === 'drop')
  expect(drops.length).toBe(2)
  expect(drops[0]).toEqual(expect.objectContaining({ why: 'overflow' }))
})

test('deliveries are recorded no earlier than their sends', () => {
  const { fate, enter, recorded, schedule, clock } = makeLink()
  fate.arm({ kind: 'delay', id: faultId('f'), target, delayMs: 3, jitterMs: 3 }, 1)
  for (let number = 1; number <= 50; number++) {
    nowMs = number * 0.7
    enter({ number })
  }
  nowMs = 1000
  schedule.run(clock.nowUs())
  const sent = new Map<number, number>()
  let delivered = 0
  for (const entry of recorded()) {
    if (entry.kind === 'send') sent.set(entry.message, entry.atUs)
    if (entry.kind !== 'deliver') continue
    delivered += 1
    expect(entry.atUs).toBeGreaterThanOrEqual(sent.get(entry.message) ?? Number.NaN)
  }
  expect(delivered).toBe(50)
  schedule.close()
})
