// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { useReadout } from '../../../renderer/stores/readout.ts'
import { type Bench, bench, until } from './bench.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a playhead that rests is read at once', async () => {
  const readout = useReadout()
  await it.open('Leader crash and partition')
  await it.playback.jumpTo(1200)
  await nextTick()
  expect(readout.now.seq).toBe(1200)
  expect(readout.now.moment).toBe(it.playback.moment)
  await it.playback.stepBy(1)
  await nextTick()
  expect(readout.now.seq).toBe(1201)
})

test('a live run is read as of one instant, again and again, and its end is not missed', async () => {
  const readout = useReadout()
  await it.startLive()
  it.fake.tick(2000)
  await until(() => readout.now.lastSeq === it.run.lastSeq && it.run.lastSeq > 0)
  expect(readout.now).toMatchObject({ seq: it.playback.seq, lengthUs: it.run.lengthUs, atUs: it.run.lengthUs })
  expect(readout.now.moment?.seq).toBe(readout.now.seq)
})

test('a log that nobody could read is told more seldom, and what stands out in it at once', async () => {
  const readout = useReadout()
  await it.startLive()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const grow = async (runMs: number) => {
    it.fake.tick(runMs)
    await nextTick()
  }
  await grow(60_000) // much of it in no time: a crowd; with an election, which is told at once
  const { lastSeq } = readout.now
  expect(lastSeq).toBe(it.run.lastSeq)
  await grow(1000)
  vi.advanceTimersByTime(399)
  expect(readout.now.lastSeq).toBe(lastSeq)
  vi.advanceTimersByTime(1)
  expect(readout.now.lastSeq).toBe(it.run.lastSeq)
  it.run.marks = [...it.run.marks, { seq: it.run.lastSeq, atUs: it.run.lengthUs, kind: 'crash', text: 'n1 is down' } as never]
  await grow(10)
  expect(readout.now.lastSeq).toBe(it.run.lastSeq)
})
