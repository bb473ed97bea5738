/** Threads that simulate futures. Each is given a handful of seeds when it has done with the last; one that dies takes its handful with it, and that is said. */
import type { Worker } from 'node:worker_threads'
import { LabError, type LabFailure } from '../contract/errors.ts'
import { startThread } from '../programs/thread.ts'
import type { KeptFuture } from './keep.ts'
import type { Future } from './past.ts'
import type { Target } from './target.ts'

export interface FuturesSettings {
  readonly file: string
}
export type ToFutures =
  | { readonly look: { readonly seq: number; readonly seeds: readonly number[]; readonly target: Target; readonly untilUs: number } }
  | { readonly keep: KeptFuture }
export type FromFutures = { readonly futures: readonly Future[] } | { readonly failure: LabFailure }

interface Task {
  readonly word: ToFutures
  done(futures: readonly Future[]): void
  failed(error: Error): void
}

/** Few enough that an interruption does not wait long. */
const HANDFUL = 8

export class FutureThreads {
  readonly troubles: string[] = []
  readonly #file: string
  readonly #signal: AbortSignal | undefined
  readonly #waiting: Task[] = []
  readonly #busy = new Map<Worker, Task | undefined>()
  #isClosed = false

  constructor(file: string, jobs: number, signal?: AbortSignal) {
    this.#file = file
    this.#signal = signal
    for (let job = 0; job < Math.max(1, jobs); job++) this.#begin()
    signal?.addEventListener('abort', () => void this.close())
  }

  /** Those that could be simulated. Rejects with a LabError when the run cannot be had again at all. */
  async look(seq: number, seeds: readonly number[], target: Target, untilUs: number): Promise<Future[]> {
    const handfuls: Promise<readonly Future[]>[] = []
    for (let at = 0; at < seeds.length; at += HANDFUL) {
      const some = seeds.slice(at, at + HANDFUL)
      handfuls.push(this.#ask({ look: { seq, seeds: some, target, untilUs } }))
    }
    return (await Promise.all(handfuls)).flat()
  }

  async keep(kept: KeptFuture): Promise<void> {
    await this.#ask({ keep: kept })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { done } of this.#waiting.splice(0)) done([])
    await Promise.all([...this.#busy.keys()].map((worker) => worker.terminate()))
  }

  #ask(word: ToFutures): Promise<readonly Future[]> {
    return new Promise((done, failed) => {
      if (this.#isClosed || this.#signal?.aborted) return done([])
      this.#waiting.push({ word, done, failed })
      for (const [worker, task] of this.#busy) if (task === undefined) this.#give(worker)
    })
  }

  #begin(): void {
    const worker = startThread('futures', { workerData: { file: this.#file } satisfies FuturesSettings })
    this.#busy.set(worker, undefined)
    worker.on('message', (answer: FromFutures) => {
      const task = this.#busy.get(worker)
      this.#busy.set(worker, undefined)
      if ('futures' in answer) task?.done(answer.futures)
      else task?.failed(new LabError(answer.failure.code, answer.failure.message, answer.failure.hint))
      this.#give(worker)
    })
    worker.on('error', (error) => this.troubles.push(`A thread that simulated futures died: ${error.message}`))
    worker.on('exit', () => {
      const task = this.#busy.get(worker)
      this.#busy.delete(worker)
      task?.done([])
      if (!this.#isClosed) this.#begin()
    })
  }

  #give(worker: Worker): void {
    const task = this.#busy.get(worker) === undefined ? this.#waiting.shift() : undefined
    if (!task) return
    this.#busy.set(worker, task)
    worker.postMessage(task.word)
  }
}
