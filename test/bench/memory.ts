/**
 * What node processes weigh when idle (proportional set size, Linux only), whether fifteen of them run, and what the engine's
 * own process weighs while it proxies, records and judges all that three nodes can say.
 */
import { readFileSync } from 'node:fs'
import { loadSchema } from '../../protocols/core/config.ts'
import { openBenchLab, pause } from './bench-lab.ts'
import { median, remark, report } from './figures.ts'
import { openWebLab } from './load/webLab.ts'

const WARM_UP_MS = 10_000
const MEASURED_MS = 40_000
const SAMPLE_MS = 250

function kilobytes(file: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'))
  if (!found) throw new Error(`${file} states no ${field}`)
  return Number(found[1])
}

const pssMb = (pid: number): number => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') / 1024
const rssMb = (pid: number): number => kilobytes(`/proc/${pid}/status`, 'VmRSS') / 1024

async function fifteenNodes(): Promise<void> {
  const lab = await openBenchLab()
  try {
    const run = await lab.startRun({ protocol: 'raft', nodes: 15, seed: 3 })
    await pause(3000)
    const pids = [...(await lab.moment(run)).nodes.values()].flatMap((node) => node.pid ?? [])
    report({ name: 'node processes that run at once', value: pids.length, unit: 'processes' })
    report({
      name: 'a node process, idle, of 15: proportional memory',
      value: median(pids.map(pssMb)),
      unit: 'MB',
      peer: 'limit',
      peerValue: 20,
    })
    await lab.call('runs.stop', { run })
  } finally {
    await lab.close()
  }
}

async function engineAtFullLoad(): Promise<void> {
  const lab = await openWebLab()
  try {
    const { run } = await lab.call('runs.start', { config: { protocol: 'raft', nodes: 3, seed: 7 } as never })
    await lab.call('run.load', { run, load: loadSchema.parse({ clients: 256, rate: 0, mix: { read: 0, write: 1, cas: 0 }, keys: 1000 }) })
    await pause(WARM_UP_MS)
    const seenMb: number[] = []
    for (const until = performance.now() + MEASURED_MS; performance.now() < until; await pause(SAMPLE_MS)) seenMb.push(rssMb(lab.pid))
    const { lastSeq } = await lab.call('run.overview', { run })
    remark(`${lastSeq} events recorded by then`)
    await lab.call('runs.stop', { run })
    const third = Math.floor(seenMb.length / 3)
    const name = 'the engine at full load: resident memory'
    report({ name: `${name}, at most`, value: Math.max(...seenMb), unit: 'MB', peer: 'limit', peerValue: 300 })
    report({
      name: `${name}, median of the last third`,
      value: median(seenMb.slice(-third)),
      unit: 'MB',
      peer: 'of the first third',
      peerValue: median(seenMb.slice(0, third)),
    })
  } finally {
    await lab.close()
  }
}

if (process.platform === 'linux') {
  await fifteenNodes()
  await engineAtFullLoad()
} else remark('memory is read from /proc, which this system does not have')
