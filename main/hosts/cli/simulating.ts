/** `synod sim`: a scenario in simulated time, once and recorded, or over a range of seeds. */
import { LabError } from '../../contract/errors.ts'
import { askedToEnd } from '../../ending.ts'
import { type Lab, type SeedResult, sweep } from '../../lab.ts'
import { withLab } from './openRun.ts'
import { findScenario, progressLine, report } from './scenarios.ts'
import { shrinkAll, shrinkInto, shrunkReport } from './shrinking.ts'
import { foundIn, sweepTable } from './sweepTable.ts'
import { bytes, type CommonOptions, Exit, print, printJson, seconds } from './terminal.ts'

interface SimOptions extends CommonOptions {
  readonly seed?: number
  readonly seeds?: { readonly first: number; readonly last: number }
  readonly jobs: number
  readonly name?: string
  /** Usual for a sweep, to be asked for with one seed. */
  readonly shrink?: boolean
}

export async function sim(scenario: string, options: SimOptions): Promise<number> {
  const { seed, seeds } = options
  if (seed !== undefined && seeds !== undefined) throw new LabError('bad-request', 'Either --seed or --seeds, not both.')
  // A sweep keeps nothing in the library, so it need not be held.
  if (seeds !== undefined) return await withLab(options.data, async (lab) => await many(lab, scenario, seeds, options))
  return await withLab(options.data, async (lab) => await one(lab, scenario, options), false)
}

async function one(lab: Lab, scenario: string, { seed, name, json, shrink }: SimOptions): Promise<number> {
  const source = await findScenario(lab, scenario)
  const signal = onSignal('Ending the simulation ...')
  const outcome = await lab.simulateScenario(source.text, {
    fileName: source.fileName,
    onProgress: (progress) => console.error(progressLine(progress)),
    signal,
    ...(seed === undefined ? {} : { seed }),
    ...(name === undefined ? {} : { name }),
  })
  const runs = (await lab.dispatch('runs.list', {})) as { run: string; events: number; lengthUs: number; sizeBytes: number }[]
  const summary = runs.find(({ run }) => run === outcome.run)
  const file = lab.fileOf(outcome.run)
  if (signal.aborted) {
    const hint = `What it recorded is in ${file}; synod check ${outcome.run} judges it.`
    throw new LabError('run-ended', 'The simulation was ended before its scenario was: there is no verdict.', hint)
  }
  const size = summary ? `${summary.events} events, ${seconds(summary.lengthUs)} simulated, ${bytes(summary.sizeBytes)}` : 'not readable'
  const failing = { ...source, ...(seed === undefined ? {} : { seed }) }
  const shrunk = shrink && outcome.is === 'fail' ? await shrinkAll(lab, [failing], signal) : []
  if (json) await printJson({ ...outcome, summary, file, ...(shrink ? { shrunk } : {}) })
  else await print([report(outcome, size, file), ...shrunk.map(shrunkReport)].join('\n\n'))
  return outcome.is === 'pass' ? Exit.good : Exit.verdict
}

async function many(lab: Lab, scenario: string, { first, last }: { first: number; last: number }, options: SimOptions): Promise<number> {
  const source = await findScenario(lab, scenario)
  const { text, fileName } = source
  const progress = new Progress(last - first + 1)
  const signal = onSignal('Ending; what was found is kept ...')
  const { results, isWhole, troubles } = await sweep({
    ...{ text, fileName, first, last, jobs: options.jobs, signal },
    onResult: (result) => progress.take(result),
  })
  for (const trouble of troubles) console.error(trouble)
  const found = foundIn(results)
  if (!options.json) await print(sweepTable(found, { scenario, planned: last - first + 1 }))
  // Once for each sort of failure. What could not be judged shows nothing that could be made smaller.
  const failing = found.failures.filter(({ kind }) => kind !== 'unknown').map(({ firstSeed }) => ({ text, fileName, seed: firstSeed }))
  const wanted = options.shrink !== false && !signal.aborted && failing.length > 0
  const shrunk = wanted ? await shrinkInto(options.data, failing, signal) : []
  if (options.json) await printJson({ scenario: fileName, seeds: { first, last }, isWhole, troubles, ...found, shrunk })
  else for (const one of shrunk) await print(`\n${shrunkReport(one)}`)
  if (found.failures.length > 0) return Exit.verdict
  return isWhole ? Exit.good : Exit.lab
}

/** A line on standard error, now and then, and one for each failure at once. */
class Progress {
  readonly #of: number
  #done = 0
  #failed = 0
  #toldMs = performance.now()

  constructor(of: number) {
    this.#of = of
  }

  take({ seed, is, why }: SeedResult): void {
    this.#done += 1
    if (is !== 'pass') {
      this.#failed += 1
      console.error(`seed ${seed}: ${is}: ${why ?? ''}`)
    }
    if (performance.now() - this.#toldMs < 1000 && this.#done < this.#of) return
    this.#toldMs = performance.now()
    const filled = Math.floor((20 * this.#done) / this.#of)
    console.error(`[${'#'.repeat(filled)}${'.'.repeat(20 - filled)}] ${this.#done}/${this.#of} seeds, ${this.#failed} failed`)
  }
}

/** Asked to end, it ends in good order; asked again later, at once. */
function onSignal(words: string): AbortSignal {
  const controller = new AbortController()
  void askedToEnd(() => process.exit(Exit.lab)).then(() => {
    console.error(words)
    controller.abort()
  })
  return controller.signal
}
