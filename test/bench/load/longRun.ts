/**
 * A long run to read: Raft simulated under load with crashes, pauses, partitions and loss, recorded as any simulation is. Made once for
 * each length and kept in the system's temporary folder, because a million events take a while.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { headerOf } from '../../../main/recorder/header.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { type NodeId, runId } from '../../../protocols/core/ids.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Recording } from '../../../protocols/sim/recording.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { remark } from '../figures.ts'

const NODES = 5
/** Grows when what is made changes otherwise than by the protocol: a run of another version cannot be run again. */
const VERSION = 1
const EVENTS_BETWEEN_FAULTS = 20_000

/** The run's file. A run is a function of its seed, so the same length gives the same file anywhere. */
export function longRun(events: number): string {
  const folder = path.join(os.tmpdir(), 'synod-bench-runs')
  const file = path.join(folder, `raft-${raft.version}-${events}-${VERSION}.synod`)
  if (existsSync(file)) return file
  remark(`simulating ${events} events into ${file}`)
  mkdirSync(folder, { recursive: true })
  const part = path.join(folder, `.part-${process.pid}.synod`)
  make(part, events)
  renameSync(part, file)
  return file
}

function make(file: string, events: number): void {
  const config = runConfigSchema.parse({
    ...{ mode: 'simulation', nodes: NODES, seed: 1, name: `${events} events` },
    load: { clients: 32, rate: 0, keys: 1000 },
  })
  const header = headerOf({
    run: runId(`long-${events}`),
    name: `${events} events`,
    config,
    protocol: raft,
    epochUs: 0,
    appVersion: '0.0.0',
  })
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  const run = new Simulation({ protocol: raft, service: kv, config, sink: new Recording(recorder, raft, NODES) })
  const every = Math.min(EVENTS_BETWEEN_FAULTS, events / 5)
  for (let turn = 0; run.events < events; turn++) {
    while (run.events < Math.min(events, (turn + 1) * every)) {
      run.run(run.nowUs + 20_000)
      recorder.commit()
    }
    run.heal()
    breakSomething(run, turn)
  }
  run.heal()
  run.end()
  recorder.finish()
  store.close('ended')
}

/** One misfortune after the other, each on another node. */
function breakSomething(run: Simulation, turn: number): void {
  const node = run.nodes[turn % NODES] as NodeId
  const rest = run.nodes.filter((id) => id !== node)
  switch (turn % 4) {
    case 0:
      return run.act(node, 'crash')
    case 1:
      run.arm({ kind: 'cut', target: { groups: [[node], rest] } })
      return
    case 2:
      run.arm({ kind: 'loss', probability: 0.05, target: { all: true } })
      return
    default:
      return run.act(node, 'pause')
  }
}
