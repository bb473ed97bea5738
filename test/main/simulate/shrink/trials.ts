/** Trials made by hand: Raft on three nodes, and what is done. */
import type { Step } from '../../../../main/scenario/format.ts'
import type { Bench, Trial } from '../../../../main/simulate/shrink/trial.ts'
import { runConfigSchema } from '../../../../protocols/core/config.ts'
import type { AnyProtocol } from '../../../../protocols/core/machine.ts'
import { raft } from '../../../../protocols/raft/index.ts'
import { kv } from '../../../../protocols/services/kv.ts'

export const bench: Bench = { protocol: raft as AnyProtocol, service: kv }
export const run = {
  ...runConfigSchema.parse({ protocol: 'raft', service: 'kv', nodes: 3 }),
  options: raft.options.parse({}) as never,
}

export const trialOf = (...steps: Step[]): Trial => ({
  run,
  steps: [...steps, { do: 'watch', watch: { ms: 100 } }],
  expect: {},
  limitMs: 1000,
})
