/**
 * PBFT on four real processes, through the proxy, everything recorded and every signature checked, the disk synced, 64-byte
 * values, the clients in a process of their own: operations per second and latency with 1, 32 and 256 outstanding.
 */
import { type BenchLab, openBenchLab, pause } from './bench-lab.ts'
import { report } from './figures.ts'
import { throughput } from './operations.ts'
import type { Throughput } from './peer/etcd.ts'

const OUTSTANDING = [1, 32, 256]
const WARM_UP_MS = 4000
const MEASURED_MS = 4000
const VALUE_BYTES = 64

async function measure(lab: BenchLab, outstanding: number): Promise<Throughput> {
  const run = await lab.startRun({
    protocol: 'pbft',
    nodes: 4,
    seed: 7,
    sync: 'batch',
    options: { viewChangeMs: 4000, viewChangeMsMax: 8000 },
  })
  await lab.call('run.watch', { run, on: false }) // recorded and judged, but no window is open
  await lab.call('run.load', {
    run,
    load: { clients: outstanding, rate: 0, mix: { read: 0, write: 1, cas: 0 }, keys: 1000, valueBytes: VALUE_BYTES },
  })
  await pause(WARM_UP_MS)
  const fromUs = (await lab.moment(run)).atUs
  await pause(MEASURED_MS)
  const toUs = (await lab.moment(run)).atUs
  await lab.call('run.load', { run, load: null })
  await lab.call('runs.stop', { run })
  const result = await throughput(lab, run, fromUs, toUs)
  await lab.call('runs.delete', { run })
  return result
}

const lab = await openBenchLab()
try {
  for (const outstanding of OUTSTANDING) {
    const { perSecond, p50Ms, p99Ms } = await measure(lab, outstanding)
    report({ name: `pbft, 4 processes, ${outstanding} outstanding`, value: perSecond, unit: 'operations/s' })
    report({ name: `pbft, 4 processes, ${outstanding} outstanding, median`, value: p50Ms, unit: 'ms' })
    report({ name: `pbft, 4 processes, ${outstanding} outstanding, 99 %`, value: p99Ms, unit: 'ms' })
  }
} finally {
  await lab.close()
}
