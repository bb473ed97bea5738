/** A short simulated run of Raft under load and misfortune, as events and as a file: what derivations of causality are tried on. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { headerOf, type RunHeader } from '../../main/recorder/header.ts'
import { RunReader } from '../../main/recorder/reader.ts'
import { Recorder } from '../../main/recorder/recorder.ts'
import { RunStore } from '../../main/recorder/store.ts'
import { runConfigSchema } from '../../protocols/core/config.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import { nodeIds, runId } from '../../protocols/core/ids.ts'
import { raft } from '../../protocols/raft/index.ts'
import { kv } from '../../protocols/services/kv.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'

export interface SimulatedRun {
  readonly header: RunHeader
  readonly events: readonly RunEvent[]
}

export function simulatedRun(seed: number, count: number): SimulatedRun {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-simulated-'))
  const run = simulatedFile(path.join(folder, 'run.synod'), seed, count)
  rmSync(folder, { recursive: true })
  return run
}

/** The same, of which the file stays. */
export function simulatedFile(file: string, seed: number, count: number): SimulatedRun {
  const header = recordSimulated(file, { seed, count, nodes: 3 + (seed % 3) })
  const reader = new RunReader(file)
  const events: RunEvent[] = []
  reader.verify((event) => events.push(event))
  reader.close()
  return { header, events }
}

/** Records at least `count` events of Raft under load, with messages lost and doubled, a crash and a pause. */
export function recordSimulated(file: string, { seed, count, nodes }: { seed: number; count: number; nodes: number }): RunHeader {
  const config = runConfigSchema.parse({ mode: 'simulation', nodes, seed, load: { clients: 3, rate: 0, keys: 10 } })
  const header = headerOf({ run: runId('run'), name: 'A run', config, protocol: raft, epochUs: 0, appVersion: '0' })
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  const simulation = new Simulation({ protocol: raft, service: kv, config, sink: new Recording(recorder, raft, nodes) })
  const [first, second] = nodeIds(nodes) as [never, never]
  const upTo = (events: number) => {
    while (simulation.events < events) {
      simulation.run(simulation.nowUs + 10_000)
      recorder.commit()
    }
  }
  upTo(count / 4)
  const fault = (kind: object) => ({ ...kind, target: { all: true } }) as never
  simulation.arm(fault({ kind: 'duplicate', probability: 0.1 }))
  simulation.arm(fault({ kind: 'loss', probability: 0.1 }))
  upTo(count / 2)
  simulation.act(first, 'crash')
  upTo((3 * count) / 4)
  simulation.act(first, 'restart')
  simulation.act(second, 'pause')
  upTo(count)
  simulation.end()
  recorder.finish()
  store.close('ended')
  return header
}
