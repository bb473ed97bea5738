/** Other futures of runs, as the lab answers for them: one measurement at a time, and futures kept in the library. */
import type { RunId } from '../protocols/core/ids.ts'
import type { ParsedRequest, RunSummary, Verdict } from './contract/commands.ts'
import { LabError } from './contract/errors.ts'
import type { FuturesReport } from './contract/futures.ts'
import { futuresOf, keepFutureOf } from './futures/index.ts'
import type { RunLibrary } from './recorder/index.ts'

export interface FuturesWorld {
  readonly library: RunLibrary
  /** The file of a run, whether or not it is in the library. Throws a LabError when the run is still recorded. */
  fileOf(run: RunId): string
  check(run: RunId): Promise<Verdict>
  tell(run: RunId, report: FuturesReport): void
}

export class LabFutures {
  readonly #world: FuturesWorld
  #looking: { readonly run: RunId; readonly end: AbortController; readonly done: Promise<unknown> } | undefined

  constructor(world: FuturesWorld) {
    this.#world = world
  }

  async look({ run, at, ...wanted }: ParsedRequest<'run.futures'>): Promise<FuturesReport> {
    await this.stop()
    const { fileOf, check, tell } = this.#world
    const file = fileOf(run)
    const { violations, lastSeq } = await check(run)
    const seq = at ?? violations[0]?.seq
    if (seq === undefined) {
      const hint = 'Name an event: a node that begins to lead, a note, an operation that failed.'
      throw new LabError('bad-request', 'Nothing was violated in this run.', hint)
    }
    if (seq < 1 || seq > lastSeq)
      throw new LabError('bad-request', `There is no event ${seq} in this run.`, `Its last event is ${lastSeq}.`)
    const end = new AbortController()
    const report = futuresOf({ file, seq, violations, ...wanted, signal: end.signal, onProgress: (some) => tell(run, some) })
    const looking = { run, end, done: report.catch(() => undefined) }
    this.#looking = looking
    try {
      return await report
    } finally {
      if (this.#looking === looking) this.#looking = undefined
    }
  }

  /** Resolves when the measurement has ended; `run`: only if it is of this run. */
  async stop(run?: RunId): Promise<void> {
    if (run !== undefined && this.#looking?.run !== run) return
    this.#looking?.end.abort()
    await this.#looking?.done
  }

  async keep({ run, seq, seed }: ParsedRequest<'run.future'>, nameOf: string): Promise<RunSummary> {
    const { library, fileOf, check } = this.#world
    const from = fileOf(run)
    const name = `${nameOf}, from event ${seq}, seed ${seed}`.slice(0, 120)
    const made = library.create(name)
    try {
      await keepFutureOf({ run: made.run, name, of: run, from, seq, seed, file: made.file })
    } catch (error) {
      library.tidy(made.run)
      throw error
    }
    await check(made.run)
    return library.summary(made.run)
  }
}
