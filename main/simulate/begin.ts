/** A scenario read for a simulation: with the seed and the name that were asked for. */
import type { RunConfig } from '../../protocols/core/config.ts'
import { type Beside, besideConfig } from '../scenario/beside.ts'
import type { Scenario } from '../scenario/format.ts'
import { parseScenario } from '../scenario/parse.ts'
import { varied } from '../scenario/vary.ts'

export interface Asked {
  readonly fileName?: string
  readonly seed?: number
  readonly name?: string
  /** What is otherwise than in the scenario. */
  readonly beside?: Beside
}

/** Throws a LabError (`bad-scenario`). */
export function simulated(
  text: string,
  { fileName, seed, name, beside }: Asked,
): { readonly scenario: Scenario; readonly config: RunConfig } {
  const parsed = parseScenario(text, fileName)
  const scenario = beside ? { ...parsed, run: besideConfig(parsed.run, beside) } : parsed
  return { scenario, config: simulatedConfig(scenario, seed ?? scenario.run.seed, name) }
}

/** The run of a scenario under this seed. */
export function simulatedConfig(scenario: Scenario, seed: number, name?: string): RunConfig {
  const { run, vary } = scenario
  return { ...varied(run, vary, seed), mode: 'simulation', name: name ?? run.name ?? scenario.name }
}
