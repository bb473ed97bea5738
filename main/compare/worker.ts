/** The thread of one comparison. */
import '../signing/lookingOn.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { LabError } from '../contract/errors.ts'
import { RunReader } from '../recorder/reader.ts'
import { compareRuns } from './compare.ts'
import type { CompareSettings, FromCompare } from './thread.ts'

const TELL_EVERY_MS = 100
const tell = (word: FromCompare) => parentPort?.postMessage(word)

try {
  const { a, b } = workerData as CompareSettings
  let toldMs = 0
  const report = compareRuns(
    { reader: new RunReader(a.file), summary: a.summary },
    { reader: new RunReader(b.file), summary: b.summary },
    (progress) => {
      const nowMs = performance.now()
      if (nowMs - toldMs < TELL_EVERY_MS) return
      toldMs = nowMs
      tell({ progress })
    },
  )
  tell({ report })
} catch (error) {
  const known = error instanceof LabError ? error : new LabError('internal', `The runs could not be compared: ${(error as Error).message}`)
  tell({ failure: known.toFailure() })
}
