/**
 * How soon a branch at any event of a long run is live: from the wish until the new run's own first events are there, in
 * simulated time and on real processes. The run is followed first, as the lab does in the background once it is asked to; how long that
 * takes is a figure too. `node test/bench/branch.ts [FILE]`; without a file a run is simulated.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createLab } from '../../main/lab.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { percentile, report } from './figures.ts'

const LIMIT_MS = 1000
const script = `
name: Long
run: { protocol: raft, nodes: 5, seed: 7, load: { clients: 8, rate: 400, keys: 20 } }
limitMs: 3600000
steps:
  - wait: leader
  - wait: { ms: 80000 }
`

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-bench-branch-'))
const lab = await createLab({ dataFolder: folder, host: 'cli' })
let reached = 0
const connection = lab.connect({
  change: (change) => {
    if (change.kind === 'branching') reached = change.progress.reached
    if (change.kind === 'grew') onGrew?.(change.run, change.lastSeq)
  },
})
let onGrew: ((run: RunId, lastSeq: number) => void) | undefined

try {
  const [file] = process.argv.slice(2)
  const run = file ? (await connection.call('runs.import', { path: file })).run : (await lab.simulateScenario(script)).run
  const { lastSeq } = await connection.call('run.overview', { run })
  await connection.call('run.watch', { run, on: true })
  const beganMs = performance.now()
  await connection.call('run.branch.prepare', { run })
  while (reached < lastSeq) await new Promise((resolve) => setTimeout(resolve, 50))
  report({ name: `following ${lastSeq} events in the background`, value: performance.now() - beganMs, unit: 'ms' })
  for (const mode of ['simulation', 'real'] as const) {
    // What a machine as busy as this one takes to begin a run at all.
    const freshMs = performance.now()
    const { run: fresh } = await connection.call('runs.start', { config: { mode, nodes: 5 } })
    report({ name: `a new run is live (${mode})`, value: performance.now() - freshMs, unit: 'ms' })
    await connection.call('runs.stop', { run: fresh })
    const took: number[] = []
    for (const share of [0.03, 0.35, 0.72, 0.98]) {
      const seq = Math.floor(lastSeq * share)
      const askedMs = performance.now()
      const { run: made } = await connection.call('run.branch', { run, seq, mode })
      const live = new Promise<number>((resolve) => {
        onGrew = (grown, at) => grown === made && at > seq && resolve(performance.now() - askedMs)
      })
      await connection.call('run.watch', { run: made, on: true })
      took.push(await live)
      await connection.call('runs.stop', { run: made })
      await connection.call('runs.delete', { run: made })
    }
    took.sort((a, b) => a - b)
    const of = { unit: 'ms', peer: 'limit', peerValue: LIMIT_MS }
    report({ name: `a branch is live (${mode}), median`, value: percentile(took, 0.5), ...of })
    report({ name: `a branch is live (${mode}), slowest`, value: took.at(-1) ?? 0, ...of })
  }
} finally {
  await lab.close()
  fs.rmSync(folder, { recursive: true, force: true })
}
