/** The store in the simulator: every scenario that it ships passes, and after bad afternoons an observer who sees all disks finds every copy equal. */
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { dynamo } from '../../../protocols/dynamo/index.ts'
import { type DynamoState, placeOf } from '../../../protocols/dynamo/state.ts'
import { entriesOf } from '../../../protocols/dynamo/storage.ts'
import { digestOf } from '../../../protocols/dynamo/versions.ts'
import { Coverage, coverageOf } from '../../../protocols/sim/coverage.ts'

const textOf = (name: string) => dynamo.scenarios.find((each) => each.name === name)?.text ?? ''

async function simulate(text: string, seed: number, sink?: Coverage) {
  const scenario = parseScenario(text, 'dynamo')
  const stage = new SimStage({ run: runId(`seed-${seed}`), ...choose(simulatedConfig(scenario, seed)), ...(sink ? { sink } : {}) })
  const outcome = await runScenario(stage, { ...scenario, afterwards: 'stop' })
  const states = stage.simulation.nodes.map((id) => stage.simulation.node(id).state as DynamoState)
  return { ...outcome, states, events: stage.simulation.events }
}

test.each(dynamo.scenarios.map(({ name }) => name))('%s passes', async (name) => {
  for (const seed of [1, 2]) {
    const { is, why } = await simulate(textOf(name), seed)
    expect({ seed, is, why }).toEqual({ seed, is: 'pass', why: undefined })
  }
})

/** Of each key, the digests of the copies that nodes at home have, and whatever anybody has besides. */
function copies(states: readonly DynamoState[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>()
  for (const state of states)
    for (const [, key, siblings] of entriesOf(state.store)) all.set(key, (all.get(key) ?? new Set()).add(digestOf(siblings)))
  for (const [key, digests] of all) {
    const { homes } = placeOf(states[0] as DynamoState, key)
    for (const state of states.filter(({ id }) => homes.includes(id)))
      if (!entriesOf(state.store).some(([, each]) => each === key)) digests.add('nothing')
  }
  return all
}

test('afternoons are clean, all copies are equal after them, and among them everything happens that can', {
  timeout: 600_000,
}, async () => {
  const counts: (readonly number[])[] = []
  let keys = 0
  for (let seed = 1; seed <= 60; seed++) {
    const coverage = new Coverage(dynamo)
    const { is, why, states } = await simulate(textOf('bad-afternoon'), seed, coverage)
    expect({ seed, is, why }).toEqual({ seed, is: 'pass', why: undefined })
    for (const [key, digests] of copies(states)) {
      expect(digests.size, `seed ${seed}, ${key}: ${[...digests].join(' or ')}`).toBe(1)
      keys += 1
    }
    counts.push(coverage.counts)
  }
  expect(keys).toBeGreaterThan(60)
  const { neverSeen } = coverageOf(dynamo, counts)
  expect(neverSeen.filter((kind) => /^(transition|message|timer)/.test(kind) && !/actor/.test(kind))).toEqual([])
})

test('without contexts sent back every write stays beside the others', async () => {
  const text = textOf('no-lost-update').replace(/ {2}- client: get x\n {4}by: (one|two)\n {4}of: n1\n {4}expect: 5\n/g, '')
  const { why } = await simulate(text, 1)
  expect(why).toMatch(/expected ok, siblings: 6 \| 6, got ok: ok, siblings: 5 \| 6 \| 6/)
})

test('the same seed gives the same run', async () => {
  const [once, again] = [await simulate(textOf('bad-afternoon'), 17), await simulate(textOf('bad-afternoon'), 17)]
  expect(again.events).toBe(once.events)
  expect(again.states.map((state) => dynamo.encode(state))).toEqual(once.states.map((state) => dynamo.encode(state)))
})
