/** Export and import as the lab holds them: a thread for each, so that nothing else waits for it. */
import { LabError } from '../contract/errors.ts'
import type { ExchangeProgress } from '../contract/exchange.ts'
import { startThread } from '../programs/thread.ts'
import type { ExchangeWork, FromExchange } from './words.ts'

export { textOf } from './exporting.ts'
export type { EndedStatus } from './format.ts'
export { formatInfos, formats } from './formats/index.ts'

type Work = ExchangeWork extends infer W ? (W extends ExchangeWork ? Omit<W, 'stop'> : never) : never

export interface ExchangeOptions {
  readonly signal: AbortSignal
  onProgress(progress: ExchangeProgress): void
}

/** Rejects with a LabError (`stopped` when the signal came); then nothing is left of it. */
export async function exchange(work: Work, { signal, onProgress }: ExchangeOptions): Promise<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  // What is made on the way is soon garbage: with little room for the young it does not pile up.
  const resourceLimits = { maxYoungGenerationSizeMb: 16 }
  const worker = startThread('exchange', { workerData: { ...work, stop } satisfies ExchangeWork, resourceLimits })
  const end = () => Atomics.store(stop, 0, 1)
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (word: FromExchange) => {
        if ('progress' in word) onProgress(word.progress)
        else if ('done' in word) resolve()
        else reject(new LabError(word.failure.code, word.failure.message, word.failure.hint))
      })
      worker.on('error', (error) => reject(new LabError('internal', `The thread of the ${work.do} failed: ${error.message}`)))
      worker.on('exit', () => reject(new LabError('internal', `The thread of the ${work.do} ended before it was done.`)))
    })
  } finally {
    signal.removeEventListener('abort', end)
  }
}
