/** Where a scenario can be carried out: what only a simulation can do is refused elsewhere before anything starts. */
import type { RunConfig } from '../../protocols/core/config.ts'
import { LabError } from '../contract/errors.ts'
import type { Scenario } from './format.ts'

export function checkMode({ simulationOnly, name }: Scenario, mode: RunConfig['mode'], fileName = name): void {
  if (simulationOnly === undefined || mode !== 'real') return
  throw new LabError(
    'bad-scenario',
    `${fileName} can be carried out in simulation only: ${simulationOnly}.`,
    `Nothing was started. “synod sim ${fileName}” carries it out, and so does the window, in simulation.`,
  )
}
