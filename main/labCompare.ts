/** Comparisons of two runs, as the lab answers for them: one at a time. */
import type { RunId } from '../protocols/core/ids.ts'
import { besideScript } from './compare/script.ts'
import { compareFiles } from './compare/thread.ts'
import type { ParsedRequest, RunSummary } from './contract/commands.ts'
import type { CompareProgress, CompareReport } from './contract/compare.ts'
import { badRequest, type Handlers } from './labBorder.ts'
import { choose } from './labChoice.ts'
import { type Beside, besideConfig, wrongBeside } from './scenario/beside.ts'

export interface CompareWorld {
  fileOf(run: RunId): string
  summaryOf(run: RunId): Promise<RunSummary>
  /** One of two runs under a script, in simulated time; resolves when it is recorded. */
  simulate(text: string, beside: Beside, name: string): Promise<RunId>
  tell(a: RunId, b: RunId, progress: CompareProgress): void
}

export class LabCompare {
  readonly #world: CompareWorld
  #end: AbortController | undefined

  constructor(world: CompareWorld) {
    this.#world = world
  }

  commands<From>(): Pick<Handlers<From>, 'runs.compare' | 'runs.compare.stop' | 'runs.beside'> {
    return {
      'runs.compare': (request) => this.compare(request),
      'runs.beside': (request) => this.beside(request),
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

  /** What is wrong with the second is said before the first is simulated. */
  async beside({ config, beside }: ParsedRequest<'runs.beside'>): Promise<{ a: RunId; b: RunId }> {
    const [wrong] = wrongBeside(config, beside)
    if (wrong) throw badRequest('runs.beside', [{ ...wrong, path: ['beside', ...wrong.path] }])
    const other = besideConfig(config, beside)
    choose(config)
    choose(other)
    const text = besideScript(config)
    const a = await this.#world.simulate(text, {}, `Side by side, A: ${config.protocol}`)
    return { a, b: await this.#world.simulate(text, beside, `Side by side, B: ${other.protocol}`) }
  }

  stop(): void {
    this.#end?.abort()
    this.#end = undefined
  }
}
