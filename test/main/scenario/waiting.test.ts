/** Steps that name a leader wait for one, wherever the word stands; in vain no longer than the step may take, and then they say so. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario, type ScenarioOutcome } from '../../../main/scenario/runner.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'

/** Nobody leads yet when the first step begins. */
async function outcome(...steps: readonly string[]): Promise<ScenarioOutcome> {
  const scenario = parseScenario(`name: t\nrun: { protocol: raft, nodes: 3 }\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`)
  return await runScenario(new SimStage({ run: runId('t'), config: scenario.run, protocol: raft, service: kv }), scenario)
}

test.each([
  ['what is done to a node', '{ crash: leader, as: old }', '{ wait: new-leader }', '{ restart: old }'],
  ['what is told', '{ tell: leader, control: transferLeadership, with: { to: follower }, until: { fact: epoch, is: ">", value: 1 } }'],
  ['a field of what is told', '{ tell: n2, control: transferLeadership, with: { to: leader } }'],
  ['a fault', '{ arm: { kind: delay, delayMs: 5, target: { links: [[clients, leader]] } } }'],
  ['a group', '{ partition: [[leader], rest] }'],
  ['whom a client asks', '{ client: put x 1, of: leader }'],
  ['a fact', '{ wait: { fact: role, of: leader, value: leader } }'],
])('%s waits for whoever will lead', async (_, ...steps) => {
  expect(await outcome(...steps)).toMatchObject({ is: 'pass' })
})

test('in vain, it says who is missing, and a fact what is shown instead', async () => {
  const alone = '{ partition: [[n1], [n2], [n3]] }'
  expect(await outcome(alone, '{ crash: leader, withinMs: 3000 }')).toMatchObject({
    failure: 'liveness',
    why: expect.stringMatching(/crash leader: the time limit of the step went by: no running node leads$/),
  })
  expect(await outcome(alone, '{ wait: { fact: role, of: n1, value: leader }, withinMs: 3000 }')).toMatchObject({
    why: expect.stringMatching(/the time limit of the step went by: n1 shows (candidate|follower)$/),
  })
})

test('who is not of this run is not waited for', async () => {
  expect(await outcome('{ crash: n7 }')).toMatchObject({
    failure: 'expectation',
    why: expect.stringContaining('n7 is not a node of this run'),
  })
})
