/** The judge of histories as the lab holds it: a thread for one history, so that nothing else waits while it searches. */
import type { Worker } from 'node:worker_threads'
import type { RunEvent } from '../../protocols/core/event.ts'
import { LabError } from '../contract/errors.ts'
import type { HistoryReport, JudgeProgress } from '../contract/history.ts'
import { startThread } from '../programs/thread.ts'
import type { FromJudge, HistoryJob, ToJudge } from './words.ts'

export interface JudgeOptions {
  /** Milliseconds until the verdict is unknown; explaining a violation may take some seconds more. */
  readonly limitMs?: number
  /** With the points of every operation, which is as much again as the history. Of files always. */
  readonly order?: boolean
  onProgress?(progress: JudgeProgress): void
}

/** Judges the history in a file. Rejects with a LabError: `not-found`, or `bad-request` with the line that is no history. */
export async function judgeFile(file: string, model: string, options: JudgeOptions = {}): Promise<HistoryReport> {
  return await new JudgeThread({ of: 'file', file, model, limits: limitsOf(options) }, options).report
}

/** Judges a run by its events, which come in the order of the log; those that are not about operations may be left out. */
export async function judgeRun(
  events: AsyncIterable<readonly RunEvent[]>,
  model: string,
  options: JudgeOptions = {},
): Promise<HistoryReport> {
  const thread = new JudgeThread({ of: 'run', model, limits: limitsOf(options), order: options.order ?? false }, options)
  try {
    for await (const some of events) thread.say({ events: some })
    thread.say({ end: true })
  } catch (error) {
    await thread.end()
    throw error
  }
  return await thread.report
}

const limitsOf = ({ limitMs }: JudgeOptions) => (limitMs === undefined ? {} : { ms: limitMs })

class JudgeThread {
  readonly report: Promise<HistoryReport>
  readonly #worker: Worker

  constructor(job: HistoryJob, { onProgress }: JudgeOptions) {
    const worker = startThread('check', { workerData: job })
    this.#worker = worker
    this.report = new Promise((resolve, reject) => {
      worker.on('message', (word: FromJudge) => {
        if ('progress' in word) onProgress?.(word.progress)
        else if ('report' in word) resolve(word.report)
        else reject(new LabError(word.failure.code, word.failure.message, word.failure.hint))
      })
      worker.on('error', (error) => reject(new LabError('internal', `The thread that judges histories failed: ${error.message}`)))
      worker.on('exit', () => reject(new LabError('internal', 'The thread that judges histories ended without a verdict.')))
    })
    this.report.catch(() => undefined) // heard by whoever awaits it, which may be later
  }

  say(word: ToJudge): void {
    this.#worker.postMessage(word)
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
