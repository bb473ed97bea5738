/**
 * What kill -9 of the engine takes back: how old the last event in the file is when the engine dies, five nodes of Raft under load
 * behind the proxy. The run's epoch and the moment of the kill are read off the same clock of the machine.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { RunReader } from '../../main/recorder/reader.ts'
import { pause } from './bench-lab.ts'
import { median, remark, report } from './figures.ts'
import { openWebLab } from './load/webLab.ts'
import { writes } from './operations.ts'

const ROUNDS = 9
const OUTSTANDING = [1, 32]
const LIMIT_MS = 100

async function lostMs(round: number, outstanding: number): Promise<number> {
  const lab = await openWebLab()
  try {
    const { run } = await lab.call('runs.start', { config: { protocol: 'raft', nodes: 5, seed: 300 + round } })
    await lab.call('run.load', { run, load: writes(outstanding) })
    // Not always at the same moment between two commits.
    await pause(3000 + 37 * round)
    const killedUs = await lab.kill()
    const file = readdirSync(lab.folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.synod'))
    if (!file) throw new Error(`no run in ${lab.folder}`)
    const reader = new RunReader(path.join(lab.folder, file))
    const lost = (killedUs - (reader.header.epochUs + reader.lengthUs)) / 1e3
    const { status } = reader.summary(run, false)
    reader.close()
    if (status !== 'interrupted') throw new Error(`the run says that it is ${status}`)
    return lost
  } finally {
    await lab.close()
  }
}

if (process.platform !== 'linux') remark('two processes share a monotonic clock on Linux alone: these figures mean nothing here')
for (const outstanding of OUTSTANDING) {
  const lost: number[] = []
  for (let round = 0; round < ROUNDS; round++) lost.push(await lostMs(round, outstanding))
  const name = `killed engine, ${outstanding} outstanding: age of the last event kept`
  report({ name: `${name}, median`, value: median(lost), unit: 'ms' })
  report({ name: `${name}, oldest of ${ROUNDS}`, value: Math.max(...lost), unit: 'ms', peer: 'limit', peerValue: LIMIT_MS })
}
