/**
 * A scenario under many seeds, over worker threads. Each thread is given the next seed when it has done with one; what was
 * found is kept whatever happens to the rest: a thread that dies takes one seed with it, an interruption none.
 */
import { Worker } from 'node:worker_threads'
import type { ScenarioOutcome } from '../scenario/runner.ts'

export interface SeedResult extends Pick<ScenarioOutcome, 'is' | 'failure' | 'violated' | 'why'> {
  readonly seed: number
  readonly events: number
  readonly operations: number
  /** What befell the run, by kind. */
  readonly faults: { readonly [kind: string]: number }
}

export interface SweepOptions {
  readonly text: string
  readonly fileName?: string
  readonly first: number
  readonly last: number
  readonly jobs: number
  readonly signal?: AbortSignal
  onResult?(result: SeedResult): void
}

export interface Swept {
  /** In the order in which they were done. */
  readonly results: readonly SeedResult[]
  /** Every seed was simulated. */
  readonly isWhole: boolean
  /** What went wrong with the sweep itself. */
  readonly troubles: readonly string[]
}

export interface SweepSettings {
  readonly text: string
  readonly fileName: string | undefined
}
export type ToSweeper = { readonly seed: number }
export type FromSweeper = { readonly result: SeedResult }

/** Never rejects for what a worker does. The scenario should have been read before: each thread reads it again. */
export async function sweepThreads(options: SweepOptions): Promise<Swept> {
  return await new Sweep(options).run()
}

class Sweep {
  readonly #options: SweepOptions
  readonly #results: SeedResult[] = []
  readonly #troubles: string[] = []
  #next: number

  constructor(options: SweepOptions) {
    this.#options = options
    this.#next = options.first
  }

  async run(): Promise<Swept> {
    const { first, last, jobs } = this.#options
    const count = last - first + 1
    await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, count)) }, () => this.#thread()))
    return { results: this.#results, isWhole: this.#results.length === count, troubles: this.#troubles }
  }

  /** Resolves when the thread has ended. */
  #thread(): Promise<void> {
    const { text, fileName, signal, onResult } = this.#options
    // Beside this file when run from source, beside the bundle when built.
    const entry = new URL(import.meta.url.endsWith('.ts') ? './sweepWorker.ts' : './sweep.js', import.meta.url)
    const worker = new Worker(entry, { workerData: { text, fileName } satisfies SweepSettings, name: 'sweep' })
    let seed = 0
    const give = () => {
      if (signal?.aborted || this.#next > this.#options.last) return void worker.terminate()
      seed = this.#next++
      worker.postMessage({ seed } satisfies ToSweeper)
    }
    const abort = () => void worker.terminate()
    signal?.addEventListener('abort', abort)
    worker.on('message', ({ result }: FromSweeper) => {
      this.#results.push(result)
      onResult?.(result)
      give()
    })
    give()
    return new Promise((resolve) => {
      let died = false
      worker.on('error', (error) => {
        died = true
        this.#troubles.push(`The thread that simulated seed ${seed} died: ${error.message}`)
      })
      worker.on('exit', () => {
        signal?.removeEventListener('abort', abort)
        // Another thread takes over where this one left, unless there is nothing left to do.
        if (died && !signal?.aborted && this.#next <= this.#options.last) return resolve(this.#thread())
        resolve()
      })
    })
  }
}
