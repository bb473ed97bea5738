/** A scenario simulated into a run file: the recorder that records real runs is given what happens, already in its order. */
import type { RunId } from '../../protocols/core/ids.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import type { LabClient } from '../contract/client.ts'
import type { Choice } from '../labChoice.ts'
import { VERSION } from '../labInfo.ts'
import { headerOf } from '../recorder/header.ts'
import { Recorder } from '../recorder/recorder.ts'
import { diskError, RunStore } from '../recorder/store.ts'
import { judgeRecording } from '../scenario/expect.ts'
import type { Scenario } from '../scenario/format.ts'
import { type RunnerOptions, runScenario, type ScenarioOutcome } from '../scenario/runner.ts'
import { SimStage } from './stage.ts'

export interface RecordedSimulation extends RunnerOptions {
  readonly run: RunId
  readonly name: string
  /** Must not exist. */
  readonly file: string
  readonly choice: Choice
  readonly scenario: Scenario
  /** The scenario's text, kept with the run. */
  readonly text: string
  /** Reads the recording when it is done. */
  readonly client: LabClient
  readonly signal?: AbortSignal
  /** The file is whole. */
  onRecorded?(): void
}

/** Rejects with a LabError (`disk`) when it cannot be recorded; what was recorded before stays. */
export async function recordSimulation(options: RecordedSimulation): Promise<ScenarioOutcome> {
  const { run, name, file, choice, scenario, text, client, signal } = options
  const { config, protocol, service } = choice
  const header = headerOf({ run, name, config, protocol, epochUs: 0, appVersion: VERSION, scenario: text })
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  let isWhole = false
  const finish = () => {
    if (isWhole) return
    isWhole = true
    recorder.finish()
    store.close('ended')
    options.onRecorded?.()
  }
  try {
    const stage = new SimStage({
      ...{ run, config, protocol, service, sink: new Recording(recorder, protocol, config.nodes) },
      onSlice: () => recorder.commit(),
      onEnd: finish,
      judge: (expected) => judgeRecording(client, run, expected),
      ...(signal ? { signal } : {}),
    })
    // There is nobody to go on with it: it ends, whatever the scenario says.
    return await runScenario(stage, { ...scenario, afterwards: 'stop' }, options)
  } catch (error) {
    if (!isWhole) store.abandon()
    throw diskError(error, file, 'The simulation cannot be recorded')
  }
}
