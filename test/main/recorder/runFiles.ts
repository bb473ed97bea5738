/** Run files for tests: made-up runs recorded in the test's own thread. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { RunHeader } from '../../../main/recorder/header.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { nodeIds, runId } from '../../../protocols/core/ids.ts'
import { merge, toyRun } from './toyRun.ts'

export const freshFolder = (): string => mkdtempSync(path.join(tmpdir(), 'synod-recorder-'))

export const toyHeader: RunHeader = {
  run: runId('toy'),
  name: 'A toy',
  config: runConfigSchema.parse({ nodes: 4 }),
  protocolVersion: 1,
  nodes: nodeIds(4),
  messageTypes: ['Ask'],
  timers: ['tick'],
  createdAt: '2026-01-02T03:04:05.000Z',
  epochUs: 5,
  appVersion: '0.0.0',
}

/** Records a made-up run; resolves to how many events it has. */
export function recordToy(file: string, seed: number, steps: number, header = toyHeader): number {
  const run = toyRun(seed, steps)
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  for (const batch of merge(run, seed + 1).batches) {
    recorder.take(batch)
    recorder.commit()
  }
  recorder.finish()
  store.close('ended')
  return run.events
}
