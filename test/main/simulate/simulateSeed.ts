/** One seed of a scenario (a bad afternoon), with a protocol of the test's own. */
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario, type ScenarioOutcome } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'

const afternoon = raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''

export async function simulateSeed(
  protocol: AnyProtocol,
  seed: number,
  text = afternoon,
): Promise<ScenarioOutcome & { readonly stage: SimStage }> {
  const scenario = parseScenario(text, 'bad-afternoon')
  const config = simulatedConfig(scenario, seed)
  const stage = new SimStage({ run: runId(`seed-${seed}`), config, protocol, service: kv, stopsAtViolation: true })
  return { ...(await runScenario(stage, scenario)), stage }
}
