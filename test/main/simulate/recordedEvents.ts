/** How many events the recording of a scenario has, apart from the states that it keeps, with a protocol of the test's own. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { headerOf } from '../../../main/recorder/header.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Recording } from '../../../protocols/sim/recording.ts'

export async function recordedEvents(protocol: AnyProtocol, text: string): Promise<number> {
  const scenario = parseScenario(text)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-shrunk-'))
  try {
    const file = path.join(folder, 'run.synod')
    const run = runId('shrunk')
    const config = { ...scenario.run, mode: 'simulation' as const }
    const header = headerOf({ run, name: 'shrunk', config, protocol, epochUs: 0, appVersion: '0' })
    const store = new RunStore(file, header)
    const recorder = new Recorder(store, header)
    const stage = new SimStage({ run, config, protocol, service: kv, sink: new Recording(recorder, protocol, config.nodes) })
    await runScenario(stage, scenario)
    recorder.finish()
    store.close('ended')
    const reader = new RunReader(file)
    let events = 0
    reader.verify((event) => {
      if (event.kind !== 'checkpoint') events += 1
    })
    reader.close()
    return events
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
