/** A comparison on a thread of its own: given up by ending it. */
import type { RunSummary } from '../contract/commands.ts'
import type { CompareProgress, CompareReport } from '../contract/compare.ts'
import { LabError, type LabFailure } from '../contract/errors.ts'
import { startThread } from '../programs/thread.ts'

export interface CompareSettings {
  readonly a: { readonly file: string; readonly summary: RunSummary }
  readonly b: { readonly file: string; readonly summary: RunSummary }
}

export type FromCompare = { readonly progress: CompareProgress } | { readonly report: CompareReport } | { readonly failure: LabFailure }

/** Rejects with a LabError, also when `signal` gives it up. */
export function compareFiles(
  settings: CompareSettings,
  signal: AbortSignal,
  onProgress: (progress: CompareProgress) => void,
): Promise<CompareReport> {
  const worker = startThread('compare', { workerData: settings })
  return new Promise((resolve, reject) => {
    const giveUp = () => void worker.terminate()
    signal.addEventListener('abort', giveUp)
    worker.on('message', (word: FromCompare) => {
      if ('progress' in word) onProgress(word.progress)
      else if ('report' in word) resolve(word.report)
      else reject(new LabError(word.failure.code, word.failure.message, word.failure.hint))
    })
    worker.on('error', (error) => reject(new LabError('internal', `The thread that compares runs failed: ${error.message}`)))
    worker.on('exit', () => {
      signal.removeEventListener('abort', giveUp)
      reject(new LabError('bad-request', 'The comparison was given up.'))
    })
    if (signal.aborted) giveUp()
  })
}
