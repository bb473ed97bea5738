/** `synod sim`: a scenario in simulated time, once and recorded, or over a range of seeds. */
import { LabError } from '../../contract/errors.ts'
import { askedToEnd } from '../../ending.ts'
import { defaultDataFolder, type Lab, type SeedResult, sweep } from '../../lab.ts'
import { coverageTable } from './coverageTable.ts'
import { withLab } from './openRun.ts'
import { findScenario, progressLine, report } from './scenarios.ts'
import { shrinkAll, shrinkInto, shrunkReport } from './shrinking.ts'
import { foundIn, sweepTable } from './sweepTable.ts'
import { bytes, type CommonOptions, Exit, print, printJson, seconds } from './terminal.ts'

interface SimOptions extends CommonOptions {
  readonly seed?: number
  readonly seeds?: { readonly first: number; readonly last: number }
  readonly jobs: number
  readonly resume?: boolean
  readonly name?: string
  /** Usual for a sweep, to be asked for with one seed. */
  readonly shrink?: boolean
}

export async function sim(scenario: string, options: SimOptions): Promise<number> {
  const { seed, seeds } = options
  if (seed !== undefined && seeds !== undefined) throw new LabError('bad-request', 'Either --seed or --seeds, not both.')
  if (options.resume && seeds === undefined) throw new LabError('bad-request', 'Only a sweep (--seeds) can be resumed.')
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
  const planned = last - first + 1
  const progress = new Progress(planned)
  const signal = onSignal('Ending; what was found is kept ...')
  const { results, breaks, isWhole, troubles, coverage, file } = await sweep({
    ...{ text, fileName, first, last, jobs: options.jobs, signal },
    keep: { folder: options.data, resume: options.resume === true },
    onBegin: (earlier, words) => {
      for (const word of words) console.error(word)
      progress.begin(earlier)
    },
    onResult: (result) => progress.take(result),
  })
  for (const trouble of troubles) console.error(trouble)
  const found = foundIn(results, breaks)
  if (!options.json) await print(`${sweepTable(found, { scenario, planned })}\n\n${coverageTable(coverage)}`)
  // Once for each sort of failure. What could not be judged shows nothing that could be made smaller.
  const failing = found.failures
    .filter(({ kind }) => kind !== 'unknown' && kind !== 'unbroken')
    .map(({ firstSeed }) => ({ text, fileName, seed: firstSeed }))
  const wanted = options.shrink !== false && !signal.aborted && failing.length > 0
  const shrunk = wanted ? await shrinkInto(options.data, failing, signal) : []
  const resume = isWhole ? undefined : resumeCommand(scenario, options)
  if (options.json)
    await printJson({ scenario: fileName, seeds: { first, last }, isWhole, file, resume, troubles, ...found, coverage, shrunk })
  else {
    for (const one of shrunk) await print(`\n${shrunkReport(one)}`)
    if (resume !== undefined) await print(`\n${found.runs} of ${planned} seeds are done, and kept in ${file}.\nResume: ${resume}`)
  }
  if (found.failures.length > 0) return Exit.verdict
  return isWhole ? Exit.good : Exit.lab
}

/** What to type to go on with the rest. */
function resumeCommand(scenario: string, { seeds, jobs, data }: SimOptions): string {
  const more = [...(jobs > 1 ? [`--jobs ${jobs}`] : []), ...(data === defaultDataFolder() ? [] : [`--data ${data}`])]
  return [`synod sim ${scenario} --seeds ${seeds?.first}..${seeds?.last}`, ...more, '--resume'].join(' ')
}

/** That a scenario does not break what it should under some seed is told in the end. */
const isFailure = ({ is, failure }: SeedResult): boolean => is !== 'pass' && failure !== 'unbroken'

/** A line on standard error, now and then, and one for each failure at once. */
class Progress {
  readonly #of: number
  #done = 0
  #failed = 0
  #toldMs = performance.now()

  constructor(of: number) {
    this.#of = of
  }

  /** With what another sweep has done already. */
  begin(earlier: readonly SeedResult[]): void {
    if (earlier.length === 0) return
    this.#done = earlier.length
    this.#failed = earlier.filter(isFailure).length
    console.error(`${this.#done} of ${this.#of} seeds are done already, ${this.#failed} failed.`)
  }

  take(result: SeedResult): void {
    const { seed, is, why } = result
    this.#done += 1
    if (isFailure(result)) {
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
