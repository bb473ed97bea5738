/** A sweep whose results are kept as they come, so that another one can go on where it ended. */
import { hashText } from '../../protocols/core/hash.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { type CoverageReport, coverageOf, kindsOf } from '../../protocols/sim/coverage.ts'
import { LabError } from '../contract/errors.ts'
import { choose } from '../labChoice.ts'
import { VERSION } from '../labInfo.ts'
import { parseScenario } from '../scenario/parse.ts'
import { examples } from '../scenario/vary.ts'
import { type SeedResult, sweepThreads, type ThreadsOptions } from './sweep.ts'
import { ANEW, SweepFile, type SweepHeader, sweepFileOf } from './sweepFile.ts'

export interface SweepOptions extends Omit<ThreadsOptions, 'skip'> {
  /** The data folder in which results are kept as they come, and whether those that are there already count. Nothing is kept when absent. */
  readonly keep?: { readonly folder: string; readonly resume: boolean }
  /** Before the first seed: the results that are there already, and what is to be said of them. */
  onBegin?(earlier: readonly SeedResult[], words: readonly string[]): void
}

export interface Swept {
  /** Those that were there already, then the others in the order in which they were done. */
  readonly results: readonly SeedResult[]
  /** The scenario is there to break something. */
  readonly breaks: boolean
  /** Every seed was simulated. */
  readonly isWhole: boolean
  /** What went wrong with the sweep itself. */
  readonly troubles: readonly string[]
  readonly coverage: CoverageReport
  /** Where the results are kept. */
  readonly file?: string
}

/**
 * Rejects with a LabError when the scenario cannot be simulated at all, and when results cannot be kept or resumed; what is
 * found wrong under a seed is a result, and what goes wrong on the way a trouble.
 */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const { text, fileName, first, last, onResult, onBegin } = options
  const { run, vary, name, expect } = parseScenario(text, fileName)
  for (const config of examples(run, vary)) choose(config)
  const { protocol } = choose(run)
  const { kept, words } = openKept(options, headerOf(text, fileName ?? name, protocol))
  try {
    const earlier = (kept?.earlier ?? []).filter(({ seed }) => seed >= first && seed <= last)
    await checkAlike(options, kept)
    onBegin?.(earlier, words)
    const { results, troubles } = await sweepThreads({
      ...options,
      skip: new Set(earlier.map(({ seed }) => seed)),
      onResult: (result) => {
        onResult?.(result)
        kept?.append(result)
      },
    })
    const all = [...earlier, ...results]
    return {
      ...{ results: all, breaks: expect.breaks !== undefined, isWhole: all.length === last - first + 1, troubles },
      coverage: coverageOf(
        protocol,
        all.map(({ coverage }) => coverage),
      ),
      ...(kept ? { file: kept.file } : {}),
    }
  } finally {
    kept?.close()
  }
}

function openKept({ keep }: SweepOptions, header: SweepHeader): { readonly kept?: SweepFile; readonly words: readonly string[] } {
  if (!keep) return { words: [] }
  const file = sweepFileOf(keep.folder, header.scenario)
  if (!keep.resume) return { kept: SweepFile.begin(file, header), words: [] }
  const kept = SweepFile.resume(file, header)
  if (kept) return { kept, words: kept.mended === undefined ? [] : [kept.mended] }
  return { kept: SweepFile.begin(file, header), words: [`No sweep of ${header.scenario} is kept in ${file}: it begins anew.`] }
}

/**
 * A seed comes out alike as long as the program is the same, and no version says that for certain: one of the kept seeds is
 * simulated again and compared.
 */
async function checkAlike({ text, fileName, signal }: SweepOptions, kept: SweepFile | undefined): Promise<void> {
  const known = kept?.earlier.at(-1)
  if (!kept || !known || signal?.aborted) return
  const file = fileName === undefined ? {} : { fileName }
  const again = await sweepThreads({ text, ...file, first: known.seed, last: known.seed, jobs: 1, ...(signal ? { signal } : {}) })
  const [result] = again.results
  if (!result) {
    if (signal?.aborted) return
    throw new LabError('internal', `Seed ${known.seed} cannot be simulated again. ${again.troubles.join(' ')}`)
  }
  if (fingerprint(result) === fingerprint(known)) return
  const message = `Seed ${known.seed} does not come out any more as ${kept.file} keeps it: the program has changed since then.`
  throw new LabError('bad-request', message, ANEW)
}

/** Without the words, in which the path of the scenario stands as it was typed. */
const fingerprint = ({ is, failure, violated, events, operations, faults, coverage }: SeedResult): string =>
  JSON.stringify([is, failure, violated, events, operations, faults, coverage])

const headerOf = (text: string, scenario: string, protocol: AnyProtocol): SweepHeader => ({
  ...{ synod: VERSION, scenario, text: hashText(text) },
  ...{ protocol: protocol.name, protocolVersion: protocol.version, kinds: [...kindsOf(protocol)] },
})
