/** Simulation as hosts see it beside the lab: a sweep over seeds, which needs no library. */
import { choose } from '../labChoice.ts'
import { parseScenario } from '../scenario/parse.ts'
import { examples } from '../scenario/vary.ts'
import { type SweepOptions, type Swept, sweepThreads } from './sweep.ts'

export { type ShrinkOptions, type Shrunk, shrink } from './shrink/index.ts'
export type { SeedResult, SweepOptions, Swept } from './sweep.ts'

/** Rejects with a LabError when the scenario cannot be simulated at all; what is found wrong under a seed is a result. */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const { run, vary } = parseScenario(options.text, options.fileName)
  for (const config of examples(run, vary)) choose(config)
  return await sweepThreads(options)
}
