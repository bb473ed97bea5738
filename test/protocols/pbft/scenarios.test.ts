/** The scenarios that come with PBFT pass in simulation; that they pass on real processes, too, is tested with the lab. */
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { pbft } from '../../../protocols/pbft/index.ts'

for (const { name, title, text } of pbft.scenarios) {
  test(`${name}: ${title}`, async () => {
    const scenario = parseScenario(text, name)
    expect(scenario.name).toBe(title)
    expect(scenario.run.protocol).toBe('pbft')
    const chosen = choose(simulatedConfig(scenario, scenario.run.seed))
    const outcome = await runScenario(new SimStage({ run: runId(name), ...chosen }), { ...scenario, afterwards: 'stop' })
    expect(outcome, outcome.why).toMatchObject({ is: 'pass' })
  }, 60_000)
}

test('their names are unique', () => {
  expect(new Set(pbft.scenarios.map(({ name }) => name)).size).toBe(pbft.scenarios.length)
})
