/** The thread that makes branches of one run, as the lab holds it. */
import type { Worker } from 'node:worker_threads'
import type { BranchProgress } from '../contract/branch.ts'
import { LabError } from '../contract/errors.ts'
import { startThread } from '../programs/thread.ts'
import { removeRunFile } from '../recorder/library.ts'
import type { BranchWanted, FromBranching, Likely, MadeBranch, ToBranching } from './words.ts'

export class BranchThread {
  readonly #worker: Worker
  readonly #calls = new Map<number, { resolve(made: MadeBranch): void; reject(error: LabError): void }>()
  #lastCall = 0
  #isClosed = false
  /** Files that it may have begun. */
  readonly #parts: string[] = []

  constructor(file: string, onProgress: (progress: BranchProgress) => void) {
    this.#worker = startThread('branch', { workerData: { file } })
    this.#worker.on('message', (word: FromBranching) => {
      if (word.kind === 'progress') return onProgress(word.progress)
      const call = this.#calls.get(word.call)
      this.#calls.delete(word.call)
      if (word.kind === 'made') call?.resolve(word.made)
      else call?.reject(new LabError(word.failure.code, word.failure.message, word.failure.hint))
    })
    this.#worker.on('error', (error) => this.#gone(new LabError('internal', `The thread that makes branches failed: ${error.message}`)))
    this.#worker.on('exit', () => this.#gone(new LabError('bad-request', 'The branch was given up.')))
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Follows the run in the background, and makes what can be made of a branch that is `likely` to be wanted. */
  prepare(likely?: Likely): void {
    if (likely) this.#parts.push(likely.part)
    this.#worker.postMessage({ do: 'prepare', likely } satisfies ToBranching)
  }

  /** Rejects with a LabError. */
  make(wanted: BranchWanted): Promise<MadeBranch> {
    const call = ++this.#lastCall
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new LabError('bad-request', 'The branch was given up.'))
      this.#calls.set(call, { resolve, reject })
      this.#worker.postMessage({ do: 'make', call, wanted } satisfies ToBranching)
    })
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker.terminate()
    for (const part of this.#parts) removeRunFile(part)
  }

  #gone(error: LabError): void {
    this.#isClosed = true
    for (const { reject } of this.#calls.values()) reject(error)
    this.#calls.clear()
  }
}
