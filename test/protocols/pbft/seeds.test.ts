/** Seeds that once failed pass: see test/seeds/pbft.txt. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { pbft } from '../../../protocols/pbft/index.ts'

const file = path.join(import.meta.dirname, '..', '..', 'seeds', 'pbft.txt')
const seeds = fs
  .readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => ({ seed: Number.parseInt(line, 10), found: line.replace(/^\d+\s+/, '') }))
const text = pbft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''

test.each(seeds)(
  '$seed: $found',
  async ({ seed }) => {
    const scenario = parseScenario(text, 'bad-afternoon')
    const stage = new SimStage({ run: runId('seed'), ...choose(simulatedConfig(scenario, seed)) })
    const outcome = await runScenario(stage, { ...scenario, afterwards: 'stop' })
    expect(outcome, outcome.why).toMatchObject({ is: 'pass' })
  },
  60_000,
)
