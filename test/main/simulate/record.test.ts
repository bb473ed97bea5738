/** A simulated run is a run: recorded by the same recorder, opened, replayed and judged like those of real processes. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab, type Lab, type LabConnection, type ScenarioOutcome } from '../../../main/lab.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { hashText } from '../../../protocols/core/hash.ts'
import { raft } from '../../../protocols/raft/index.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-simulated-'))
/** Long enough for checkpoints on the way, and always of five nodes. */
const longAfternoon = () =>
  textOf('bad-afternoon')
    .replace(/vary:[\s\S]*steps:/, 'steps:')
    .replace('rate: 100', 'rate: 400')
const textOf = (name: string) => raft.scenarios.find((scenario) => scenario.name === name)?.text ?? ''
let lab: Lab
let connection: LabConnection
let outcome: ScenarioOutcome

beforeAll(async () => {
  lab = await createLab({ dataFolder: folder, host: 'cli' })
  connection = lab.connect({ change: () => undefined })
  outcome = await lab.simulateScenario(longAfternoon(), { seed: 22 })
})
afterAll(async () => {
  await lab.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

test('a bad afternoon passes, judged from its recording', () => {
  expect(outcome).toMatchObject({ is: 'pass', verdict: { is: 'pass' } })
  expect(outcome.verdict?.judgedSeq).toBe(outcome.verdict?.lastSeq)
  expect(outcome.verdict?.lastSeq).toBeGreaterThan(10_000)
})

test('it stands in the library like any other, and says that it is simulated', async () => {
  const [summary] = await connection.call('runs.list', {})
  expect(summary).toMatchObject({ run: outcome.run, status: 'ended', verdict: 'pass', violations: 0 })
  const { config } = await connection.call('run.overview', { run: outcome.run })
  expect(config).toMatchObject({ mode: 'simulation', seed: 22 })
})

test('the replay rebuilds at every checkpoint the state that was recorded', async () => {
  const reader = new RunReader(lab.fileOf(outcome.run))
  let compared = 0
  let lives = 0
  for (let seq = 1; seq <= reader.lastSeq; seq++) {
    const event = reader.event(seq)
    if (event?.kind !== 'checkpoint') continue
    const { nodes } = await connection.call('run.states', { run: outcome.run, seq })
    const node = nodes.find(({ node }) => node === event.node)
    expect(node?.problem, `${event.node} at event ${seq}`).toBeUndefined()
    expect(hashText(JSON.stringify(node?.state)), `${event.node} at event ${seq}`).toBe(event.hash)
    compared += 1
    if (event.step === 1) lives += 1
  }
  reader.close()
  expect(compared).toBeGreaterThan(lives)
  expect(lives).toBeGreaterThan(5) // some node was restarted
})

test('nothing of it was out of order, malformed or repeated', async () => {
  const { events } = await connection.call('run.events', { run: outcome.run, from: 1, limit: 5000, where: 'kind:reject' })
  expect(events).toEqual([])
})

test.each(['leader-crash', 'leader-cut-off', 'split-vote', 'rough-weather'])(
  '%s means in simulated time what it means on processes',
  async (name) => {
    const { is, why } = await lab.simulateScenario(textOf(name))
    expect(why).toBeUndefined()
    expect(is).toBe('pass')
  },
)

test('what does not hold is told apart: an expectation, and progress that did not come in time', async () => {
  const wrong = 'name: Wrong\nrun: { nodes: 3 }\nsteps:\n  - wait: leader\n  - client: put x 1\n  - client: get x\n    expect: "2"\n'
  expect(await lab.simulateScenario(wrong)).toMatchObject({
    is: 'fail',
    failure: 'expectation',
    why: expect.stringContaining('expected 2, got ok: 1'),
  })
  const stuck = `name: Stuck\nrun: { nodes: 3, load: { clients: 1, rate: 10 } }\nsteps:\n  - wait: leader\n  - partition: [[n1], [n2], [n3]]\n  - wait: { ms: 3000 }\n  - wait: progress\n    withinMs: 5000\n`
  expect(await lab.simulateScenario(stuck)).toMatchObject({ is: 'fail', failure: 'liveness', verdict: { is: 'pass' } })
})

test('a step may wait for an event, by the filters of the log', async () => {
  const text = `name: Filtered\nrun: { nodes: 3, seed: 4 }\nsteps:\n  - wait: leader\n  - crash: leader\n  - wait: { event: 'type:RequestVote term=2' }\n    withinMs: 5000\n  - wait: { event: 'kind:node' }\n    withinMs: 1000\n`
  expect(await lab.simulateScenario(text)).toMatchObject({ is: 'fail', failure: 'liveness', why: expect.stringContaining(':8:') })
})
