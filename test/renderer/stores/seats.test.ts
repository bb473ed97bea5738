// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { useFaults } from '../../../renderer/stores/faults.ts'
import { useRefusals } from '../../../renderer/stores/refusals.ts'
import { useSeats } from '../../../renderer/stores/seats.ts'
import { type Bench, bench, until } from './bench.ts'

const n6 = nodeId('n6')
let it: Bench
let seats: ReturnType<typeof useSeats>
/** Under the name of a protocol whose nodes say themselves that they join and leave. */
beforeEach(async () => {
  it = await bench()
  seats = useSeats()
  useRefusals() // hears what is said to them
  const id = await it.lab.start({ protocol: 'dynamo', service: 'store', nodes: 7, spares: 2, seed: 4 })
  await it.run.open(id)
  await until(() => it.playback.moment !== undefined)
  it.fake.tick(400)
})

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

test('a node that is added is told to join once it is up; undone, it is told to leave, and its process ends when somebody says so', async () => {
  expect(seats.empty).toEqual(['n6', 'n7'])
  await seats.add(n6)
  it.fake.tick(33)
  expect(statusOf()).toBe('starting')
  expect(await done()).toEqual(['add n6'])
  it.fake.tick(400)
  await until(() => seats.changing.get(n6)?.told?.node === n6)
  expect(await done()).toEqual(['add n6', 'tell n6 join'])
  expect(seats.empty).toEqual(['n7'])

  expect(useFaults().undoText).toBe('Undo adding n6')
  await useFaults().undo()
  await until(() => seats.changing.get(n6)?.is === 'leaves' && seats.changing.get(n6)?.told?.node === n6)
  it.fake.tick(33)
  expect(await done()).toEqual(['add n6', 'tell n6 join', 'tell n6 leave'])
  expect(statusOf()).toBe('up') // this imitation never says that it is out
  await seats.end(n6)
  it.fake.tick(33)
  expect(statusOf()).toBe('empty')
  expect(seats.changing.size).toBe(0)
  expect((await done()).at(-1)).toBe('remove n6')
})

/** Until n6 was told, and this says no to it. */
async function added(no: { why: string; later?: boolean }): Promise<void> {
  await seats.add(n6)
  it.fake.tick(400)
  await until(() => seats.changing.get(n6)?.told?.node === n6)
  it.fake.tick(33)
  it.fake.sayNo(it.run.id as never, n6, no)
  it.fake.tick(400)
  await until(() => seats.changing.get(n6)?.refused !== undefined)
}

test('one that is refused says why, is not asked by itself, and can be let be', async () => {
  await added({ why: 'the ring is full' })
  expect(seats.changing.get(n6)?.refused).toEqual({ by: n6, why: 'the ring is full' })
  it.fake.tick(2000)
  await until(() => true)
  expect(await done()).toEqual(['add n6', 'tell n6 join'])
  seats.again(n6)
  await until(() => seats.changing.get(n6)?.refused === undefined && seats.changing.get(n6)?.told !== undefined)
  it.fake.tick(33)
  expect((await done()).at(-1)).toBe('tell n6 join')
  expect(await done()).toHaveLength(3)
  seats.letBe(n6)
  expect(seats.changing.size).toBe(0)
})

test('one that is told “not yet” is asked again after a while', async () => {
  await added({ why: 'n5 is still catching up', later: true })
  expect(await done()).toHaveLength(2)
  it.fake.tick(600)
  await until(() => seats.changing.get(n6)?.refused === undefined)
  it.fake.tick(33)
  expect(await done()).toEqual(['add n6', 'tell n6 join', 'tell n6 join'])
})

test('what somebody else is refused, or was before, is nobody’s business here', async () => {
  await seats.add(n6)
  it.fake.tick(400)
  await until(() => seats.changing.get(n6)?.told?.node === n6)
  it.fake.tick(33)
  it.fake.sayNo(it.run.id as never, nodeId('n5'), { why: 'not you' })
  it.fake.sayNo(it.run.id as never, n6, { why: 'not n7', about: [nodeId('n7')] })
  it.fake.tick(400)
  await until(() => it.run.marks.filter(({ kind }) => kind === 'no').length === 2)
  expect(seats.changing.get(n6)?.refused).toBeUndefined()
})
