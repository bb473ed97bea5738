/** Two recorded runs side by side: where they part is where they were made to part. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RunReader } from '../../../main/recorder/reader.ts'
import { RunView } from '../../../main/scenario/view.ts'
import type { RunId } from '../../../protocols/core/ids.ts'
import { openLab, type TestLab } from '../lab/openLab.ts'

const script = (seed: number) => `
name: Seed ${seed}
run: { protocol: raft, nodes: 3, seed: ${seed}, load: { clients: 2, rate: 60 } }
steps:
  - wait: leader
  - wait: { ms: 400 }
  - partition: [[leader], rest]
  - wait: { ms: 1200 }
`
let lab: TestLab
let first: RunId
let again: RunId
let other: RunId
beforeAll(async () => {
  lab = await openLab()
  first = (await lab.lab.simulateScenario(script(5))).run
  again = (await lab.lab.simulateScenario(script(5))).run
  other = (await lab.lab.simulateScenario(script(6))).run
})
afterAll(async () => await lab.close())

const compare = (a: RunId, b: RunId) => lab.call('runs.compare', { a, b })

test('the same simulation twice does not part', async () => {
  const report = await compare(first, again)
  expect(report).toMatchObject({ by: 'log', first: undefined, differing: 0 })
  expect(report.shared).toBe(report.a.summary.events)
  expect(report.text).toMatch(/^They are the same/)
  expect(report.nodes.every(({ a, b }) => a === undefined && b === undefined)).toBe(true)
})

test('a branch and the run that it left share exactly what was before', async () => {
  const { marks } = await lab.call('run.overview', { run: first })
  const at = (marks.find(({ kind }) => kind === 'fault')?.seq ?? 0) + 60
  const { run } = await lab.call('run.branch', { run: first, seq: at, heal: true })
  const view = new RunView(lab.connection, run)
  await view.open()
  await view.until(() => view.moment.seq > at + 600, { atMs: performance.now() + 90_000, whole: false })
  await lab.call('runs.stop', { run })
  const report = await compare(first, run)
  expect(report).toMatchObject({ by: 'log', shared: at })
  // It begins by saying what becomes of operations that were under way, whose clients went no further.
  expect(report.first?.b).toMatchObject({ seq: at + 1 })
  expect(report.text).toContain(`Up to event ${at.toLocaleString('en')} they are the same`)
  expect(report.b.operations.ok).toBeGreaterThan(0)
  expect(report.b.operations.p99Ms).toBeGreaterThanOrEqual(report.b.operations.p50Ms ?? Number.POSITIVE_INFINITY)
  const faults = report.b.marks.filter(({ kind }) => kind === 'lift')
  expect(faults.length).toBe(1)
})

test('other dice part node by node, and the counts are those of the recordings', async () => {
  const report = await compare(first, other)
  expect(report.by).toBe('steps')
  expect(report.text).toMatch(/each node was followed by itself/)
  for (const side of [report.a, report.b]) {
    const reader = new RunReader(lab.lab.fileOf(side.summary.run))
    const events = [...reader.matching('kind:return')]
    expect(side.operations.ok).toBe(events.filter((event) => event.kind === 'return' && event.outcome.is === 'ok').length)
    reader.close()
  }
  expect(report.a.leaders[0]?.fromUs).toBeGreaterThan(0)
})
