/** Seeds of bad afternoons that once failed pass: see test/seeds. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { choose } from '../../main/labChoice.ts'
import { parseScenario } from '../../main/scenario/parse.ts'
import { runScenario } from '../../main/scenario/runner.ts'
import { simulatedConfig } from '../../main/simulate/begin.ts'
import { SimStage } from '../../main/simulate/stage.ts'
import { runId } from '../../protocols/core/ids.ts'
import { findProtocol } from '../../protocols/registry.ts'

const seeds = ['pbft', 'dynamo'].flatMap((protocol) =>
  fs
    .readFileSync(path.join(import.meta.dirname, '..', 'seeds', `${protocol}.txt`), 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => ({ protocol, seed: Number.parseInt(line, 10), found: line.replace(/^\d+\s+/, '') })),
)

test.each(seeds)('$protocol, $seed: $found', async ({ protocol, seed }) => {
  const text = findProtocol(protocol)?.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''
  const scenario = parseScenario(text, 'bad-afternoon')
  const stage = new SimStage({ run: runId('seed'), ...choose(simulatedConfig(scenario, seed)) })
  const outcome = await runScenario(stage, { ...scenario, afterwards: 'stop' })
  expect(outcome, outcome.why).toMatchObject({ is: 'pass' })
})
