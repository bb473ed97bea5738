/** A scenario read for a simulation: with the seed and the name that were asked for. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { Scenario } from '../scenario/format.ts'
import { parseScenario } from '../scenario/parse.ts'

export interface Asked {
  readonly fileName?: string
  readonly seed?: number
  readonly name?: string
}

/** Throws a LabError (`bad-scenario`). */
export function simulated(text: string, { fileName, seed, name }: Asked): { readonly scenario: Scenario; readonly config: RunConfig } {
  const scenario = parseScenario(text, fileName)
  const { run } = scenario
  return { scenario, config: { ...run, mode: 'simulation', name: name ?? run.name ?? scenario.name, seed: seed ?? run.seed } }
}
