// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { eventText } from '../../../protocols/words/eventText.ts'
import { useEvents } from '../../../renderer/stores/events.ts'
import { useFaults } from '../../../renderer/stores/faults.ts'
import { useTelling } from '../../../renderer/stores/telling.ts'
import { type Bench, bench } from './bench.ts'

const [n1, n2] = [nodeId('n1'), nodeId('n2')]
let it: Bench
let faults: ReturnType<typeof useFaults>
beforeEach(async () => {
  it = await bench()
  faults = useFaults()
  await it.startLive()
  it.fake.tick(400)
})

const cut = () => faults.arm({ kind: 'cut', target: { links: [[n1, n2]] } })

test('an armed fault shows at the live end and is lifted by undo', async () => {
  const armed = await cut()
  it.fake.tick(33)
  expect(faults.armedNow).toEqual([armed])
  expect(faults.armed).toEqual([armed])
  await faults.undo()
  it.fake.tick(33)
  expect(faults.armedNow).toEqual([])
})

test('what a message was lost to is named after the fault was lifted, too', async () => {
  const armed = await faults.arm({ kind: 'cut', target: { all: true } })
  it.fake.tick(400)
  if (armed) await faults.lift(armed.id)
  it.fake.tick(400)
  expect(faults.armedNow).toEqual([])
  const { events } = await useEvents().read('kind:drop', 1, 1000)
  expect(events.map((event) => eventText(event, useTelling().value)).filter((text) => !text.endsWith(' lost: Cut every link'))).toEqual([])
  expect(events.length).toBeGreaterThan(0)
  expect(it.run.marks.filter(({ fault }) => fault === armed?.id).map(({ text }) => text)).toEqual([
    'Cut every link',
    'Lifted: Cut every link',
  ])
})

test('undoing a lift arms the same fault again', async () => {
  const armed = await cut()
  it.fake.tick(33)
  if (armed) await faults.lift(armed.id)
  it.fake.tick(33)
  expect(faults.armedNow).toEqual([])
  await faults.undo()
  it.fake.tick(33)
  expect(faults.armedNow).toMatchObject([{ kind: 'cut', target: { links: [[n1, n2]] } }])
})

test('a crash is undone by a restart, a pause by going on', async () => {
  await faults.actOnNode(n1, 'crash')
  await faults.actOnNode(n2, 'pause')
  it.fake.tick(33)
  expect(it.run.now?.nodes.get(n1)?.status).toBe('down')
  expect(it.run.now?.nodes.get(n2)?.status).toBe('paused')
  await faults.undo()
  await faults.undo()
  it.fake.tick(400)
  expect(it.run.now?.nodes.get(n1)?.status).toBe('up')
  expect(it.run.now?.nodes.get(n2)?.status).toBe('up')
  expect(faults.undoText).toBeUndefined()
})

test('heal all lifts every fault and brings every node back; undo arms the faults again', async () => {
  await cut()
  await faults.actOnNode(n1, 'crash')
  it.fake.tick(33)
  expect(faults.anythingBroken).toBe(true)
  await faults.heal()
  it.fake.tick(400)
  expect(faults.anythingBroken).toBe(false)
  await faults.undo()
  it.fake.tick(33)
  expect(faults.armedNow).toHaveLength(1)
})

test('breaking acts on now, though the playhead stands in the past', async () => {
  await it.playback.jumpTo(5)
  await cut()
  it.fake.tick(33)
  expect(faults.armed).toEqual([])
  expect(faults.armedNow).toHaveLength(1)
})

test('nothing can be done to a run that has ended', async () => {
  await it.run.stop()
  expect(faults.canAct).toBe(false)
  expect(await cut()).toBeUndefined()
})

test('clocks and disks of simulated nodes are set, shown, put right, and each of it is undone', async () => {
  await it.startLive('simulation')
  it.fake.tick(400)
  expect(await faults.setClock(n1, { skewMs: 500, driftPpm: 0 })).toBe(true)
  await faults.setSync(n2, { min: 20, max: 80 })
  it.fake.tick(33)
  expect(faults.ailing.map(({ text }) => text)).toEqual([
    'The clock of n1 is 500 ms ahead',
    'The disk of n2 is slow: a sync takes 20 ms to 80 ms',
  ])
  expect(faults.anythingBroken).toBe(true)
  const list = faults.ailing
  it.fake.tick(100)
  expect(faults.ailing).toBe(list) // steps of nodes do not draw it anew
  await faults.setClock(n1, { skewMs: -20, driftPpm: 0 })
  await faults.undo()
  it.fake.tick(33)
  expect(it.run.now?.nodes.get(n1)?.clock).toEqual({ skewMs: 500, driftPpm: 0 })
  await faults.setRight(n1, 'clock')
  it.fake.tick(33)
  expect(faults.isAilingNow(n1, 'clock')).toBe(false)
  await faults.undo()
  it.fake.tick(33)
  await faults.heal()
  it.fake.tick(33)
  expect(faults.ailing).toEqual([])
  await faults.undo()
  it.fake.tick(33)
  expect(faults.ailing).toHaveLength(2)
})

test('a real process has no clock of its own: it is refused, and nothing is there to undo', async () => {
  expect(await faults.setClock(n1, { skewMs: 500, driftPpm: 0 })).toBe(false)
  expect(faults.undoText).toBeUndefined()
})
