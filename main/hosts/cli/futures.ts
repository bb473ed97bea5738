/** `synod futures`: when something in a recorded run became inevitable, as a curve and its steps. */
import type { RunId } from '../../../protocols/core/ids.ts'
import type { Mark } from '../../../protocols/core/mark.ts'
import { LabError } from '../../contract/errors.ts'
import type { FuturesMoment, FuturesReport } from '../../contract/futures.ts'
import { askedToEnd } from '../../ending.ts'
import { createLab, type LabConnection } from '../../lab.ts'
import { openRun } from './openRun.ts'
import { type CommonOptions, Exit, print, printJson, table } from './terminal.ts'

interface FuturesOptions extends CommonOptions {
  readonly at?: number
  readonly of?: string
  readonly moments: number
  readonly futures: number
  readonly jobs: number
  readonly within: number
  readonly keep?: { readonly seq: number; readonly seed?: number }
}

export async function futures(name: string, options: FuturesOptions): Promise<number> {
  const { at, of, keep, moments, futures: count, jobs, within, data } = options
  if (at !== undefined && of !== undefined) throw new LabError('bad-request', 'Either --at or --of, not both.')
  // Only to keep one must the library be held.
  const readOnly = keep === undefined
  const lab = await createLab({ dataFolder: data, host: 'cli', readOnly, onTrouble: (text) => console.error(text) })
  try {
    const progress = new Progress(moments)
    const connection = lab.connect({ change: (change) => change.kind === 'futures' && progress.take(change.report) })
    const run = await openRun(lab, connection, name)
    await connection.call('run.watch', { run, on: true })
    void askedToEnd(() => process.exit(Exit.lab)).then(() => {
      console.error('Ending; what was found is kept ...')
      return connection.call('run.futures.stop', { run })
    })
    const seq = of === undefined ? at : (await markOf(connection, run, of)).seq
    const report = await connection.call('run.futures', {
      ...{ run, moments, futures: count, jobs, withinMs: within },
      ...(seq === undefined ? {} : { at: seq }),
    })
    const kept = keep && (await keepOne(connection, run, report, keep))
    if (options.json) await printJson({ run, ...report, ...(kept ? { kept } : {}) })
    else await print(describe(report, run))
    if (kept && !options.json) await print(`Kept: ${kept.run} (${kept.name})`)
    return report.isDone ? Exit.good : Exit.lab
  } finally {
    await lab.close()
  }
}

async function markOf(connection: LabConnection, run: RunId, words: string): Promise<Mark> {
  await connection.call('run.check', { run }) // violations are marks as soon as they are found
  const { marks } = await connection.call('run.overview', { run })
  const found = marks.find(({ kind, text }) => kind === words || text.toLowerCase().includes(words.toLowerCase()))
  if (found) return found
  const some = marks.slice(0, 8).map(({ seq, text }) => `${text} (${seq})`)
  throw new LabError(
    'not-found',
    `No mark of the run is about "${words}".`,
    `Marks are ${some.join(', ')}${marks.length > 8 ? ', ...' : ''}.`,
  )
}

/** The moment that is nearest to what was asked for, and of its futures one in which it happened, when there is one. */
async function keepOne(connection: LabConnection, run: RunId, { moments }: FuturesReport, { seq, seed }: { seq: number; seed?: number }) {
  const nearest = moments.toSorted((a, b) => Math.abs(a.seq - seq) - Math.abs(b.seq - seq))[0]
  const from = seed === undefined ? (nearest?.seq ?? seq) : seq
  const wanted = seed ?? nearest?.hit ?? nearest?.miss
  if (wanted === undefined) throw new LabError('bad-request', 'There is no future to keep: none was simulated.')
  return await connection.call('run.future', { run, seq: from, seed: wanted })
}

const BAR = 30

function describe({ what, seq, untilUs, moments, steps, isDone }: FuturesReport, run: RunId): string {
  const rows = moments.map((moment) => [
    String(moment.seq),
    `${(moment.atUs / 1e6).toFixed(3)} s`,
    `${percent(moment.share)}`,
    bar(moment),
    `${moment.hits} of ${moment.futures}`,
    `${percent(moment.low)} to ${percent(moment.high)}`,
    ...(moment.hit === undefined ? [''] : [`--keep ${moment.seq}:${moment.hit}`]),
  ])
  const lines = [
    `Event ${seq}: ${what}. How likely that was, by ${(untilUs / 1e6).toFixed(3)} s, right after earlier events:`,
    '',
    table([['AFTER', 'AT', 'LIKELY', '', 'FUTURES', '95 %', 'ONE OF THEM'], ...rows]),
    '',
    ...steps.map(
      ({ event, before, after, text, from, to }) =>
        `${percent(before)} to ${percent(after)} at event ${to - from === 1 ? to : `${event}, between ${from} and ${to}`}: ${text}`,
    ),
    ...(steps.length === 0 ? ['No step in it that chance does not explain.'] : []),
  ]
  if (!isDone) lines.push('', `Interrupted. synod futures ${run} begins anew.`)
  return lines.join('\n')
}

const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`

/** Filled up to the likelihood, dotted as far as it may reach. */
function bar({ share, high }: FuturesMoment): string {
  const filled = Math.round(BAR * share)
  const dotted = Math.max(filled, Math.round(BAR * high))
  return `${'#'.repeat(filled)}${'.'.repeat(dotted - filled)}${' '.repeat(BAR - dotted)}|`
}

/** A line on standard error for each moment. */
class Progress {
  readonly #of: number
  #told = 0

  constructor(of: number) {
    this.#of = of
  }

  take({ moments, steps }: FuturesReport): void {
    if (moments.length === this.#told) return
    this.#told = moments.length
    const widest = steps.toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))[0]
    const so = widest
      ? `; so far from ${percent(widest.before)} to ${percent(widest.after)} between events ${widest.from} and ${widest.to}`
      : ''
    console.error(`${moments.length} of at most ${this.#of} moments${so}`)
  }
}
