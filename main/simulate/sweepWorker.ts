/** A thread of a sweep: simulates the seeds that it is given, one after the other, judged and not recorded. */
import { parentPort, workerData } from 'node:worker_threads'
import { runId } from '../../protocols/core/ids.ts'
import { choose } from '../labChoice.ts'
import { parseScenario } from '../scenario/parse.ts'
import { runScenario } from '../scenario/runner.ts'
import { simulatedConfig } from './begin.ts'
import { SimStage } from './stage.ts'
import type { FromSweeper, SeedResult, SweepSettings, ToSweeper } from './sweep.ts'

const { text, fileName } = workerData as SweepSettings
const file = fileName === undefined ? {} : { fileName }
const scenario = parseScenario(text, fileName)

async function simulate(seed: number): Promise<SeedResult> {
  const stage = new SimStage({ run: runId(`seed-${seed}`), ...choose(simulatedConfig(scenario, seed)), stopsAtViolation: true })
  const { is, failure, violated, why } = await runScenario(stage, { ...scenario, afterwards: 'stop' }, file)
  return {
    ...{ seed, is, events: stage.simulation.events, operations: stage.simulation.operations, faults: stage.tally.faults },
    ...(failure === undefined ? {} : { failure }),
    ...(violated === undefined ? {} : { violated }),
    ...(why === undefined ? {} : { why }),
  }
}

parentPort?.on('message', ({ seed }: ToSweeper) => {
  simulate(seed).then(
    (result) => parentPort?.postMessage({ result } satisfies FromSweeper),
    (error) =>
      setImmediate(() => {
        throw error // the thread dies of it, and the sweep says so
      }),
  )
})
