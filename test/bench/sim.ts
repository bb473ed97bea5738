/**
 * What a simulation costs: five nodes of Raft under a key-value load as fast as answers come, in events a second, bare,
 * judged and recorded, beside the bare agenda of this run: as many things that happen, and nothing that they do. Also
 * whether the millionth event costs what the ten-thousandth did, and what a million recorded ones hold in memory.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { headerOf } from '../../main/recorder/header.ts'
import { Recorder } from '../../main/recorder/recorder.ts'
import { RunStore } from '../../main/recorder/store.ts'
import { runConfigSchema } from '../../protocols/core/config.ts'
import { runId } from '../../protocols/core/ids.ts'
import { raft } from '../../protocols/raft/index.ts'
import { kv } from '../../protocols/services/kv.ts'
import { Agenda, type Due } from '../../protocols/sim/agenda.ts'
import { Judging } from '../../protocols/sim/judging.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import type { Sink } from '../../protocols/sim/sink.ts'
import { remark, report } from './figures.ts'

const EVENTS = Number(process.env.SIM_EVENTS ?? 1_000_000)
const NODES = 5
const config = runConfigSchema.parse({
  ...{ mode: 'simulation', nodes: NODES, seed: 1 },
  load: { clients: 32, rate: 0, keys: 1000 },
})

interface Measured {
  readonly perSecond: number
  /** Events a second around the ten-thousandth and around the last. */
  readonly early: number
  readonly late: number
}

function measure(sink: Sink | undefined, after?: () => void): Measured {
  const run = new Simulation({ protocol: raft, service: kv, config, ...(sink ? { sink } : {}) })
  const upTo = (events: number) => {
    const from = run.events
    const began = performance.now()
    while (run.events < events) {
      run.run(run.nowUs + 20_000)
      after?.()
    }
    return ((run.events - from) / (performance.now() - began)) * 1000
  }
  upTo(10_000) // the cluster has a leader, the code is compiled in part
  const began = performance.now()
  const early = upTo(0.1 * EVENTS)
  upTo(0.9 * EVENTS)
  const late = upTo(EVENTS)
  return { perSecond: ((run.events - 10_000) / (performance.now() - began)) * 1000, early, late }
}

/** A few hundred things under way that each add the next one, as a simulation has. */
function bareAgenda(): number {
  const agenda = new Agenda()
  let happened = 0
  class Beat implements Due {
    readonly everyUs: number
    constructor(everyUs: number) {
      this.everyUs = everyUs
    }
    happen(): void {
      happened += 1
      agenda.add(agenda.nowUs + this.everyUs, this)
    }
  }
  for (let i = 0; i < 256; i++) agenda.add(i, new Beat(100 + ((i * 7919) % 500)))
  const began = performance.now()
  while (happened < 3 * EVENTS) agenda.next(Number.POSITIVE_INFINITY)
  return (happened / (performance.now() - began)) * 1000
}

function recorded(folder: string): Measured & { readonly peakMb: number } {
  const header = headerOf({ run: runId('bench'), name: 'Bench', config, protocol: raft, epochUs: 0, appVersion: '0.0.0' })
  const store = new RunStore(path.join(folder, 'run.synod'), header)
  const recorder = new Recorder(store, header)
  let peak = 0
  const measured = measure(new Recording(recorder, raft, NODES), () => {
    recorder.commit()
    peak = Math.max(peak, process.memoryUsage.rss())
  })
  recorder.finish()
  store.close('ended')
  return { ...measured, peakMb: peak / 1e6 }
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-sim-'))
try {
  const agenda = bareAgenda()
  const peer = { peer: 'bare agenda', peerValue: agenda }
  report({ name: 'bare agenda', value: agenda, unit: 'events/s' })
  const tell = (name: string, { perSecond, early, late }: Measured) => {
    report({ name: `simulated Raft, ${NODES} nodes, ${name}`, value: perSecond, unit: 'events/s', ...peer })
    report({ name: `... at the last tenth, ${name}`, value: late, unit: 'events/s', peer: 'first tenth', peerValue: early })
  }
  tell('bare', measure(undefined))
  tell('every invariant judged', measure(new Judging(raft, kv)))
  const { peakMb, ...measured } = recorded(folder)
  tell('recorded', measured)
  report({ name: `memory of ${EVENTS} recorded events`, value: peakMb, unit: 'MB', peer: 'bound', peerValue: 400 })
  remark('An event is a step, a send, a delivery, a drop, an operation begun or ended, or something done to the run.')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
