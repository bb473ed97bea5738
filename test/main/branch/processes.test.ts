/**
 * A branch on real processes: each node goes on with the state and the disk that it had at the event, what was on its way
 * arrives, and the cluster elects and commits. A branch of a simulation does the same.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RunReader } from '../../../main/recorder/reader.ts'
import { RunView } from '../../../main/scenario/view.ts'
import type { DeliverEvent, RunEvent } from '../../../protocols/core/event.ts'
import type { MessageId, NodeId, RunId } from '../../../protocols/core/ids.ts'
import type { Moment } from '../../../protocols/core/moment.ts'
import { openLab, type TestLab } from '../lab/openLab.ts'

let lab: TestLab
let parent: RunId
let past: readonly RunEvent[] = []
/** The leader is cut off and a message to it waits at a gate; one node is paused; then all is healed. */
let split = 0

/** Patient, so that nobody stands because the machine is busy. */
const options = { electionMsMin: 1500, electionMsMax: 2500, heartbeatMs: 100 }

beforeAll(async () => {
  lab = await openLab()
  const run = await lab.start({ nodes: 5, seed: 21, options, load: { clients: 2, rate: 40 } })
  const { run: id } = run
  parent = id
  const leader = await run.untilLeader()
  await lab.call('run.client', { run: id, text: 'put x 1' })
  const [one, two] = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((node) => node !== leader) as NodeId[]
  const links = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((node) => node !== one).map((node) => [node, one] as [NodeId, NodeId])
  await lab.call('run.arm', { run: id, fault: { kind: 'hold', target: { links }, rule: { count: 3 } } })
  await lab.call('run.node', { run: id, node: two as NodeId, action: 'pause' })
  await run.until('messages at the gate', ({ inFlight }) => [...inFlight.values()].filter(({ held }) => held !== undefined).length > 2)
  split = run.view.moment.seq
  await run.until('more of it', ({ seq }) => seq > split + 300)
  await lab.call('run.heal', { run: id })
  await lab.call('run.client', { run: id, text: 'put x 2' })
  await lab.call('runs.stop', { run: id })
  past = events(id)
})
afterAll(async () => await lab.close())

function events(run: RunId): RunEvent[] {
  const reader = new RunReader(lab.lab.fileOf(run))
  const all: RunEvent[] = []
  for (let seq = 1; seq <= reader.lastSeq; ) {
    const some = reader.eventsAround(seq) ?? []
    all.push(...some.filter((event) => event.seq >= seq))
    seq = (some.at(-1)?.seq ?? seq) + 1
  }
  reader.close()
  return all
}

async function until(run: RunId, what: string, look: (moment: Moment) => boolean): Promise<void> {
  const view = new RunView(lab.connection, run)
  await view.open()
  try {
    await view.until(() => look(view.moment), { atMs: performance.now() + 90_000, whole: false })
  } catch (error) {
    const last = events(run)
      .slice(-30)
      .map((event) => JSON.stringify(event).slice(0, 200))
    throw new Error(`${what} did not come: ${(error as Error).message}\n${last.join('\n')}\n${lab.troubles.join('\n')}`)
  }
}

type Log = { readonly [index: string]: { readonly term: number; readonly command?: unknown } }
async function logs(run: RunId, seq: number): Promise<{ readonly commit: number; readonly log: Log }[]> {
  const { nodes } = await lab.call('run.states', { run, seq })
  return nodes.flatMap(({ state, problem }) => {
    expect(problem).toBeUndefined()
    const { commitIndex, log } = (state ?? {}) as { commitIndex: number; log: Log }
    return state === undefined ? [] : [{ commit: commitIndex, log }]
  })
}

/** What was committed at the event is in every log of the branch that has committed as much. */
async function agrees(run: RunId, seq: number): Promise<void> {
  const before = (await logs(parent, seq)).reduce((a, b) => (a.commit >= b.commit ? a : b))
  const { lastSeq } = await lab.call('run.overview', { run })
  const after = (await logs(run, lastSeq)).filter(({ commit }) => commit >= before.commit)
  expect(after.length).toBeGreaterThan(2)
  for (const { log } of after)
    for (let index = 1; index <= before.commit; index++) expect(log[index], `entry ${index}`).toEqual(before.log[index])
}

