/**
 * A scenario under many seeds, over worker threads. Each thread is given the next few seeds when it has done with those before;
 * what was found is kept whatever happens to the rest: a thread that dies takes one seed with it, an interruption the few that are under way.
 */
import { setFlagsFromString } from 'node:v8'
import { startThread } from '../programs/thread.ts'
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
  /** The seed that is being simulated stands in it. */
  readonly underWay: Float64Array
}
export type ToSweeper = { readonly seeds: readonly number[] }
/** Of all that it was given, in their order. */
export type FromSweeper = { readonly results: readonly SeedResult[] }

/** So many are given at a time: each word between threads wakes one that a third of a millisecond could be simulated in. */
const HANDFUL = 8

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
  /** Given to a thread that died of another one. */
  readonly #again: number[] = []
  #left: number
  #deaths = 0

  constructor(options: ThreadsOptions) {
    this.#options = options
    this.#next = options.first
    const { first, last, skip } = options
    this.#left = last - first + 1
    for (const seed of skip ?? []) if (seed >= first && seed <= last) this.#left -= 1
  }

  async run(): Promise<ThreadsDone> {
    const { jobs, signal } = this.#options
    const end = () => this.#ended.abort()
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
    // The threads are as many as the processors: helpers that collect garbage for one of them take the time of another.
    setFlagsFromString('--no-parallel-scavenge')
    await Promise.all(Array.from({ length: Math.min(Math.max(1, jobs), this.#left) }, () => this.#thread()))
    setFlagsFromString('--parallel-scavenge')
    signal?.removeEventListener('abort', end)
    return { results: this.#results, troubles: this.#troubles }
  }

  /** Resolves when the thread has ended. */
  #thread(): Promise<void> {
    const { text, fileName } = this.#options
    const underWay = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
    const worker = startThread('sweep', { workerData: { text, fileName, underWay } satisfies SweepSettings })
    let seeds: readonly number[] = []
    const end = () => void worker.terminate()
    const give = () => {
      seeds = this.#take()
      underWay[0] = seeds[0] ?? 0
      if (seeds.length === 0) end()
      else worker.postMessage({ seeds } satisfies ToSweeper)
    }
    this.#ended.signal.addEventListener('abort', end)
    worker.on('message', ({ results }: FromSweeper) => {
      for (const result of results) if (!this.#ended.signal.aborted) this.#found(result)
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
        if (this.#ended.signal.aborted || seeds.length === 0) return resolve()
        const [died] = underWay
        const spared = seeds.filter((seed) => seed !== died)
        this.#again.push(...spared)
        this.#left += spared.length
        this.#died(died as number, why ?? `it ended by itself, with exit code ${code}`)
        // Another thread takes over where this one left, unless there is nothing left to do.
        resolve(this.#ended.signal.aborted || this.#left === 0 ? undefined : this.#thread())
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

  /** The next seeds that are not done, and that no other thread has; none when there are none. After a death one by one, so that a thread loses little. */
  #take(): number[] {
    const share = Math.ceil(this.#left / (4 * Math.max(1, this.#options.jobs)))
    const count = this.#deaths > 0 ? 1 : Math.min(HANDFUL, share)
    const seeds: number[] = []
    while (seeds.length < count && this.#left > 0 && !this.#ended.signal.aborted) seeds.push(this.#takeOne())
    return seeds
  }

  #takeOne(): number {
    this.#left -= 1
    const again = this.#again.shift()
    if (again !== undefined) return again
    while (this.#options.skip?.has(this.#next)) this.#next += 1
    return this.#next++
  }
}
