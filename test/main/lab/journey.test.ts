/** The main job on real processes: start, break, watch, heal, stop, open again and read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appliedEqual, leaderOf } from '../../../main/scenario/resolve.ts'
import { nodeId } from '../../../protocols/core/ids.ts'
import { encodeMoment } from '../../../protocols/core/moment.ts'
import { isAlive } from '../../support/processes.ts'
import { openLab, type TestLab, type TestRun } from './openLab.ts'

let lab: TestLab
let run: TestRun

beforeAll(async () => {
  lab = await openLab()
  run = await lab.start({ name: 'journey', nodes: 3, seed: 11 })
})
afterAll(async () => await lab.close())

const act = (node: string, action: 'crash' | 'restart' | 'pause' | 'resume' | 'wipe') =>
  lab.call('run.node', { run: run.run, node: nodeId(node), action })
const client = (text: string) => lab.call('run.client', { run: run.run, text })
const everyoneAgrees = () => run.until('everybody having applied the same', (moment) => appliedEqual(moment))

test('three processes come up and elect a leader', async () => {
  await run.untilLeader()
  const pids = [...run.view.moment.nodes.values()].map((node) => node.pid)
  expect(new Set(pids).size).toBe(3)
  for (const pid of pids) expect(isAlive(pid ?? -1)).toBe(true)
})

test('what a client puts it gets', async () => {
  expect(await client('put x 1')).toMatchObject({ is: 'ok', op: 'put x 1' })
  expect(await client('get x')).toMatchObject({ is: 'ok', text: '1' })
  expect(await client('cas x 1 2')).toMatchObject({ is: 'ok' })
  expect(await client('get x')).toMatchObject({ is: 'ok', text: '2' })
})

test('what the client bar does not understand is said with its grammar', async () => {
  await expect(client('fetch x')).rejects.toMatchObject({ code: 'bad-request', hint: expect.stringContaining('put KEY VALUE') })
})

test('a crashed leader is really gone, another takes over, and the old one catches up from its own disk', async () => {
  const old = await run.untilLeader()
  const pid = run.view.moment.nodes.get(old)?.pid ?? -1
  await act(old, 'crash')
  await run.until('the crash', (moment) => moment.nodes.get(old)?.status === 'down')
  expect(isAlive(pid)).toBe(false)
  await expect(act(old, 'crash')).rejects.toMatchObject({ code: 'node-down' })
  const next = await run.untilLeader(old)
  expect(next).not.toBe(old)
  expect(await client('put y 3')).toMatchObject({ is: 'ok' })
  await act(old, 'restart')
  await run.until('the first step after the restart', (moment) => {
    const node = moment.nodes.get(old)
    return node?.life === 2 && node.status === 'up' && node.observation !== undefined
  })
  await everyoneAgrees()
  const starts = (await run.events(['step'])).filter((event) => event.kind === 'step' && event.node === old && event.input.kind === 'start')
  expect(starts.map((event) => event.kind === 'step' && event.input.kind === 'start' && event.input.recovered > 0)).toEqual([false, true])
})

test('a paused leader loses its place and follows when it is resumed', async () => {
  const old = await run.untilLeader()
  await act(old, 'pause')
  await run.until('the pause', (moment) => moment.nodes.get(old)?.status === 'paused')
  const next = await run.untilLeader(old)
  await act(old, 'resume')
  await run.until('the old leader following', (moment) => {
    const observation = moment.nodes.get(old)?.observation
    return moment.nodes.get(old)?.status === 'up' && observation?.role === 'follower' && observation.leader !== undefined
  })
  expect(leaderOf(run.view.moment)).toBe(next)
})

test('a wiped follower starts from nothing and is given everything', async () => {
  const leader = await run.untilLeader()
  const follower = [...run.view.moment.nodes.keys()].find((id) => id !== leader) ?? nodeId('n1')
  await expect(act(follower, 'wipe')).rejects.toMatchObject({ code: 'bad-request' })
  await act(follower, 'crash')
  await act(follower, 'wipe')
  await run.until('the wipe', (moment) => moment.nodes.get(follower)?.wiped)
  await act(follower, 'restart')
  await run.until('the restart', (moment) => moment.nodes.get(follower)?.status === 'up')
  await everyoneAgrees()
  const applied = run.view.moment.nodes.get(follower)?.observation?.facts.lastApplied
  expect(applied).toBeGreaterThan(4)
})

test('a link cut one way carries nothing one way and everything the other', async () => {
  const leader = await run.untilLeader()
  const [a, b] = [...run.view.moment.nodes.keys()].filter((id) => id !== leader)
  if (!a || !b) throw new Error('three nodes are expected')
  const from = run.view.moment.seq
  const fault = await lab.call('run.arm', { run: run.run, fault: { kind: 'cut', target: { links: [[leader, a]] } } })
  expect(fault).toMatchObject({ id: 'f1', kind: 'cut' })
  await run.until('a drop', async () => {
    const drops = (await run.events(['drop'])).filter((event) => event.seq > from && event.kind === 'drop')
    return drops.some((event) => event.kind === 'drop' && typeof event.why === 'object' && event.why.fault === fault.id)
  })
  await lab.call('run.lift', { run: run.run, fault: 'f1' })
  await run.until('the lift', (moment) => moment.faults.size === 0)
  await expect(lab.call('run.lift', { run: run.run, fault: 'f1' })).rejects.toMatchObject({ code: 'not-found' })
  const sends = new Map((await run.events(['send'])).map((event) => [event.kind === 'send' ? event.message : 0, event]))
  for (const event of await run.events(['drop'])) {
    if (event.kind !== 'drop' || typeof event.why !== 'object') continue
    expect(sends.get(event.message)).toMatchObject({ from: leader, to: a })
  }
})

test('a partition leaves the majority a leader; healed, all agree again', async () => {
  await everyoneAgrees()
  const leader = await run.untilLeader()
  const others = [...run.view.moment.nodes.keys()].filter((id) => id !== leader)
  await lab.call('run.arm', { run: run.run, fault: { kind: 'cut', target: { groups: [[leader], others] } } })
  const next = await run.until('a leader of a later term', (moment) => {
    const found = leaderOf(moment)
    return found !== leader && found
  })
  expect(others).toContain(next)
  expect(await client('put z 5')).toMatchObject({ is: 'ok' })
  await act(others.find((id) => id !== next) ?? next, 'pause')
  await lab.call('run.heal', { run: run.run })
  await run.until(
    'everything healed',
    (moment) => moment.faults.size === 0 && [...moment.nodes.values()].every((node) => node.status === 'up'),
  )
  await everyoneAgrees()
  expect(await client('get z')).toMatchObject({ is: 'ok', text: '5' })
})

test('the clock and the disk of a process are not ours to set, and it says why and where they are', async () => {
  const n1 = nodeId('n1')
  await expect(lab.call('run.clock', { run: run.run, node: n1, skewMs: 5, driftPpm: 0 })).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('n1 is a real process'),
    hint: expect.stringContaining('simulation'),
  })
  await expect(lab.call('run.disk', { run: run.run, node: n1, syncMs: null })).rejects.toMatchObject({ code: 'bad-request' })
})

test('held messages wait until they are let through', async () => {
  const fault = await lab.call('run.arm', {
    run: run.run,
    fault: { kind: 'hold', target: { all: true }, rule: { types: ['ClientRequest'] } },
  })
  const answer = client('get x')
  const held = await run.until('a held message', async () => (await run.events(['hold'])).at(-1))
  expect(held).toMatchObject({ kind: 'hold', fault: fault.id })
  const { released } = await lab.call('run.release', { run: run.run, fault: fault.id })
  expect(released).toBeGreaterThan(0)
  await lab.call('run.lift', { run: run.run, fault: fault.id })
  expect(await answer).toMatchObject({ is: 'ok', text: '2' })
})

test('faults that name what is not there are refused', async () => {
  const cut = (fault: object) => lab.call('run.arm', { run: run.run, fault: { kind: 'cut', target: { all: true }, ...fault } as never })
  await expect(cut({ target: { links: [['n1', 'n9']] } })).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('n9'),
  })
  await expect(cut({ rule: { types: ['Nonsense'] } })).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('Nonsense'),
  })
  await expect(lab.call('run.release', { run: run.run, fault: 'f99' })).rejects.toMatchObject({ code: 'not-found' })
})

test('the time scale slows the run down', async () => {
  await lab.call('run.timeScale', { run: run.run, scale: 5 })
  await run.until('the scale', (moment) => moment.timeScale === 5)
  await lab.call('run.timeScale', { run: run.run, scale: 1 })
  await run.until('the scale', (moment) => moment.timeScale === 1)
})

test('a load runs, is seen, and stops by itself', async () => {
  await lab.call('run.load', { run: run.run, load: { clients: 8, rate: 0, operations: 500 } })
  await run.until('the end of the load', async (moment) => {
    if (moment.load !== undefined) return false
    return (await run.events(['return'])).filter((event) => event.kind === 'return' && event.client !== 'you').length >= 500
  })
  const outcomes = (await run.events(['return'])).map((event) => event.kind === 'return' && event.outcome.is)
  // A machine that stands still for long enough leaves one unknown; none fails.
  expect(new Set(outcomes.filter((is) => is !== 'unknown'))).toEqual(new Set(['ok']))
})

test('a second run is refused while this one is live', async () => {
  await expect(lab.call('runs.start', { config: {} })).rejects.toMatchObject({ code: 'start-failed', hint: 'Stop it first.' })
  await expect(lab.call('runs.delete', { run: run.run })).rejects.toMatchObject({ code: 'bad-request' })
})

test('the live run can be judged', async () => {
  const verdict = await lab.call('run.check', { run: run.run })
  expect(verdict).toMatchObject({ is: 'pass', violations: [] })
  expect(verdict.invariants.length).toBeGreaterThanOrEqual(5)
  expect(verdict.divergence).toBeUndefined()
})

test('stopped and opened again, the run is whole: moments, states and events are what they were', async () => {
  const live = encodeMoment(run.view.moment) // the view's own goes on
  const pids = live.nodes.map((node) => node.pid ?? -1)
  const during = await lab.call('run.states', { run: run.run, seq: live.seq })
  const summary = await lab.call('runs.stop', { run: run.run })
  expect(summary).toMatchObject({ status: 'ended', violations: 0, name: 'journey' })
  for (const pid of pids) expect(isAlive(pid)).toBe(false)
  await expect(client('get x')).rejects.toMatchObject({ code: 'run-not-live' })

  await lab.reopen()
  const [listed] = await lab.call('runs.list', {})
  expect(listed).toMatchObject({ run: run.run, status: 'ended', events: summary.events })
  const overview = await lab.call('run.overview', { run: run.run })
  expect(overview.lastSeq).toBe(summary.events)
  expect(overview.marks.map((mark) => mark.kind)).toEqual(
    expect.arrayContaining(['leader', 'crash', 'restart', 'pause', 'resume', 'wipe', 'fault', 'lift']),
  )
  const seqs: number[] = []
  let from: number | undefined = 1
  while (from !== undefined) {
    const page: Awaited<ReturnType<typeof lab.call<'run.events'>>> = await lab.call('run.events', { run: run.run, from, limit: 5000 })
    for (const event of page.events) seqs.push(event.seq)
    from = page.next
  }
  expect(seqs).toEqual(Array.from({ length: overview.lastSeq }, (_, index) => index + 1))

  const moment = await lab.call('run.moment', { run: run.run, seq: live.seq })
  expect(moment.nodes.map((node) => node.observation)).toEqual(live.nodes.map((node) => node.observation))
  expect(moment.faults).toEqual(live.faults)
  const states = await lab.call('run.states', { run: run.run, seq: live.seq })
  expect(states).toEqual(during)
  for (const node of states.nodes) expect(node.problem).toBeUndefined()

  const end = await lab.call('run.events', { run: run.run, from: overview.lastSeq, limit: 200, direction: 'backward' })
  expect(end.events.some((event) => event.kind === 'action' && event.action.do === 'end')).toBe(true)
  expect(await lab.call('run.check', { run: run.run })).toMatchObject({ is: 'pass' })
})

test('a run is renamed, exported, deleted and imported again', async () => {
  const file = `${lab.dataFolder}/copy.synod`
  await lab.call('runs.export', { run: run.run, path: file })
  expect(await lab.call('runs.rename', { run: run.run, name: 'another' })).toMatchObject({ name: 'another' })
  expect(await lab.call('runs.delete', { run: run.run })).toBeNull()
  await expect(lab.call('run.overview', { run: run.run })).rejects.toMatchObject({ code: 'not-found' })
  expect(await lab.call('runs.list', {})).toEqual([])
  const imported = await lab.call('runs.import', { path: file })
  expect(imported).toMatchObject({ name: 'journey', status: 'ended' })
  expect(await lab.call('run.check', { run: imported.run })).toMatchObject({ is: 'pass' })
})
