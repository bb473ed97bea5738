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
  /** How often each kind of input, effect, transition and message was seen: see protocols/sim/coverage.ts. */
  readonly coverage: readonly number[]
}

export interface ThreadsOptions {
  readonly text: string
  readonly fileName?: string
  readonly first: number
  readonly last: number
  readonly jobs: number
  /** Seeds that are done. */
  readonly skip?: ReadonlySet<number>
  readonly signal?: AbortSignal
  /** What it throws ends the sweep, and is one of its troubles. */
  onResult?(result: SeedResult): void
}

export interface ThreadsDone {
  /** In the order in which they were done. */
  readonly results: readonly SeedResult[]
  /** What went wrong with the sweep itself. */
  readonly troubles: readonly string[]
}

export interface SweepSettings {
  readonly text: string
  readonly fileName: string | undefined
}
export type ToSweeper = { readonly seed: number }
export type FromSweeper = { readonly result: SeedResult }

/** When so many threads died one after the other, and none brought a result meanwhile, the next would die as well. */
const DEATHS = 5

/** Never rejects for what a worker does. The scenario should have been read before: each thread reads it again. */
export async function sweepThreads(options: ThreadsOptions): Promise<ThreadsDone> {
  return await new Threads(options).run()
}

class Threads {
  readonly #options: ThreadsOptions
  readonly #results: SeedResult[] = []
  readonly #troubles: string[] = []
  readonly #ended = new AbortController()
  #next: number
  #deaths = 0

  constructor(options: ThreadsOptions) {
    this.#options = options
    this.#next = options.first
  }

  async run(): Promise<ThreadsDone> {
    const { first, last, jobs, skip, signal } = this.#options
    const end = () => this.#ended.abort()
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
    let left = last - first + 1
    for (const seed of skip ?? []) if (seed >= first && seed <= last) left -= 1
    await Promise.all(Array.from({ length: Math.min(Math.max(1, jobs), left) }, () => this.#thread()))
    signal?.removeEventListener('abort', end)
    return { results: this.#results, troubles: this.#troubles }
  }

  /** Resolves when the thread has ended. */
  #thread(): Promise<void> {
    const { text, fileName } = this.#options
    // Beside this file when run from source, beside the bundle when built.
    const entry = new URL(import.meta.url.endsWith('.ts') ? './sweepWorker.ts' : './sweep.js', import.meta.url)
    const worker = new Worker(entry, { workerData: { text, fileName } satisfies SweepSettings, name: 'sweep' })
    let seed: number | undefined
    const end = () => void worker.terminate()
    const give = () => {
      seed = this.#take()
      if (seed === undefined) end()
      else worker.postMessage({ seed } satisfies ToSweeper)
    }
    this.#ended.signal.addEventListener('abort', end)
    worker.on('message', ({ result }: FromSweeper) => {
      this.#found(result)
      give()
    })
    give()
    return new Promise((resolve) => {
      let why: string | undefined
      worker.on('error', (error) => {
        why = error.message
      })
      worker.on('exit', (code) => {
        this.#ended.signal.removeEventListener('abort', end)
        if (this.#ended.signal.aborted || seed === undefined) return resolve()
        this.#died(seed, why ?? `it ended by itself, with exit code ${code}`)
        // Another thread takes over where this one left, unless there is nothing left to do.
        resolve(this.#ended.signal.aborted || this.#peek() === undefined ? undefined : this.#thread())
      })
    })
  }

  #found(result: SeedResult): void {
    this.#deaths = 0
    this.#results.push(result)
    try {
      this.#options.onResult?.(result)
    } catch (error) {
      this.#end(`The sweep ended: ${(error as Error).message}`)
    }
  }

  #died(seed: number, why: string): void {
    this.#troubles.push(`The thread that simulated seed ${seed} died: ${why}`)
    if (++this.#deaths === DEATHS) this.#end(`The sweep ended: ${DEATHS} threads died one after the other.`)
  }

  #end(why: string): void {
    if (this.#ended.signal.aborted) return
    this.#troubles.push(why)
    this.#ended.abort()
  }

  /** The next seed that is not done, and that no other thread has. */
  #take(): number | undefined {
    const seed = this.#ended.signal.aborted ? undefined : this.#peek()
    if (seed !== undefined) this.#next = seed + 1
    return seed
  }

  #peek(): number | undefined {
    const { last, skip } = this.#options
    while (this.#next <= last && skip?.has(this.#next)) this.#next += 1
    return this.#next <= last ? this.#next : undefined
  }
}
