// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { useFaults } from '../../../renderer/stores/faults.ts'
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
