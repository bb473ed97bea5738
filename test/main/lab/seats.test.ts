/** Nodes that come while a run goes on, and go: recorded, replayed, branched, and alike in a simulation and on processes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { openLab, type TestLab, type TestRun } from './openLab.ts'

const [n4, n5] = [nodeId('n4'), nodeId('n5')]
let lab: TestLab

beforeAll(async () => {
  lab = await openLab()
})
afterAll(async () => await lab.close())

const act = (run: TestRun, node: string, action: 'add' | 'remove' | 'restart' | 'crash') =>
  lab.call('run.node', { run: run.run, node: nodeId(node), action })
const tell = (run: TestRun, node: string, name: string) => lab.call('run.tell', { run: run.run, node: nodeId(node), control: { name } })
const statuses = (run: TestRun) => [...run.view.moment.nodes.values()].map(({ status }) => status)
const isMember = (run: TestRun, node: string, is: string) =>
  run.until(`${node} being ${is}`, ({ nodes }) => nodes.get(nodeId(node))?.observation?.facts.member === is)
const settled = (run: TestRun, node: string, status: string) =>
  run.until(`${node} being ${status}`, ({ nodes }) => nodes.get(nodeId(node))?.status === status)

describe.each(['simulation', 'real'] as const)('in a run that is %s', (mode) => {
  test('a node is added, joins, leaves and is removed; its seat is no fault that a heal mends; a branch has the same seats', async () => {
    const load = { clients: 5, rate: 60 }
    const options = { gossipMs: 50, antiEntropyMs: 50, hintMs: 50 }
    const run = await lab.start({ mode, protocol: 'dynamo', service: 'store', nodes: 5, spares: 2, seed: 3, load, options })
    await run.until('the three that are there', ({ nodes }) => nodeIds(3).every((id) => nodes.get(id)?.status === 'up'))
    expect(statuses(run)).toEqual(['up', 'up', 'up', 'empty', 'empty'])
    await expect(act(run, 'n4', 'restart')).rejects.toMatchObject({ code: 'node-down', message: expect.stringContaining('seat is empty') })
    await expect(act(run, 'n1', 'add')).rejects.toMatchObject({ code: 'bad-request', message: 'n1 is there already.' })
    await expect(tell(run, 'n5', 'join')).rejects.toMatchObject({ code: 'node-down', message: 'n5 is not there: it hears nothing.' })

    const fault = { kind: 'delay', delayMs: 1, target: { groups: [['n1'], ['n2', 'n3', 'n4', 'n5']] } } as const
    await lab.call('run.arm', { run: run.run, fault: fault as never })
    await act(run, 'n4', 'add')
    await settled(run, 'n4', 'up')
    await isMember(run, 'n4', 'out')
    await tell(run, 'n4', 'join')
    await isMember(run, 'n4', 'in')
    await tell(run, 'n4', 'join')
    await act(run, 'n2', 'crash')
    await lab.call('run.heal', { run: run.run })
    await run.until('n2 again', ({ nodes }) => nodes.get(nodeId('n2'))?.life === 2 && nodes.get(nodeId('n2'))?.status === 'up')
    expect(statuses(run)).toEqual(['up', 'up', 'up', 'up', 'empty'])

    await tell(run, 'n4', 'leave')
    await isMember(run, 'n4', 'out')
    await act(run, 'n4', 'remove')
    await settled(run, 'n4', 'empty')
    await lab.call('run.heal', { run: run.run })
    await run.until('n2, still', ({ nodes }) => nodes.get(nodeId('n2'))?.status === 'up')
    expect(run.view.moment.nodes.get(n4)?.status).toBe('empty')
    const { marks, config, summary } = await lab.call('run.overview', { run: run.run })
    const side = 'Delay n1 | n2, n3 by 1 ms' // nobody was on the two seats yet
    expect(marks.filter(({ fault }) => fault).map(({ text }) => text)).toEqual([side, 'Lifted: Delay n1 | n2, n3, n4 by 1 ms'])
    const ofN4 = marks.filter(({ node }) => node === n4)
    expect(ofN4.map(({ kind }) => kind)).toEqual(['add', 'no', 'remove'])
    const why = 'n4 is on the ring already, or on its way: it is in'
    expect(ofN4[1]).toMatchObject({ text: `n4 refuses: ${why}`, no: { why } })
    expect(config).toMatchObject({ nodes: 5, spares: 2 })
    expect(summary.nodes, 'nodes that it began with').toBe(3)
    // The clients' own word: nobody asks who is not there.
    const asked = async () =>
      (await run.events(['send'])).flatMap((event) => (event.kind === 'send' && event.from === 'clients' ? [event] : []))
    await expect.poll(async () => (await asked()).length).toBeGreaterThan(20)
    expect((await asked()).filter(({ to }) => to === n5)).toEqual([])

    const added = marks.find(({ kind }) => kind === 'add')
    await lab.call('runs.stop', { run: run.run })
    const { run: other } = await lab.call('run.branch', { run: run.run, seq: added?.seq ?? 0 })
    await expect(lab.call('run.check', { run: run.run })).resolves.toMatchObject({ is: 'pass' })
    const branch = await lab.follow(other)
    await settled(branch, 'n4', 'up')
    expect(statuses(branch)).toEqual(['up', 'up', 'up', 'up', 'empty'])
    await act(branch, 'n5', 'add')
    await settled(branch, 'n5', 'up')
    await lab.call('runs.stop', { run: other })
    await expect(lab.call('run.check', { run: other })).resolves.toMatchObject({ is: 'pass' })
  })
})

test('seats can be empty only where nodes can come later, and somebody must be there', async () => {
  const start = (config: object) => lab.call('runs.start', { config: { mode: 'simulation', ...config } as never })
  await expect(start({ protocol: 'paxos', service: 'decree', spares: 1 })).rejects.toMatchObject({
    message: expect.stringMatching(/^config.spares: Paxos.* has no way to change who is a member/),
    hint: expect.stringContaining('Dynamo-style store'),
  })
  const dynamo = { protocol: 'dynamo', service: 'store' }
  await expect(start({ ...dynamo, nodes: 3, spares: 3 })).rejects.toMatchObject({
    message: expect.stringContaining('somebody must be there'),
  })
  await expect(start({ ...dynamo, nodes: 4, spares: 2 })).rejects.toMatchObject({
    message: expect.stringContaining('N is 3, but there are 2 members'),
  })
})
