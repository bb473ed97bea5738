/** A run that is simulated live: everything that a person can do to real processes, at their pace, recorded like any other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaderOf } from '../../../main/scenario/resolve.ts'
import { hashText } from '../../../protocols/core/hash.ts'
import { nodeId } from '../../../protocols/core/ids.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { openLab, type TestLab, type TestRun } from './openLab.ts'

let lab: TestLab
let run: TestRun

beforeAll(async () => {
  lab = await openLab()
  run = await lab.start({ name: 'simulated', mode: 'simulation', nodes: 5, seed: 11 })
})
afterAll(async () => await lab.close())

const act = (node: string, action: 'crash' | 'restart' | 'pause' | 'resume' | 'wipe') =>
  lab.call('run.node', { run: run.run, node: nodeId(node), action })
const client = (text: string) => lab.call('run.client', { run: run.run, text })

test('it is there at once, says that it is simulated, and elects a leader', async () => {
  const [summary] = await lab.call('runs.list', {})
  expect(summary).toMatchObject({ run: run.run, status: 'live', mode: 'simulation' })
  await run.untilLeader()
  for (const node of run.view.moment.nodes.values()) expect(node.status).toBe('up')
})

test('what a client puts it gets; what the bar does not understand is said with its grammar', async () => {
  expect(await client('put x 1')).toMatchObject({ is: 'ok', op: 'put x 1' })
  expect(await client('get x')).toMatchObject({ is: 'ok', text: '1' })
  await expect(client('fetch x')).rejects.toMatchObject({ code: 'bad-request', hint: expect.stringContaining('put KEY VALUE') })
})

test('a crashed leader gives way to another, and nothing is lost', async () => {
  const old = await run.untilLeader()
  await act(old, 'crash')
  await run.until('the crash', (moment) => moment.nodes.get(old)?.status === 'down')
  await expect(act(old, 'crash')).rejects.toMatchObject({ code: 'node-down' })
  await expect(act(nodeId('n9'), 'crash')).rejects.toMatchObject({ code: 'not-found' })
  const next = await run.untilLeader(old)
  expect(next).not.toBe(old)
  expect(await client('get x')).toMatchObject({ is: 'ok', text: '1' })
  await act(old, 'restart')
  await run.until('the second life', (moment) => moment.nodes.get(old)?.status === 'up' && moment.nodes.get(old)?.life === 2)
})

test('faults are armed, checked, lifted and healed', async () => {
  const leader = await run.untilLeader()
  const others = [...run.view.moment.nodes.keys()].filter((id) => id !== leader)
  const cut = await lab.call('run.arm', { run: run.run, fault: { kind: 'cut', target: { groups: [[leader], others] } } })
  const wrong = { kind: 'hold', target: { links: [['n1', 'n2']] }, rule: { types: ['Prepare'] } } as const
  await expect(lab.call('run.arm', { run: run.run, fault: wrong as never })).rejects.toMatchObject({ code: 'bad-request' })
  await expect(lab.call('run.lift', { run: run.run, fault: 'f9' })).rejects.toMatchObject({ code: 'not-found' })
  await run.until('a leader of the majority', (moment) => {
    const found = leaderOf(moment)
    return found !== undefined && found !== leader
  })
  await lab.call('run.node', { run: run.run, node: others[0] as never, action: 'pause' })
  await lab.call('run.heal', { run: run.run })
  await run.until(
    'all being well',
    (moment) => moment.faults.size === 0 && [...moment.nodes.values()].every(({ status }) => status === 'up'),
  )
  const { marks } = await lab.call('run.overview', { run: run.run })
  const partition = `Partition ${leader} | ${others.join(', ')}`
  expect(marks.filter(({ fault }) => fault === cut.id).map(({ text }) => text)).toEqual([partition, `Lifted: ${partition}`])
  await expect(lab.call('run.release', { run: run.run, fault: cut.id })).rejects.toMatchObject({ code: 'not-found' })
})

test('clocks and disks are set, shown, recorded, and put right by a heal; what makes no sense is refused', async () => {
  const [n1, n2] = [nodeId('n1'), nodeId('n2')]
  await lab.call('run.clock', { run: run.run, node: n1, skewMs: 250, driftPpm: -20_000 })
  await lab.call('run.disk', { run: run.run, node: n2, syncMs: { min: 5, max: 20 } })
  await run.until('a wrong clock and a slow disk', ({ nodes }) => nodes.get(n1)?.clock?.skewMs === 250 && nodes.get(n2)?.syncMs?.max === 20)
  await expect(lab.call('run.clock', { run: run.run, node: nodeId('n9'), skewMs: 1, driftPpm: 0 })).rejects.toMatchObject({
    code: 'bad-request',
  })
  const backward = { run: run.run, node: n2, syncMs: { min: 9, max: 3 } }
  await expect(lab.call('run.disk', backward)).rejects.toMatchObject({ message: expect.stringContaining('cannot be shorter') })
  await lab.call('run.heal', { run: run.run })
  await run.until('all right', ({ nodes }) => nodes.get(n1)?.clock === undefined && nodes.get(n2)?.syncMs === undefined)
  const actions = (await run.events(['action'])).flatMap((event) => (event.kind === 'action' ? [event.action] : []))
  expect(actions.filter((action) => action.do === 'clock')).toEqual([
    { do: 'clock', node: 'n1', skewMs: 250, driftPpm: -20_000 },
    { do: 'clock', node: 'n1', skewMs: 0, driftPpm: 0 },
  ])
  expect(actions.filter((action) => action.do === 'disk').map(({ syncMs }) => syncMs)).toEqual([{ min: 5, max: 20 }, null])
  const { marks } = await lab.call('run.overview', { run: run.run })
  expect(marks.filter(({ fault }) => fault === 'clock n1').map(({ kind }) => kind)).toEqual(['fault', 'lift'])
})

test('a load runs until it is switched off; time can be slowed, and the recording says both', async () => {
  await lab.call('run.load', { run: run.run, load: { clients: 4, rate: 500 } })
  const before = run.view.moment.seq
  await run.until('many operations', async () => (await run.events(['return'])).filter(({ seq }) => seq > before).length > 50)
  await lab.call('run.load', { run: run.run, load: null })
  await lab.call('run.timeScale', { run: run.run, scale: 20 })
  await run.until('slow time', (moment) => moment.timeScale === 20 && moment.load === undefined)
  await lab.call('run.timeScale', { run: run.run, scale: 1 })
})

test('one run at a time, of whichever kind', async () => {
  await expect(lab.call('runs.start', { config: { nodes: 3 } })).rejects.toMatchObject({ code: 'start-failed' })
})

test('stopped, it stands in the library; its replay is exact at every checkpoint, and its history is linearizable', async () => {
  const ended = await lab.call('runs.stop', { run: run.run })
  expect(ended).toMatchObject({ status: 'ended', mode: 'simulation', violations: 0 })
  await expect(client('get x')).rejects.toMatchObject({ code: 'run-not-live' })
  const verdict = await lab.call('run.check', { run: run.run, history: {} })
  expect(verdict).toMatchObject({ is: 'pass', judgedSeq: ended.events, history: { is: 'linearizable', undecided: 0 } })
  expect(verdict.divergence).toBeUndefined()
  const history = await lab.call('run.history', { run: run.run })
  expect(history).toMatchObject({ is: 'linearizable', operations: verdict.history?.operations })
  const answered = (await run.events(['return'])).filter((event) => event.kind === 'return' && event.outcome.is === 'ok')
  expect(history?.order?.length).toBeGreaterThanOrEqual(answered.length)
  let compared = 0
  for (const event of await run.events(['checkpoint'])) {
    if (event.kind !== 'checkpoint') continue
    const { nodes } = await lab.call('run.states', { run: run.run, seq: event.seq })
    const node = nodes.find((each) => each.node === event.node)
    expect(hashText(JSON.stringify(node?.state)), `${event.node} at event ${event.seq}`).toBe(event.hash)
    compared += 1
  }
  expect(compared).toBeGreaterThanOrEqual(6) // five nodes, one of them twice
  expect(await run.events(['reject'])).toEqual([])
  expect(lab.troubles).toEqual([])
})

test('a scenario can be told to be simulated', async () => {
  const text = raft.scenarios.find(({ name }) => name === 'leader-crash')?.text ?? ''
  const started = await lab.lab.startScenario(text, { mode: 'simulation' })
  const outcome = await started.outcome
  expect(outcome).toMatchObject({ is: 'pass' })
  await lab.call('runs.stop', { run: started.run })
  const { config } = await lab.call('run.overview', { run: started.run })
  expect(config.mode).toBe('simulation')
})

test('one that only a simulation can carry out is refused elsewhere, before anything starts, and is listed with the reason', async () => {
  const text = raft.scenarios.find(({ name }) => name === 'lease')?.text ?? ''
  await expect(lab.lab.startScenario(text, { fileName: 'raft/lease' })).rejects.toMatchObject({
    code: 'bad-scenario',
    message: expect.stringMatching(/^raft\/lease can be carried out in simulation only: the clock /),
    hint: expect.stringContaining('synod sim raft/lease'),
  })
  expect((await lab.call('runs.list', {})).filter(({ status }) => status === 'live')).toEqual([])
  const { protocols } = await lab.call('lab.info', {})
  const listed = protocols.flatMap(({ name, scenarios }) =>
    scenarios.filter((one) => one.simulationOnly).map((one) => `${name}/${one.name}`),
  )
  expect(listed).toEqual(['raft/lease'])
})
