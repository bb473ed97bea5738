/** Paxos in the simulator: every scenario that it ships passes, seeds are judged clean and cover all that it can say, and the same seed gives the same run. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { type NodeId, runId } from '../../../protocols/core/ids.ts'
import { paxos as honest } from '../../../protocols/paxos/index.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import { decree } from '../../../protocols/services/decree.ts'
import { Coverage, coverageOf } from '../../../protocols/sim/coverage.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { type Letter, Listener, type StepSeen } from '../../../protocols/sim/sink.ts'

/** As the lab runs it: its nodes can be told to lie. */
const paxos = findProtocol('paxos') ?? honest
const textOf = (name: string) => paxos.scenarios.find((each) => each.name === name)?.text ?? ''

async function simulate(text: string, seed: number, sink?: Coverage) {
  const scenario = parseScenario(text, 'paxos')
  const config = simulatedConfig(scenario, seed)
  const stage = new SimStage({ run: runId(`seed-${seed}`), config, protocol: paxos, service: decree, ...(sink ? { sink } : {}) })
  return { ...(await runScenario(stage, { ...scenario, afterwards: 'stop' })), events: stage.simulation.events, nodes: stage.moment.nodes }
}

test.each(paxos.scenarios.map(({ name }) => name))('%s passes', async (name) => {
  for (const seed of [1, 2, 3]) {
    const { is, why } = await simulate(textOf(name), seed)
    expect({ seed, is, why }).toEqual({ seed, is: 'pass', why: undefined })
  }
})

test('a scenario that breaks something fails where it is not broken', async () => {
  const kept = textOf('amnesia')
    .replace('  - wipe: n2\n', '')
    .replace(/ {2}- wait: \{ fact: chosen, of: n4, value: X \}\n/, '')
  const { is, why } = await simulate(kept, 1)
  expect(is).toBe('fail')
  expect(why).toMatch(/it breaks Agreement: nothing is broken/)
})

test('afternoons are clean, and among them everything happens that can', { timeout: 120_000 }, async () => {
  const counts: (readonly number[])[] = []
  for (let seed = 1; seed <= 100; seed++) {
    const coverage = new Coverage(paxos)
    const { is, why } = await simulate(textOf('bad-afternoon'), seed, coverage)
    expect({ seed, is, why }).toEqual({ seed, is: 'pass', why: undefined })
    counts.push(coverage.counts)
  }
  const { neverSeen } = coverageOf(paxos, counts)
  expect(neverSeen.filter((kind) => !/^(effect reply|input control)/.test(kind))).toEqual(['transition contradiction'])
})

test('the same seed gives the same run', async () => {
  const [once, again] = [await simulate(textOf('bad-afternoon'), 17), await simulate(textOf('bad-afternoon'), 17)]
  expect(again.events).toBe(once.events)
  expect([...again.nodes].map(([, node]) => node.observation)).toEqual([...once.nodes].map(([, node]) => node.observation))
})

test('a client begins at its own node, opens no session, and goes on to the next when nobody answers', () => {
  const asked: [NodeId, string][] = []
  class Requests extends Listener {
    override stepped({ node, input }: StepSeen): void {
      if (input.kind === 'request') asked.push([node, input.request.kind])
    }
  }
  const load = { clients: 3, rate: 0, mix: { read: 0, write: 1, cas: 0 }, operations: 3 }
  const config = runConfigSchema.parse({ protocol: 'paxos', service: 'decree', nodes: 3, load })
  const run = new Simulation({ protocol: paxos, service: decree, config, sink: new Requests() })
  run.run(200_000)
  expect(asked.map(([node, kind]) => `${node} ${kind}`).sort()).toEqual(['n1 command', 'n2 command', 'n3 command'])
  asked.length = 0
  run.act(run.nodes[0] as NodeId, 'crash')
  run.operate({ op: 'propose', value: 'late' }, () => {})
  run.run(2_000_000)
  expect(asked).toEqual([['n2', 'command']])
})

test.each([1, 3, 5, 9, 15])(
  'what a decision costs %i nodes when nobody disturbs it: two round trips, and telling the learners',
  (nodes) => {
    const count = (votesToLearners: boolean): number => {
      const options = { votesToLearners, retransmitMs: 60_000, askMs: 60_000 }
      const config = runConfigSchema.parse({ protocol: 'paxos', service: 'decree', nodes, options })
      const sent = new Map<string, number>()
      class Sent extends Listener {
        override sent({ body }: Letter): void {
          sent.set(body.kind, (sent.get(body.kind) ?? 0) + 1)
        }
      }
      const run = new Simulation({ protocol: paxos, service: decree, config, sink: new Sent() })
      run.run(200_000)
      run.operate({ op: 'propose', value: 'X' }, () => {})
      run.run(1_000_000)
      for (const id of run.nodes) expect(run.observation(id)?.facts.chosen).toBe('X')
      const kinds = ['Prepare', 'Promise', 'Accept', 'Accepted', 'Nack', 'Chosen', 'Ask']
      return kinds.reduce((sum, kind) => sum + (sent.get(kind) ?? 0), 0)
    }
    const others = nodes - 1
    expect(count(true)).toBe(4 * others + nodes * others)
    expect(count(false)).toBe(5 * others)
  },
)
