// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { nodeId, type RunId } from '../../../protocols/core/ids.ts'
import { decodeMoment } from '../../../protocols/core/moment.ts'
import { snapshot } from '../../../renderer/model/snapshot.ts'
import { type Bench, bench, until } from './bench.ts'

const EVENTFUL = 'Leader crash and partition'
let it: Bench

beforeEach(async () => {
  it = await bench()
})

/** What the lab itself says of an event. */
async function truth(run: RunId, seq: number) {
  return snapshot(decodeMoment(await it.fake.call('run.moment', { run, seq })))
}

test('a recorded run opens at its end, at rest', async () => {
  const run = await it.open(EVENTFUL)
  expect(it.playback.mode).toBe('paused')
  expect(it.playback.seq).toBe(it.run.lastSeq)
  expect(it.playback.moment).toEqual(await truth(run, it.run.lastSeq))
})

test('the moment is exact wherever the playhead jumps, and however it got there', async () => {
  const run = await it.open(EVENTFUL)
  for (const seq of [5000, 5001, 5040, 4999, 1, 0, 9100, 9099, 9600, 20_000]) {
    await it.playback.jumpTo(seq)
    expect(it.playback.seq).toBe(seq)
    expect(it.playback.moment).toEqual(await truth(run, seq))
  }
})

test('of many jumps in a row only the last one counts', async () => {
  const run = await it.open(EVENTFUL)
  const jumps = [9000, 3000, 12_000, 700].map((seq) => it.playback.jumpTo(seq))
  await Promise.all(jumps)
  await until(() => !it.playback.seeking)
  expect(it.playback.seq).toBe(700)
  expect(it.playback.moment).toEqual(await truth(run, 700))
})

test('an answer that comes late does not pull the playhead back', async () => {
  const run = await it.open(EVENTFUL)
  const late: (() => void)[] = []
  it.lab.attach({
    ...it.fake,
    call: async (command, request) => {
      const answer = await it.fake.call(command, request)
      if (command === 'run.moment') await new Promise<void>((resolve) => late.push(resolve))
      return answer
    },
  })
  const jumps = [it.playback.jumpTo(9000), it.playback.jumpTo(3000)]
  await until(() => late.length === 2)
  late[1]?.()
  await jumps[1]
  late[0]?.()
  await jumps[0]
  expect(it.playback.seq).toBe(3000)
  expect(it.playback.moment).toEqual(await truth(run, 3000))
})

test('a jump beyond the ends goes to the ends', async () => {
  await it.open(EVENTFUL)
  await it.playback.jumpTo(-5)
  expect(it.playback.seq).toBe(0)
  await it.playback.jumpTo(1e9)
  expect(it.playback.seq).toBe(it.run.lastSeq)
})

test('a time leads to the last event at or before it, and the playhead stands at that very time', async () => {
  const run = await it.open(EVENTFUL)
  await it.playback.seekTime(17_345_678)
  const { seq } = await it.fake.call('run.seek', { run, atUs: 17_345_678 })
  expect(it.playback.seq).toBe(seq)
  expect(it.playback.atUs).toBe(17_345_678)
})

test('stepping by node stops at the events of that node alone', async () => {
  const run = await it.open(EVENTFUL)
  await it.playback.jumpTo(4000)
  await it.playback.stepNode(nodeId('n3'), 1)
  const forward = it.playback.seq
  expect(forward).toBeGreaterThan(4000)
  const { events } = await it.fake.call('run.events', { run, from: 4001, limit: 1, where: 'node:n3' })
  expect(forward).toBe(events[0]?.seq)
  await it.playback.stepNode(nodeId('n3'), -1)
  expect(it.playback.seq).toBeLessThan(forward)
})

test('] and [ walk along what was broken', async () => {
  await it.open(EVENTFUL)
  const stops = it.run.marks.filter(({ kind }) => ['crash', 'pause', 'fault', 'wipe', 'violation'].includes(kind)).map(({ seq }) => seq)
  await it.playback.jumpTo(0)
  for (const stop of stops) {
    await it.playback.stepMark(1)
    expect(it.playback.seq).toBe(stop)
  }
  await it.playback.stepMark(-1)
  expect(it.playback.seq).toBe(stops.at(-2))
})

test('playing walks through every event up to the end and rests there with the exact moment', async () => {
  const run = await it.open('Seven nodes at rest')
  await it.playback.seekTime(4_500_000)
  const seen: number[] = []
  it.playback.setSpeed(10)
  it.playback.play()
  expect(it.playback.mode).toBe('playing')
  await until(() => {
    seen.push(it.playback.seq)
    return it.playback.mode === 'paused'
  }, 20_000)
  expect(it.playback.seq).toBe(it.run.lastSeq)
  expect(it.playback.moment).toEqual(await truth(run, it.run.lastSeq))
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
})

test('playing from the end begins again at the beginning', async () => {
  await it.open('Seven nodes at rest')
  it.playback.play()
  await until(() => it.playback.mode === 'playing')
  expect(it.playback.seq).toBeLessThan(200)
  it.playback.pause()
})

test('a live run is followed, event by event', async () => {
  const run = await it.startLive()
  expect(it.playback.mode).toBe('live')
  for (let i = 0; i < 40; i++) it.fake.tick(33)
  await until(() => it.playback.seq === it.run.lastSeq)
  expect(it.run.lastSeq).toBeGreaterThan(50)
  expect(it.playback.moment).toEqual(await truth(run, it.run.lastSeq))
})

test('moving the playhead back while live leaves the recording growing; one act goes back to now', async () => {
  const run = await it.startLive()
  for (let i = 0; i < 40; i++) it.fake.tick(33)
  await it.playback.jumpTo(40)
  const [then, length] = [it.playback.moment, it.run.lastSeq]
  for (let i = 0; i < 20; i++) it.fake.tick(33)
  await until(() => it.run.lastSeq > length)
  expect(it.playback.mode).toBe('paused')
  expect(it.playback.seq).toBe(40)
  expect(it.playback.moment).toEqual(then)
  it.playback.goLive()
  expect(it.playback.mode).toBe('live')
  expect(it.playback.seq).toBe(it.run.lastSeq)
  expect(it.playback.moment).toEqual(await truth(run, it.run.lastSeq))
})

test('a run that ends under the live playhead leaves it at the end, at rest', async () => {
  await it.startLive()
  it.fake.tick(500)
  await it.run.stop()
  await until(() => it.playback.mode === 'paused' && !it.playback.seeking)
  expect(it.playback.seq).toBe(it.run.lastSeq)
  expect(it.playback.moment?.ended).toBe(true)
})

test('messages near the playhead stand on their links at its time, with the time of their arrival', async () => {
  await it.open(EVENTFUL)
  await it.playback.seekTime(10_000_000)
  await until(() => it.playback.flightsNow().some((flight) => flight.endAtUs !== undefined))
  const flights = it.playback.flightsNow()
  const known = new Set(it.playback.moment?.inFlight.keys())
  expect(
    new Set(flights.filter((flight) => flight.endAtUs === undefined || flight.endAtUs > 10_000_000).map(({ message }) => message)),
  ).toEqual(known)
})
