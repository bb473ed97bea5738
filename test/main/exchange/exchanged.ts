/** Runs for tests of exchange, put into files and taken out of them in the test's own thread. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { textOf } from '../../../main/exchange/exporting.ts'
import { formats } from '../../../main/exchange/formats/index.ts'
import { importRun } from '../../../main/exchange/importing.ts'
import { choose } from '../../../main/labChoice.ts'
import { headerOf, type RunHeader } from '../../../main/recorder/header.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulated } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { Recording } from '../../../protocols/sim/recording.ts'

/** A folder for one test, gone with it. */
export class Desk {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'synod-exchange-'))
  #count = 0

  fresh(name: string): string {
    return path.join(this.folder, `${++this.#count}-${name}`)
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A file with this text. */
  text(text: string | Uint8Array, name = 'log.txt'): string {
    const file = this.fresh(name)
    writeFileSync(file, text)
    return file
  }

  export(run: string, as: string): string {
    const format = formats.find(({ name }) => name === as)
    if (!format) throw new Error(`no format ${as}`)
    return [...textOf(run, 'ended', format, () => {})].join('')
  }

  /** The run file. */
  import(file: string, as?: string): string {
    const to = this.fresh('run.synod')
    importRun({ from: file, to, name: 'imported', as, pulse: () => {} })
    return to
  }

  importText(text: string | Uint8Array, as?: string): string {
    return this.import(this.text(text), as)
  }

  /** Why it cannot be imported; and nothing may be left of it. */
  refusal(text: string | Uint8Array): string {
    const file = this.text(text)
    const before = readdirSync(this.folder)
    try {
      this.import(file)
    } catch (error) {
      const left = readdirSync(this.folder).filter((name) => !before.includes(name))
      if (left.length > 0) throw new Error(`${left.join(', ')} was left behind`)
      const { message, hint = '' } = error as { message: string; hint?: string }
      return `${message.replaceAll(file, 'FILE')} ${hint.replaceAll(file, 'FILE')}`
    }
    return 'it was imported'
  }
}

export function eventsIn(file: string): RunEvent[] {
  const reader = new RunReader(file)
  const events: RunEvent[] = []
  try {
    reader.verify((event) => events.push(event))
  } finally {
    reader.close()
  }
  return events
}

export function headerIn(file: string): RunHeader {
  const reader = new RunReader(file)
  reader.close()
  return reader.header
}

/** A simulated afternoon of Raft in a run file: crashes and restarts, partitions, losses, and clients. */
export async function simulatedRun(desk: Desk, seed: number): Promise<string> {
  const text = raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''
  const { scenario, config } = simulated(text, { seed })
  const { protocol, service, config: chosen } = choose(config)
  const file = desk.fresh('simulated.synod')
  const run = runId('simulated')
  const header = headerOf({ run, name: 'A bad afternoon', config: chosen, protocol, epochUs: 0, appVersion: '0' })
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  const stage = new SimStage({ run, config: chosen, protocol, service, sink: new Recording(recorder, protocol, chosen.nodes) })
  await runScenario(stage, { ...scenario, afterwards: 'stop' })
  recorder.finish()
  store.close('ended')
  return file
}

export const textIn = (file: string): string => readFileSync(file, 'utf8')
