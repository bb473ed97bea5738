// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { type NodeId, nodeId, type RunId } from '../../../protocols/core/ids.ts'
import { useFaults } from '../../../renderer/stores/faults.ts'
import { useRefusals } from '../../../renderer/stores/refusals.ts'
import { useSeats } from '../../../renderer/stores/seats.ts'
import { type Bench, bench, until } from './bench.ts'

const n6 = nodeId('n6')
let it: Bench
let seats: ReturnType<typeof useSeats>
beforeEach(async () => {
  it = await bench()
  seats = useSeats()
  useRefusals() // hears what is said to them
})

async function begin(config: { protocol: string; service: string }): Promise<void> {
  const id = await it.lab.start({ ...config, mode: 'simulation', nodes: 7, spares: 2, seed: 4 })
  await it.run.open(id)
  await until(() => it.playback.moment !== undefined)
  it.fake.tick(1000)
}

/** Lets the run go on until it has come to something; there is enough time for everything that Dynamo and Raft do here. */
async function goOn(is: () => boolean): Promise<void> {
  for (let ms = 0; ms < 10_000 && !is(); ms += 100) {
    it.fake.tick(100)
    await nextTick()
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  expect(is()).toBe(true)
}

const statusOf = () => it.run.now?.nodes.get(n6)?.status
async function done(): Promise<string[]> {
  const { events } = await it.lab.call('run.events', { run: it.run.id as never, from: 1, limit: 5000, where: 'kind:action' })
  return events.flatMap((event) => {
    if (event.kind !== 'action') return []
    const { action } = event
    return action.do === 'node'
      ? [`${action.what} ${action.node}`]
      : action.do === 'control'
        ? [`tell ${action.node} ${action.control.name}`]
        : []
  })
}

test('a node that is added is told to join once it is up; undone, it is told to leave, and its process ends when it is out', async () => {
  await begin({ protocol: 'dynamo', service: 'store' })
  expect(seats.empty).toEqual(['n6', 'n7'])
  await seats.add(n6)
  it.fake.tick(1)
  expect(statusOf()).toBe('starting')
  expect(await done()).toEqual(['add n6'])
  it.fake.tick(400)
  await until(() => seats.changing.get(n6)?.told?.node === n6)
  expect(await done()).toEqual(['add n6', 'tell n6 join'])
  expect(seats.empty).toEqual(['n7'])
  await goOn(() => seats.changing.size === 0)
  expect(seats.isMember(n6)).toBe(true)

  expect(useFaults().undoText).toBe('Undo adding n6')
  await useFaults().undo()
  await until(() => seats.changing.get(n6)?.is === 'leaves' && seats.changing.get(n6)?.told?.node === n6)
  expect(statusOf()).toBe('up')
  await goOn(() => statusOf() === 'empty' && seats.changing.size === 0)
  expect(await done()).toEqual(['add n6', 'tell n6 join', 'tell n6 leave', 'remove n6'])
})

test('its process can be ended before it is out', async () => {
  await begin({ protocol: 'dynamo', service: 'store' })
  await seats.add(n6)
  it.fake.tick(400)
  await until(() => seats.changing.get(n6)?.told?.node === n6)
  await seats.end(n6)
  it.fake.tick(33)
  expect(statusOf()).toBe('empty')
  expect(seats.changing.size).toBe(0)
  expect((await done()).at(-1)).toBe('remove n6')
})

/** A server that nobody hears, and of whom the leader was told: resolves to the leader. */
async function deaf(): Promise<NodeId> {
  await begin({ protocol: 'raft', service: 'kv' })
  const others = it.run.nodes.filter((node) => node !== n6)
  await it.lab.call('run.arm', { run: it.run.id as RunId, fault: { kind: 'cut', target: { groups: [[n6], others] } } })
  await seats.add(n6)
  it.fake.tick(100)
  await until(() => seats.changing.get(n6)?.told !== undefined)
  return seats.changing.get(n6)?.told?.node as NodeId
}

test('one that is refused says why, is not asked by itself, and can be let be', async () => {
  const leader = await deaf()
  await goOn(() => seats.changing.get(n6)?.refused !== undefined)
  expect(seats.changing.get(n6)?.refused).toEqual({ by: leader, why: 'n6 does not get on' })
  it.fake.tick(2000)
  await until(() => true)
  expect(await done()).toEqual(['add n6', `tell ${leader} addServer`])
  seats.again(n6)
  await until(() => seats.changing.get(n6)?.refused === undefined && seats.changing.get(n6)?.told !== undefined)
  expect(await done()).toEqual(['add n6', `tell ${leader} addServer`, `tell ${leader} addServer`])
  seats.letBe(n6)
  expect(seats.changing.size).toBe(0)
})

test('one that is told “not yet” is asked again after a while', async () => {
  const leader = await deaf()
  it.fake.sayNo(it.run.id as RunId, leader, { why: 'n5 is still catching up', later: true, about: [n6] })
  it.fake.tick(33)
  await until(() => seats.changing.get(n6)?.refused !== undefined)
  expect(await done()).toHaveLength(2)
  await goOn(() => seats.changing.get(n6)?.refused === undefined) // the leader has given up meanwhile, and can be asked
  expect(await done()).toEqual(['add n6', `tell ${leader} addServer`, `tell ${leader} addServer`])
})

test('what somebody else is refused, or was before, is nobody’s business here', async () => {
  const leader = await deaf()
  it.fake.sayNo(it.run.id as RunId, nodeId('n5'), { why: 'not you' })
  it.fake.sayNo(it.run.id as RunId, leader, { why: 'not n7', about: [nodeId('n7')] })
  it.fake.tick(33)
  await until(() => it.run.marks.filter(({ kind }) => kind === 'no').length === 2)
  expect(seats.changing.get(n6)?.told?.node).toBe(leader)
  expect(seats.changing.get(n6)?.refused).toBeUndefined()
})
