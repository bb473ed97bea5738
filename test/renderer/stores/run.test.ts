// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { decodeMoment } from '../../../protocols/core/moment.ts'
import { snapshot } from '../../../renderer/model/snapshot.ts'
import { useEvents } from '../../../renderer/stores/events.ts'
import { useStates } from '../../../renderer/stores/states.ts'
import { type Bench, bench, until } from './bench.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
})

test('density and marks grow with the recording', async () => {
  await it.startLive()
  for (let i = 0; i < 60; i++) it.fake.tick(33)
  await until(() => it.run.marks.some(({ kind }) => kind === 'leader'))
  expect(it.run.density.events.reduce((sum, count) => sum + count, 0)).toBe(it.run.lastSeq)
})

test('where the stream leaves events out, the moment that stands for them is taken', async () => {
  const run = await it.startLive()
  it.fake.tick(300)
  const whole = await it.fake.call('run.moment', { run, seq: it.run.lastSeq })
  const ahead = { ...whole, seq: whole.seq + 500, atUs: whole.atUs + 5 }
  it.lab.attach({
    call: it.fake.call.bind(it.fake),
    onConnection: () => () => undefined,
    onChange: (listener) => {
      listener({ kind: 'grew', run, lastSeq: ahead.seq, lengthUs: ahead.atUs, events: [], moment: ahead, rates: {}, marks: [] })
      return () => undefined
    },
  })
  expect(it.run.now).toEqual(snapshot(decodeMoment(ahead)))
  expect(it.run.lastSeq).toBe(ahead.seq)
})

test('a gap in the stream is closed by asking for the whole moment', async () => {
  const run = await it.startLive()
  it.fake.tick(200)
  const before = it.run.lastSeq
  await it.fake.call('run.watch', { run, on: false })
  it.fake.tick(400) // unheard
  await it.fake.call('run.watch', { run, on: true })
  it.fake.tick(100)
  expect(it.run.lastSeq).toBeGreaterThan(before)
  await until(() => it.run.now?.seq === it.run.lastSeq)
  expect(it.run.now).toEqual(snapshot(decodeMoment(await it.fake.call('run.moment', { run, seq: it.run.lastSeq }))))
})

test('a run that is deleted elsewhere is closed here', async () => {
  const run = await it.open('Seven nodes at rest')
  await it.fake.call('runs.delete', { run })
  await until(() => !it.run.isOpen)
})

test('a run that cannot be opened leaves none open', async () => {
  await expect(it.run.open('run-none' as never)).rejects.toThrow('no run run-none')
  expect(it.run.isOpen).toBe(false)
  expect(it.run.opening).toBe(false)
})

test('events are fetched by pages, once, and kept', async () => {
  const run = await it.open('Leader crash and partition')
  const events = useEvents()
  let asked = 0
  const call = it.fake.call.bind(it.fake)
  it.lab.attach({
    ...it.fake,
    call: (command, request) => {
      if (command === 'run.events') asked++
      return call(command, request)
    },
  })
  await Promise.all([events.ensure(3001, 3400), events.ensure(3100, 3300), events.fetch(3200)])
  expect(asked).toBe(1)
  expect(events.get(3200)?.seq).toBe(3200)
  const { events: told } = await call('run.events', { run, from: 3001, limit: 400 })
  expect(told.map(({ seq }) => events.peek(seq))).toEqual(told)
})

test('states follow the playhead while somebody looks, and only then', async () => {
  await it.open('Leader crash and partition')
  const states = useStates()
  await it.playback.jumpTo(500)
  expect(states.states).toBeUndefined()
  const letGo = states.retain()
  await until(() => states.states?.seq === 500)
  await it.playback.jumpTo(700)
  await until(() => states.states?.seq === 700)
  expect(states.of('n1' as never)?.state).toMatchObject({ currentTerm: 1 })
  letGo()
  await it.playback.jumpTo(900)
  await until(() => !it.playback.seeking)
  expect(states.states?.seq).toBe(700)
})
