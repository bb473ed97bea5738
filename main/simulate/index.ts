/** Simulation as hosts see it beside the lab: a sweep over seeds, which needs no library. */
import { choose } from '../labChoice.ts'
import { simulated } from './begin.ts'
import { type SweepOptions, type Swept, sweepThreads } from './sweep.ts'

export { type ShrinkOptions, type Shrunk, shrink } from './shrink/index.ts'
export type { SeedResult, SweepOptions, Swept } from './sweep.ts'

/** Rejects with a LabError when the scenario cannot be simulated at all; what is found wrong under a seed is a result. */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const { text, fileName, first } = options
  choose(simulated(text, { seed: first, ...(fileName === undefined ? {} : { fileName }) }).config)
  return await sweepThreads(options)
}
