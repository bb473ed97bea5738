// @vitest-environment happy-dom
/** A node that says no to what a person told it: who, to what, why and what to do stand in a notice, once, with the way to tell it again. */
import { beforeEach, expect, test, vi } from 'vitest'
import { toast } from 'vue-sonner'
import { type NodeId, nodeId, type RunId } from '../../../protocols/core/ids.ts'
import { headline } from '../../../renderer/model/headline.ts'
import { refusalText } from '../../../renderer/model/refusalWords.ts'
import { useFaults } from '../../../renderer/stores/faults.ts'
import { useRefusals } from '../../../renderer/stores/refusals.ts'
import { useSeats } from '../../../renderer/stores/seats.ts'
import { type Bench, bench, until } from './bench.ts'

vi.mock('vue-sonner', () => ({ toast: Object.assign(vi.fn(), { error: vi.fn() }) }))

const [n1, n3, n5] = [nodeId('n1'), nodeId('n3'), nodeId('n5')]
const handOver = { name: 'transferLeadership', to: n3 }
let it: Bench
let run: RunId
beforeEach(async () => {
  vi.mocked(toast).mockClear()
  it = await bench()
  run = await it.startLive()
  useRefusals()
  it.fake.tick(400)
})

const notices = () => vi.mocked(toast).mock.calls.map(([text]) => text)
const marks = () => it.run.marks.filter(({ kind }) => kind === 'no').length
async function said(no: Parameters<Bench['fake']['sayNo']>[2], by = n1): Promise<void> {
  const before = marks()
  it.fake.tick(20)
  it.fake.sayNo(run, by, no)
  it.fake.tick(20)
  await until(() => marks() > before)
  await until(() => true)
}

test('a refused hand-over is said with who, what, why and what to do, and can be told again from there', async () => {
  await useFaults().tell(n1, handOver)
  it.fake.tick(33)
  await until(() => notices().length > 0)
  expect(notices()).toEqual(['n1 refuses “Hand over leadership”: it does not lead. When that has changed, tell it again.'])
  const action = vi.mocked(toast).mock.calls[0]?.[1]?.action as unknown as { label: string; onClick(): void }
  expect(action.label).toBe('Tell it again')
  action.onClick()
  await until(() => useFaults().told.has(n1))
  it.fake.tick(33)
  await until(() => notices().length === 2)
  await said({ why: 'it does not lead', control: 'transferLeadership', about: [n3] }) // nobody told it anything since
  expect(notices()).toHaveLength(2)
})

test('one that is given up after a while names nobody but whom it is about', async () => {
  const leader = headline(it.run.now, it.run.speech).leader as NodeId
  const [heir, other] = it.run.nodes.filter((node) => node !== leader) as [NodeId, NodeId]
  await it.lab.call('run.node', { run, node: heir, action: 'pause' })
  await useFaults().tell(leader, { ...handOver, to: heir })
  await said({ why: 'it is too slow', says: 'gives up', about: [other] }, leader)
  await said({ why: 'not to me', control: 'addServer' }, leader)
  await said({ why: 'not by me' }, other)
  expect(notices()).toEqual([])
  it.fake.tick(1000)
  await until(() => notices().length > 0)
  expect(notices()).toEqual([`${leader} gives up “Hand over leadership”: ${heir} did not win in time. It can be told again.`])
})

test('what a node that leaves is refused is said beside the node, not twice', async () => {
  const seats = useSeats()
  await seats.remove(n5)
  await until(() => {
    it.fake.tick(33)
    return seats.changing.get(n5)?.told !== undefined
  })
  const by = seats.changing.get(n5)?.told?.node as NodeId
  await until(() => useFaults().told.has(by))
  await said({ why: 'it is the last voter', control: 'removeServer', about: [n5] }, by)
  expect(seats.changing.get(n5)?.refused).toEqual({ by, why: 'it is the last voter' })
  expect(notices().filter((text) => String(text).includes('it is the last voter'))).toEqual([
    `n5 stays: ${by === n5 ? 'it' : by} refuses, it is the last voter.`,
  ])
  expect(useFaults().told.has(by)).toBe(false)
})

test('what can be told another time is not said to be lost', () => {
  expect(refusalText(n1, 'Join the ring', { why: 'n2 is joining', later: true })).toBe(
    'n1 refuses “Join the ring”: n2 is joining. It can be told again.',
  )
})
