/** What node processes weigh when idle (proportional set size, Linux only), and whether fifteen of them run. */
import { readFileSync } from 'node:fs'
import { openBenchLab, pause } from './bench-lab.ts'
import { median, remark, report } from './figures.ts'

function pssMb(pid: number): number {
  const pss = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  if (!pss) throw new Error(`process ${pid} states no Pss`)
  return Number(pss[1]) / 1024
}

const lab = await openBenchLab()
try {
  const run = await lab.startRun({ protocol: 'raft', nodes: 15, seed: 3 })
  await pause(3000)
  const pids = [...(await lab.moment(run)).nodes.values()].flatMap((node) => node.pid ?? [])
  report({ name: 'node processes that run at once', value: pids.length, unit: 'processes' })
  if (process.platform === 'linux')
    report({
      name: 'a node process, idle, of 15: proportional memory',
      value: median(pids.map(pssMb)),
      unit: 'MB',
      peer: 'limit',
      peerValue: 20,
    })
  else remark('proportional memory is read from /proc, which this system does not have')
  await lab.call('runs.stop', { run })
} finally {
  await lab.close()
}
