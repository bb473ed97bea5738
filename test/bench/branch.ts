/**
 * How soon a branch at any event of a run of a million events is live: from the wish until the new run's own first events are there, in
 * simulated time and on real processes, in the built lab. The run is followed first, as the lab does in the background once it is asked to; how long that
 * takes is a figure too. `node test/bench/branch.ts [FILE]`; without a file a run is simulated.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { RunId } from '../../protocols/core/ids.ts'
import { recordSimulated } from '../support/simulatedRun.ts'
import { openBenchLab, pause } from './bench-lab.ts'
import { percentile, report } from './figures.ts'

const LIMIT_MS = 1000
const EVENTS = 1_000_000

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-bench-branch-'))
const lab = await openBenchLab()
let reached = 0
let onGrew: ((run: RunId, lastSeq: number) => void) | undefined
lab.onChange((change) => {
  if (change.kind === 'branching') reached = change.progress.reached
  if (change.kind === 'grew') onGrew?.(change.run, change.lastSeq)
})

/** Until the run has events beyond this one. */
const isLive = (run: RunId, beyond: number): Promise<void> =>
  new Promise((resolve) => {
    onGrew = (grown, at) => grown === run && at > beyond && resolve()
  })

function simulated(): string {
  const file = path.join(folder, 'long.synod')
  recordSimulated(file, { seed: 7, count: EVENTS, nodes: 5 })
  return file
}

try {
  const [file = simulated()] = process.argv.slice(2)
  const { run } = await lab.call('runs.import', { path: file })
  const { lastSeq } = await lab.call('run.overview', { run })
  await lab.call('run.watch', { run, on: true })
  const beganMs = performance.now()
  await lab.call('run.branch.prepare', { run })
  while (reached < lastSeq) await pause(50)
  report({ name: `following ${lastSeq} events in the background`, value: performance.now() - beganMs, unit: 'ms' })
  for (const mode of ['simulation', 'real'] as const) {
    // What a machine as busy as this one takes to begin a run at all.
    const freshMs = performance.now()
    const { run: fresh } = await lab.call('runs.start', { config: { mode, nodes: 5 } })
    report({ name: `a new run is live (${mode})`, value: performance.now() - freshMs, unit: 'ms' })
    await lab.call('runs.stop', { run: fresh })
    const took: number[] = []
    for (const share of [0.03, 0.35, 0.72, 0.98]) {
      const seq = Math.floor(lastSeq * share)
      await lab.call('run.branch.prepare', { run, mode, seq }) // as the form does; whoever looks at it has time to read it
      await pause(1500)
      const askedMs = performance.now()
      const { run: made } = await lab.call('run.branch', { run, seq, mode })
      const live = isLive(made, seq).then(() => performance.now() - askedMs)
      await lab.call('run.watch', { run: made, on: true })
      took.push(await live)
      await lab.call('runs.stop', { run: made })
      await lab.call('runs.delete', { run: made })
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
