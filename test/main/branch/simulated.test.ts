/** A branch in simulated time: its past is that of the run it leaves, event for event, and it goes on from there, live, under the faults that are wanted. */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RunReader } from '../../../main/recorder/reader.ts'
import { RunView } from '../../../main/scenario/view.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { type RunId, runId } from '../../../protocols/core/ids.ts'
import { openLab, type TestLab } from '../lab/openLab.ts'

const script = `
name: Cut off
run: { protocol: raft, nodes: 3, seed: 5, load: { clients: 2, rate: 60 } }
steps:
  - wait: leader
  - wait: { ms: 400 }
  - partition: [[leader], rest]
  - wait: { ms: 1500 }
`
let lab: TestLab
let parent: RunId
beforeAll(async () => {
  lab = await openLab()
  parent = (await lab.lab.simulateScenario(script)).run
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

/** Somewhere behind the partition. */
const place = (): number => {
  const armed = events(parent).find((event) => event.kind === 'action' && event.action.do === 'arm')?.seq ?? 0
  return armed + 40
}

async function grown(run: RunId, by: number): Promise<void> {
  const view = new RunView(lab.connection, run)
  await view.open()
  const from = view.moment.seq
  await view.until(() => view.moment.seq > from + by, { atMs: performance.now() + 90_000, whole: false })
}

/** Pasts that were put together for branches that may be wanted. */
const parts = (): string[] => {
  const runs = path.join(lab.lab.dataFolder, 'runs')
  return readdirSync(runs).flatMap((name) => (name.endsWith('.part') ? [path.join(runs, name)] : []))
}

test.each([
  { heal: false, made: 'nowhere', off: undefined },
  { heal: true, made: 'there', off: 0 },
  { heal: false, made: 'elsewhere', off: -7 },
])('it goes on from the event, with healing: $heal, made ready for $made', async ({ heal, off }) => {
  const seq = place()
  let ready: number | undefined
  if (off !== undefined) {
    await lab.call('run.branch.prepare', { run: parent, seq: seq + off })
    await expect.poll(() => parts().length, { timeout: 90_000 }).toBe(1)
    ready = statSync(parts()[0] as string).ino
  }
  const { run } = await lab.call('run.branch', { run: parent, seq, heal })
  expect(parts()).toEqual([])
  expect(statSync(lab.lab.fileOf(run)).ino === ready).toBe(off === 0)
  await grown(run, 1500)
  const summary = await lab.call('runs.stop', { run })
  expect(summary.branch).toMatchObject({ of: parent, at: seq, name: 'Cut off' })
  const before = events(parent)
  const after = events(run)
  expect(after.slice(0, seq)).toEqual(before.slice(0, seq))
  expect(after.length).toBeGreaterThan(seq + 1500)
  const rest = after.slice(seq)
  expect(rest.some((event) => event.kind === 'action' && event.action.do === 'lift')).toBe(heal)
  // A majority goes on either way: operations come back with results.
  expect(rest.some((event) => event.kind === 'return' && event.outcome.is === 'ok')).toBe(true)
  const verdict = await lab.call('run.check', { run, history: {} })
  expect(verdict).toMatchObject({ is: 'pass', lastSeq: after.length, judgedSeq: after.length })
  expect(verdict.divergence).toBeUndefined()
  expect(verdict.history?.is).not.toBe('fail')
  const { nodes } = await lab.call('run.states', { run, seq: seq + 700 })
  expect(nodes.every(({ problem, state }) => problem === undefined && state !== undefined)).toBe(true)
})

test('a branch of a branch knows its parent, and a parent that is deleted leaves it whole', async () => {
  const { run: first } = await lab.call('run.branch', { run: parent, seq: place(), heal: true, seed: 99 })
  await grown(first, 400)
  await lab.call('runs.stop', { run: first })
  const count = events(first).length
  const { run: second } = await lab.call('run.branch', { run: first, seq: count - 50 })
  await grown(second, 400)
  await lab.call('runs.stop', { run: second })
  await lab.call('runs.delete', { run: first })
  const runs = await lab.call('runs.list', {})
  expect(runs.find(({ run }) => run === second)?.branch).toMatchObject({ of: first, at: count - 50 })
  const verdict = await lab.call('run.check', { run: second })
  expect(verdict).toMatchObject({ is: 'pass' })
  expect(verdict.divergence).toBeUndefined()
})

test('a live run is not ended unasked; where it may be, it ends with its whole recording when the branch is made', async () => {
  const { run } = await lab.call('runs.start', { config: { mode: 'simulation', nodes: 3, name: 'Live', load: { clients: 2, rate: 30 } } })
  await grown(run, 300)
  const statusOf = async (one: RunId) => (await lab.call('runs.list', {})).find((each) => each.run === one)?.status
  const before = (await lab.call('runs.list', {})).length
  for (const of of [run, parent]) {
    const refused = lab.call('run.branch', { run: of, seq: 50 })
    await expect(refused).rejects.toThrow('The run "Live" is live, and a lab runs one at a time: the branch would end it.')
  }
  // When it cannot be made, nothing has ended, though it might have been.
  await expect(lab.call('run.branch', { run, seq: 10_000_000, endLive: true })).rejects.toThrow(/There is no event/)
  expect(await statusOf(run)).toBe('live')
  expect((await lab.call('runs.list', {})).length).toBe(before)
  await grown(run, 100)

  const { lastSeq } = await lab.call('run.overview', { run })
  const { run: branch } = await lab.call('run.branch', { run, seq: 200, endLive: true })
  await grown(branch, 200)
  expect(await statusOf(run)).toBe('ended')
  const left = events(run)
  expect(left.length).toBeGreaterThanOrEqual(lastSeq)
  expect(left.at(-1)).toMatchObject({ kind: 'action', action: { do: 'end' } })
  expect(await lab.call('run.check', { run })).toMatchObject({ is: 'pass', judgedSeq: left.length })
  expect(events(branch).slice(0, 200)).toEqual(left.slice(0, 200))
  await lab.call('runs.stop', { run: branch })
})

test('where there is no such event or run, it says so and leaves nothing', async () => {
  const before = (await lab.call('runs.list', {})).length
  await expect(lab.call('run.branch', { run: parent, seq: 1_000_000 })).rejects.toThrow(/There is no event 1000000/)
  await expect(lab.call('run.branch', { run: runId('nowhere'), seq: 1 })).rejects.toThrow(/There is no run/)
  expect((await lab.call('runs.list', {})).length).toBe(before)
})
