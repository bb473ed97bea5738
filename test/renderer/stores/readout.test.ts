// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { useReadout } from '../../../renderer/stores/readout.ts'
import { type Bench, bench, until } from './bench.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
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
