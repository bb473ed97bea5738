/**
 * Shrinks the script of a failing run of real processes by carrying it out again and again. Real runs differ by timing, so a
 * script fails at some rate, which is counted and said, of the whole script and of the smallest. A smaller script counts as
 * failing when it fails once; how often it is tried follows from the rate: one that fails as often as the whole is found in
 * nineteen of twenty cases.
 */
import { type Pass, reduce } from '../../protocols/sim/shrink/reduce.ts'
import type { Step } from '../scenario/format.ts'
import { withoutOrphans } from '../simulate/shrink/deeds.ts'
import type { Trial } from '../simulate/shrink/trial.ts'

/** What one attempt on real processes came to. */
export interface AttemptOf {
  readonly run: string
  /** It failed as the first run did. */
  readonly failed: boolean
}

export interface Rate {
  readonly reproduced: number
  readonly of: number
}

export interface ShrinkRealOptions {
  readonly script: Trial
  /** Attempts for each rate that is stated, and at most for each smaller script. */
  readonly times: number
  textOf(script: Trial): string
  attempt(text: string): Promise<AttemptOf>
  /** The run of an attempt is of no use any more. */
  forget(run: string): Promise<void>
  readonly signal?: AbortSignal
  onProgress?(text: string): void
}

export interface ShrunkReal {
  /** A scenario file. */
  readonly text: string
  /** The last run in which it failed; undefined when it never did. */
  readonly run: string | undefined
  readonly deeds: { readonly from: number; readonly to: number }
  readonly whole: Rate
  readonly smallest: Rate
  readonly attempts: number
  /** No single deed can be left out, as far as so many attempts tell. */
  readonly isMinimal: boolean
}

const BUDGET = 500
/** How sure it is that a script that fails as often as the whole is seen to fail. */
const MISSED = 0.05

export async function shrinkReal(options: ShrinkRealOptions): Promise<ShrunkReal> {
  return await new RealShrink(options).shrink()
}

class RealShrink {
  readonly #options: ShrinkRealOptions
  #attempts = 0
  /** The newest run that failed. */
  #kept: string | undefined

  constructor(options: ShrinkRealOptions) {
    this.#options = options
  }

  async shrink(): Promise<ShrunkReal> {
    const { script, textOf, times, signal, onProgress } = this.#options
    const whole = await this.#rate(script)
    const found = { deeds: deedsIn(script), whole }
    onProgress?.(`the whole script, ${found.deeds} deeds: reproduced ${whole.reproduced} of ${whole.of}`)
    if (whole.reproduced === 0) return this.#shrunk(script, found, whole, false)
    const tries = Math.min(times, triesFor(whole))
    const { value, isMinimal } = await reduce<Trial>(script, {
      passes: [leavingOut],
      test: async (candidate) => ((await this.#failsOnce(candidate, tries)) ? candidate : undefined),
      budget: BUDGET,
      textOf,
      isOver: () => signal?.aborted ?? false,
      onBetter: (better) => onProgress?.(`${deedsIn(better)} deeds, after ${this.#attempts} attempts`),
    })
    const smallest = value === script ? whole : await this.#rate(value)
    return this.#shrunk(value, found, smallest, isMinimal)
  }

  #shrunk(script: Trial, { deeds, whole }: { deeds: number; whole: Rate }, smallest: Rate, isMinimal: boolean): ShrunkReal {
    const to = deedsIn(script)
    return {
      ...{ text: this.#options.textOf(script), run: this.#kept, deeds: { from: deeds, to } },
      ...{ whole, smallest, attempts: this.#attempts, isMinimal },
    }
  }

  async #rate(script: Trial): Promise<Rate> {
    const { times, signal } = this.#options
    let reproduced = 0
    let of = 0
    while (of < times && !signal?.aborted) {
      of += 1
      if (await this.#fails(script)) reproduced += 1
    }
    return { reproduced, of }
  }

  async #failsOnce(script: Trial, tries: number): Promise<boolean> {
    for (let i = 0; i < tries && !this.#options.signal?.aborted; i++) if (await this.#fails(script)) return true
    return false
  }

  async #fails(script: Trial): Promise<boolean> {
    const { attempt, forget, textOf } = this.#options
    this.#attempts += 1
    const { run, failed } = await attempt(textOf(script))
    const useless = failed ? this.#kept : run
    if (failed) this.#kept = run
    if (useless !== undefined) await forget(useless)
    return failed
  }
}

/** Few attempts prove little: two of two count as three of four (Laplace's rule of succession). */
export const triesFor = ({ reproduced, of }: Rate): number => Math.ceil(Math.log(MISSED) / Math.log(1 - (reproduced + 1) / (of + 2)))

const isDeed = (step: Step): boolean => step.atMs !== undefined
const deedsIn = ({ steps }: Trial): number => steps.filter(isDeed).length

/** The load of the configuration is a deed like others: it is left out as the last. */
const leavingOut: Pass<Trial> = {
  name: 'leaving out',
  parts: ({ run, steps }) => steps.filter(isDeed).length + (run.load ? 1 : 0),
  without({ run, steps, ...rest }, gone) {
    let index = -1
    const left = steps.filter((step) => !isDeed(step) || !gone.has(++index))
    const { load, ...other } = run
    return { ...rest, run: load && gone.has(index + 1) ? other : run, steps: withoutOrphans(left) }
  },
}
