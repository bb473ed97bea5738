/** A protocol whose timers never let time go on: found out, and said to be its fault. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol, Step } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { plant } from '../../mutants/plant.ts'

const text = `name: nothing ever comes
run: { nodes: 3 }
steps:
  - wait: { event: "type:RequestVote" }
  - wait: leader
`

/** Raft in which n2 sets a timer of 0 ms whenever that fires, from its first step or its first election on. */
function restless(from: 'start' | 'election'): AnyProtocol {
  const protocol = raft as AnyProtocol
  const again = { kind: 'setTimer', name: 'batch', msMin: 0, msMax: 0 } as const
  return {
    ...protocol,
    machine(service) {
      const machine = protocol.machine(service)
      const restlessly = <T extends Step<unknown, never>>(step: T): T => ({ ...step, effects: [...step.effects, again] })
      return {
        start: (input) => (from === 'start' && input.id === 'n2' ? restlessly(machine.start(input) as never) : machine.start(input)),
        step(state, input) {
          if (input.kind === 'timer' && input.name === 'batch') return { state, effects: [again] }
          const step = machine.step(state, input)
          const begins = from === 'election' && input.kind === 'timer' && input.name === 'election'
          return begins ? restlessly(step as never) : step
        },
      }
    },
  }
}

const outcomeOf = async (protocol: AnyProtocol) => {
  const scenario = parseScenario(text)
  const stage = new SimStage({ run: runId('still'), config: simulatedConfig(scenario, 1), protocol, service: kv })
  return await runScenario(stage, { ...scenario, afterwards: 'stop' })
}

test('a timer of 0 ms that sets itself again is a failure of liveness that names the node, not a run without end', async () => {
  const { is, failure, why } = await outcomeOf(restless('election'))
  expect({ is, failure }).toEqual({ is: 'fail', failure: 'liveness' })
  expect(why).toMatch(/step 1:4:5: .*time stands still at [\d.]+ ms: n\d takes step after step, 100000 things happen in this moment/)
})

test('so it is when the nodes have not even begun', async () => {
  const { is, failure, why } = await outcomeOf(restless('start'))
  expect({ is, failure }).toEqual({ is: 'fail', failure: 'liveness' })
  expect(why).toMatch(/could not be watched: time stands still .*: n2 takes step after step/)
})

/** A lab of sources in which a timer of Raft's is of 0 ms, wherever it is set like this. */
async function restlessLab(timer: string, ...times: readonly string[]) {
  const set = (time: string) => `setTimer(turn, '${timer}', ${time})`
  const copy = plant(times.map((time) => ({ file: 'protocols/raft/state.ts', find: set(time), replace: set('0, 0') })))
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-still-'))
  const module = pathToFileURL(path.join(copy, 'main/lab.ts')).href
  const { createLab } = (await import(/* @vite-ignore */ module)) as typeof import('../../../main/lab.ts')
  const trouble = Promise.withResolvers<string>()
  const lab = await createLab({ dataFolder, host: 'cli', onTrouble: trouble.resolve })
  const connection = lab.connect({ change: () => {} })
  onTestFinished(async () => {
    await connection.close()
    await lab.close()
    for (const folder of [copy, dataFolder]) fs.rmSync(folder, { recursive: true, force: true })
  })
  return {
    connection,
    trouble: trouble.promise,
    start: () => connection.call('runs.start', { config: { mode: 'simulation', nodes: 3, seed: 1 } }),
  }
}

test('a live simulation of it ends, says why, and keeps what was recorded', async () => {
  const { connection, trouble, start } = await restlessLab('heartbeat', 'heartbeatMs, heartbeatMs')
  const { run } = await start()
  expect(await trouble).toMatch(/time stands still at .*: n\d takes step after step/)
  await connection.call('runs.stop', { run }).catch(() => {})
  const [summary] = await connection.call('runs.list', {})
  expect(summary).toMatchObject({ run, status: 'interrupted' })
  expect(summary?.events).toBeGreaterThan(0)
})

test('one that stands still before its nodes have begun does not start', async () => {
  const { start } = await restlessLab('election', 'electionMsMin, electionMsMax', 'options.electionMsMin, options.electionMsMin')
  await expect(start()).rejects.toThrow(/time stands still at .*: n\d takes step after step/)
})
