/** A lab of a benchmark's own: the built engine in this process, its data in a folder that goes when it is closed. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Command, Request, Response } from '../../main/contract/commands.ts'
import type { Change } from '../../main/contract/stream.ts'
import type { Lab, LabConnection } from '../../main/labApi.ts'
import type { Load, RunConfigInput } from '../../protocols/core/config.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import { decodeMoment, type Moment } from '../../protocols/core/moment.ts'

export interface BenchLab {
  call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>>
  /** Starts a run and resolves when a node leads. */
  startRun(config: RunConfigInput): Promise<RunId>
  moment(run: RunId): Promise<Moment>
  leader(run: RunId): Promise<NodeId | undefined>
  /** Puts a load with a number of operations on the run; resolves when all are done. */
  loadToItsEnd(run: RunId, load: Load): Promise<void>
  onChange(listener: (change: Change) => void): () => void
  close(): Promise<void>
}

export async function openBenchLab(): Promise<BenchLab> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-'))
  const built = path.join(import.meta.dirname, '../../dist/main/lab.js')
  const { createLab } = (await import(built)) as { createLab: (options: { dataFolder: string; host: 'cli' }) => Promise<Lab> }
  const lab = await createLab({ dataFolder, host: 'cli' })
  const listeners = new Set<(change: Change) => void>()
  const connection: LabConnection = lab.connect({
    change: (change) => {
      for (const listener of listeners) listener(change)
    },
  })
  const moment = async (run: RunId) => {
    const { lastSeq } = await connection.call('run.overview', { run })
    return decodeMoment(await connection.call('run.moment', { run, seq: lastSeq }))
  }
  const leader = async (run: RunId) => {
    let found: { id: NodeId; epoch: number } | undefined
    for (const [id, node] of (await moment(run)).nodes) {
      const seen = node.observation
      if (node.status === 'up' && seen?.role === 'leader' && seen.epoch > (found?.epoch ?? -1)) found = { id, epoch: seen.epoch }
    }
    return found?.id
  }
  const untilLeader = async (run: RunId) => {
    const until = performance.now() + 30_000
    while (performance.now() < until) {
      if ((await leader(run)) !== undefined) return
      await pause(20)
    }
    throw new Error('no leader within 30 s')
  }
  return {
    call: (command, request) => connection.call(command, request),
    async startRun(config) {
      const { run } = await connection.call('runs.start', { config })
      await connection.call('run.watch', { run, on: true })
      await untilLeader(run)
      return run
    },
    moment,
    leader,
    async loadToItsEnd(run, load) {
      const loads = async () => (await connection.call('run.overview', { run })).marks.filter(({ kind }) => kind === 'load').length
      const before = await loads()
      await connection.call('run.load', { run, load })
      // It begins, and it ends. What is recorded comes a little after what is done.
      while ((await loads()) < before + 2) await pause(50)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      await connection.close()
      await lab.close()
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
