/** Comparisons of two runs, as the lab answers for them: one at a time. */
import type { RunId } from '../protocols/core/ids.ts'
import { compareFiles } from './compare/thread.ts'
import type { ParsedRequest, RunSummary } from './contract/commands.ts'
import type { CompareProgress, CompareReport } from './contract/compare.ts'
import type { Handlers } from './labBorder.ts'

export interface CompareWorld {
  fileOf(run: RunId): string
  summaryOf(run: RunId): Promise<RunSummary>
  tell(a: RunId, b: RunId, progress: CompareProgress): void
}

export class LabCompare {
  readonly #world: CompareWorld
  #end: AbortController | undefined

  constructor(world: CompareWorld) {
    this.#world = world
  }

  commands<From>(): Pick<Handlers<From>, 'runs.compare' | 'runs.compare.stop'> {
    return {
      'runs.compare': (request) => this.compare(request),
      'runs.compare.stop': () => {
        this.stop()
        return null
      },
    }
  }

  /** Rejects with a LabError. */
  async compare({ a, b }: ParsedRequest<'runs.compare'>): Promise<CompareReport> {
    this.stop()
    const end = new AbortController()
    this.#end = end
    const { fileOf, summaryOf, tell } = this.#world
    const side = async (run: RunId) => ({ summary: await summaryOf(run), file: fileOf(run) })
    const settings = { a: await side(a), b: await side(b) }
    return await compareFiles(settings, end.signal, (progress) => tell(a, b, progress))
  }

  stop(): void {
    this.#end?.abort()
    this.#end = undefined
  }
}
