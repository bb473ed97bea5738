/** Storms that watch what happens are functions of their seed all the same, and what they did can be done again by the clock alone. */
import { expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import type { NetworkFault, NodeAction } from '../../../protocols/core/fault.ts'
import { type FaultId, type NodeId, runId } from '../../../protocols/core/ids.ts'
import type { Control } from '../../../protocols/core/input.ts'
import { raft } from '../../../protocols/raft/index.ts'
import type { ClockSetting } from '../../../protocols/sim/clock.ts'
import { Digest } from '../../../protocols/sim/digest.ts'
import { Recording } from '../../../protocols/sim/recording.ts'
import type { Range } from '../../../protocols/sim/simulation.ts'

const scenario = parseScenario(raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? '')
type Done = { readonly atUs: number; readonly act: (stage: SimStage) => void }

/** Writes down what is done to it, and when. */
class NotedStage extends SimStage {
  readonly done: Done[] = []
  struck = 0

  override strike(node: NodeId, action: NodeAction): void {
    super.strike(node, action)
    this.struck += 1
    this.#note((stage) => stage.simulation.act(node, action))
  }

  override async arm(fault: NetworkFault): Promise<FaultId> {
    this.#note((stage) => stage.simulation.arm(fault))
    return await super.arm(fault)
  }

  override async lift(fault: FaultId): Promise<void> {
    this.#note((stage) => stage.simulation.lift(fault))
    await super.lift(fault)
  }

  override async tell(node: NodeId, control: Control): Promise<void> {
    this.#note((stage) => {
      if (stage.simulation.node(node).status === 'up') stage.simulation.tell(node, control)
    })
    await super.tell(node, control)
  }

  override setClock(node: NodeId, setting: ClockSetting): void {
    this.#note((stage) => stage.simulation.setClock(node, setting))
    super.setClock(node, setting)
  }

  override setSync(node: NodeId, syncMs: Range | undefined): void {
    this.#note((stage) => stage.simulation.setSync(node, syncMs))
    super.setSync(node, syncMs)
  }

  #note(act: Done['act']): void {
    this.done.push({ atUs: this.simulation.nowUs, act })
  }
}

function stageOf(seed: number): { stage: NotedStage; digest: Digest } {
  const choice = choose(simulatedConfig(scenario, seed))
  const digest = new Digest()
  const sink = new Recording(digest, choice.protocol, choice.config.nodes)
  return { stage: new NotedStage({ run: runId('storm'), ...choice, sink }), digest }
}

async function storm(seed: number) {
  const { stage, digest } = stageOf(seed)
  const steps = scenario.steps.filter(({ step }) => step.do === 'storm')
  await runScenario(stage, { ...scenario, steps, expect: {}, afterwards: 'stay' })
  return { stage, hex: digest.hex }
}

test.each([26, 37, 4, 22])('seed %i: twice the same, and the same by the clock', async (seed) => {
  const first = await storm(seed)
  expect((await storm(seed)).hex).toBe(first.hex)
  const { stage, digest } = stageOf(seed)
  await stage.open()
  for (const { atUs, act } of first.stage.done) {
    stage.simulation.run(atUs)
    act(stage)
  }
  stage.simulation.run(first.stage.simulation.nowUs)
  expect(digest.hex).toBe(first.hex)
})

test('seeds differ in what befalls them, down to those in which whoever leads is struck again and again', async () => {
  const struck: number[] = []
  for (let seed = 1; seed <= 12; seed++) struck.push((await storm(seed)).stage.struck)
  expect(Math.max(...struck)).toBeGreaterThan(10)
  expect(Math.min(...struck)).toBe(0)
})
