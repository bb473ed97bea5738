/** Every scenario that a protocol ships can be read, is for that protocol, passes in simulation, and runs on real processes or says that it does not. */
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { checkMode } from '../../../main/scenario/whereabouts.ts'
import { simulated } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { protocols } from '../../../protocols/registry.ts'

const shipped = protocols.flatMap((protocol) => protocol.scenarios.map((scenario) => ({ ...scenario, protocol: protocol.name })))

test('there are some', () => expect(shipped.length).toBeGreaterThan(3))

test.each(shipped)('$protocol/$name', ({ protocol, name, text }) => {
  const scenario = parseScenario(text, `${protocol}/${name}`)
  expect(scenario.run.protocol).toBe(protocol)
  expect(name).toMatch(/^[a-z0-9-]+$/)
  const needsSimulation = scenario.steps.some(({ step }) => step.do === 'clock' || step.do === 'disk')
  expect(scenario.simulationOnly !== undefined).toBe(needsSimulation)
  const onProcesses = () => checkMode(scenario, 'real', `${protocol}/${name}`)
  if (needsSimulation) expect(onProcesses).toThrow(`${protocol}/${name} can be carried out in simulation only: `)
  else expect(onProcesses).not.toThrow()
  expect(() => checkMode(scenario, 'simulation')).not.toThrow()
})

test.each(shipped)('$protocol/$name passes in simulation', async ({ text }) => {
  const { scenario, config } = simulated(text, {})
  const stage = new SimStage({ run: runId('shipped'), ...choose(config) })
  const { is, why } = await runScenario(stage, scenario)
  expect({ is, why }).toEqual({ is: 'pass', why: undefined })
})
