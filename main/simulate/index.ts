/** Simulation as hosts see it beside the lab: a sweep over seeds, which needs no library. */
export { type ShrinkOptions, type Shrunk, shrink } from './shrink/index.ts'
export type { SeedResult } from './sweep.ts'
export { type SweepOptions, type Swept, sweep } from './sweepKept.ts'
