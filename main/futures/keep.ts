/** Records one other future as a run of its own: the past that it shares with the first, event for event, and then what came. */
import type { RunHeader } from '../recorder/header.ts'
import { Recorder } from '../recorder/recorder.ts'
import { diskError, RunStore } from '../recorder/store.ts'
import type { RecordedPast } from './past.ts'

export interface KeptFuture {
  readonly file: string
  readonly header: RunHeader
  readonly seq: number
  readonly seed: number
}

/** Throws a LabError (`disk`) when it cannot be recorded. */
export function keepFuture(past: RecordedPast, { file, header, seq, seed }: KeptFuture): void {
  try {
    const store = new RunStore(file, header)
    const recorder = new Recorder(store, header)
    try {
      past.record(recorder, seq, seed)
      recorder.finish()
      store.close('ended')
    } catch (error) {
      store.abandon()
      throw error
    }
  } catch (error) {
    throw diskError(error, file, 'The future cannot be recorded')
  }
}