test('every node goes on from its state and its disk; what was on its way arrives; it elects and commits', async () => {
  const { run } = await lab.call('run.branch', { run: parent, seq: split, mode: 'real' })
  const moment = await lab.call('run.moment', { run: parent, seq: split })
  await until(run, 'commits', ({ seq }) => seq > split + 300)
  const { text } = await lab.call('run.client', { run, text: 'put x 3' })
  expect(text).not.toBe('')
  const live = await lab.call('run.moment', { run, seq: (await lab.call('run.overview', { run })).lastSeq })
  // It is as it was: the gate is shut, the paused node stands still, and each has a process of its own.
  expect(live.faults.map(({ id, kind }) => [id, kind])).toEqual(moment.faults.map(({ id, kind }) => [id, kind]))
  expect(live.nodes.map(({ id, status }) => [id, status])).toEqual(moment.nodes.map(({ id, status }) => [id, status]))
  for (const { pid } of live.nodes) expect(pid).toBeGreaterThan(0)
  const held = moment.inFlight.filter(({ held }) => held !== undefined).map(({ message }) => message)
  expect(held.length).toBeGreaterThan(2)
  const [first] = held as MessageId[]
  const fault = moment.faults.find(({ kind }) => kind === 'hold')?.id ?? ''
  expect((await lab.call('run.release', { run, fault, message: first as number })).released).toBe(1)
  await lab.call('run.heal', { run })
  // A node that goes on is killed and comes back from the disk that it was given.
  const victim = live.nodes.find(({ status }) => status === 'up')?.id as NodeId
  await lab.call('run.node', { run, node: victim, action: 'crash' })
  await lab.call('run.node', { run, node: victim, action: 'restart' })
  await lab.call('run.client', { run, text: 'put x 4' })
  const { lastSeq } = await lab.call('run.overview', { run })
  await until(run, 'the victim', ({ nodes, seq }) => seq > lastSeq + 100 && nodes.get(victim)?.status === 'up')
  await lab.call('runs.stop', { run })

  const after = events(run)
  expect(after.slice(0, split)).toEqual(past.slice(0, split))
  const rest = after.slice(split)
  const delivered = new Set(rest.filter((event): event is DeliverEvent => event.kind === 'deliver').map(({ message }) => message))
  const lost = new Set(rest.flatMap((event) => (event.kind === 'drop' ? [event.message] : [])))
  for (const { message } of moment.inFlight) expect(delivered.has(message) || lost.has(message), `message ${message}`).toBe(true)
  expect(held.every((message) => delivered.has(message))).toBe(true)
  const recovered = rest.flatMap((event) => (event.kind === 'step' && event.input.kind === 'start' ? [event.input.recovered] : []))
  const given = past.slice(0, split).reduce((sum, event) => sum + (event.kind === 'step' && event.node === victim ? event.persisted : 0), 0)
  expect(given).toBeGreaterThan(0)
  expect(Math.max(...recovered)).toBeGreaterThanOrEqual(given)
  // Each process says from which state it goes on, and the judge finds it to be the one that the past leads to.
  const begun = rest.filter(({ kind }) => kind === 'checkpoint').slice(0, 5)
  expect(begun.length).toBeGreaterThan(3)
  const verdict = await lab.call('run.check', { run, history: {} })
  expect(verdict.divergence).toBeUndefined()
  expect(verdict).toMatchObject({ is: 'pass', judgedSeq: after.length })
  expect(verdict.history?.is).not.toBe('fail')
  await agrees(run, split)
})

test('healed first, it goes on without the faults; in simulated time too', async () => {
  for (const mode of ['real', 'simulation'] as const) {
    const { run } = await lab.call('run.branch', { run: parent, seq: split, mode, heal: true })
    await until(
      run,
      'health',
      ({ seq, faults, nodes }) => seq > split + 400 && faults.size === 0 && [...nodes.values()].every(({ status }) => status === 'up'),
    )
    await lab.call('runs.stop', { run })
    expect(await lab.call('run.check', { run })).toMatchObject({ is: 'pass' })
    await agrees(run, split)
  }
})

test('a simulation goes on as processes, and from there as a simulation again', async () => {
  const script =
    'name: First\nrun: { protocol: raft, nodes: 3, seed: 8, load: { clients: 2, rate: 50 } }\nsteps:\n  - wait: leader\n  - wait: { ms: 800 }\n'
  const { run: simulated } = await lab.lab.simulateScenario(script)
  const { run: real } = await lab.call('run.branch', { run: simulated, seq: 400, mode: 'real' })
  await until(real, 'a real cluster', ({ seq, nodes }) => seq > 700 && [...nodes.values()].every(({ pid }) => (pid ?? 0) > 0))
  await lab.call('runs.stop', { run: real })
  expect(await lab.call('run.check', { run: real })).toMatchObject({ is: 'pass' })
  const { run: again } = await lab.call('run.branch', { run: real, seq: 650, mode: 'simulation' })
  await until(again, 'a simulation', ({ seq }) => seq > 1000)
  await lab.call('runs.stop', { run: again })
  expect(await lab.call('run.check', { run: again })).toMatchObject({ is: 'pass' })
})
