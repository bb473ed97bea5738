/** A thread of a sweep: simulates the seeds that it is given, one after the other, judged and not recorded, and says what came of them. */
import { parentPort, workerData } from 'node:worker_threads'
import { runId } from '../../protocols/core/ids.ts'
import { Coverage } from '../../protocols/sim/coverage.ts'
import { choose } from '../labChoice.ts'
import { parseScenario } from '../scenario/parse.ts'
import { runScenario } from '../scenario/runner.ts'
import { simulatedConfig } from './begin.ts'
import { SimStage } from './stage.ts'
import type { FromSweeper, SeedResult, SweepSettings, ToSweeper } from './sweep.ts'

const { text, fileName, underWay } = workerData as SweepSettings
const file = fileName === undefined ? {} : { fileName }
const scenario = parseScenario(text, fileName)

async function simulate(seed: number): Promise<SeedResult> {
  const chosen = choose(simulatedConfig(scenario, seed))
  const coverage = new Coverage(chosen.protocol)
  const stage = new SimStage({
    run: runId(`seed-${seed}`),
    ...chosen,
    sink: coverage,
    stopsAtViolation: scenario.expect.breaks === undefined,
  })
  const { is, failure, violated, why } = await runScenario(stage, { ...scenario, afterwards: 'stop' }, file)
  const { events, operations } = stage.simulation
  return {
    ...{ seed, is, events, operations, faults: stage.tally.faults, coverage: coverage.counts },
    ...(failure === undefined ? {} : { failure }),
    ...(violated === undefined ? {} : { violated }),
    ...(why === undefined ? {} : { why }),
  }
}

/** Beyond whatever a run left to be done at once: a result counts when nothing of its run can fail any more, and a thread dies of its own seed. */
const settled = () => new Promise<void>((resume) => setImmediate(resume))

parentPort?.on('message', async ({ seeds }: ToSweeper) => {
  const results: SeedResult[] = []
  for (const seed of seeds) {
    underWay[0] = seed
    results.push(await simulate(seed)) // what it throws the thread dies of, and the sweep says so
    await settled()
  }
  parentPort?.postMessage({ results } satisfies FromSweeper)
})
