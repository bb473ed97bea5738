/** A thread that simulates futures of one recorded run, as they are asked for. */
import '../signing/lookingOn.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { LabError } from '../contract/errors.ts'
import { keepFuture } from './keep.ts'
import { openPast } from './open.ts'
import type { RecordedPast } from './past.ts'
import type { FromFutures, FuturesSettings, ToFutures } from './threads.ts'

const { file } = workerData as FuturesSettings
let past: RecordedPast | undefined

parentPort?.on('message', (word: ToFutures) => {
  const tell = (answer: FromFutures) => parentPort?.postMessage(answer)
  try {
    past ??= openPast(file)
    if ('keep' in word) {
      keepFuture(past, word.keep)
      return tell({ futures: [] })
    }
    const { seq, seeds, target, untilUs } = word.look
    const opened = past
    tell({ futures: seeds.map((seed) => opened.future(seq, seed, target, untilUs)) })
  } catch (error) {
    const known = error instanceof LabError ? error : new LabError('internal', `Simulating a future failed: ${(error as Error).message}`)
    tell({ failure: known.toFailure() })
  }
})
