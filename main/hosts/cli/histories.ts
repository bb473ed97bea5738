/** `synod check --history`: the verdict on a history from a file, and how verdicts on histories are printed. */
import { models } from '../../../protocols/check/models/index.ts'
import { counted } from '../../../protocols/core/wording.ts'
import { LabError } from '../../contract/errors.ts'
import type { HistoryOperation, HistoryReport, HistoryViolation, JudgeProgress } from '../../contract/history.ts'
import { judgeFile } from '../../lab.ts'
import { type CommonOptions, Exit, print, printJson, table } from './terminal.ts'

export const MODELS = models.map((model) => model.name)
export const HISTORY_LIMIT_MS = 60_000

export interface HistoryOptions extends CommonOptions {
  readonly history: string
  readonly model?: string
  readonly limitMs: number
}

/** Exit code 1 unless it is linearizable: what is unknown is no pass, as with a run's invariants. */
export async function checkHistory(run: string | undefined, options: HistoryOptions): Promise<number> {
  if (run !== undefined) throw new LabError('bad-request', `Either the run ${run} is judged, or --history ${options.history}.`)
  const { model = '' } = options
  if (!MODELS.includes(model)) {
    const wrong = options.model === undefined ? 'A history needs a model to be judged by' : `There is no model "${options.model}"`
    throw new LabError('bad-request', `${wrong}: --model ${MODELS.join('|')}.`)
  }
  const report = await judgeFile(options.history, model, { limitMs: options.limitMs, onProgress: showProgress() })
  await (options.json ? printJson(report) : print(describeHistory(report, FILE_WORDS)))
  return report.is === 'linearizable' ? Exit.good : Exit.verdict
}

/** At most one line a second, on standard error. */
function showProgress(): (progress: JudgeProgress) => void {
  let shownAt = performance.now()
  return ({ doing, operations, total }) => {
    if (performance.now() - shownAt < 1000) return
    shownAt = performance.now()
    console.error(`${doing}: ${operations}${total === undefined ? '' : ` of ${total}`} operations`)
  }
}

interface Words {
  readonly place: string
  readonly time: (time: number) => string
}

/** A file's times are in a unit of its own. */
const FILE_WORDS: Words = { place: 'line', time: String }
export const RUN_WORDS: Words = { place: 'event', time: (us) => `${(us / 1000).toFixed(3)} ms` }

export function describeHistory(report: HistoryReport, words: Words): string {
  const { is, why, model, operations, unheard, parts, undecided } = report
  const counts = [
    `${counted(operations, 'operation')}${unheard === 0 ? '' : ` (${unheard} of unknown outcome)`} in ${counted(parts, 'part')}`,
    ...(undecided === 0 ? [] : [`no verdict on ${undecided}`]),
  ]
  return [
    ...report.violations.flatMap((violation) => [describeViolation(violation, words), '']),
    ...(is === 'violated' ? [GUARANTEES[report.guarantee]] : []),
    `History: ${is}${why === undefined ? '' : `: ${why}`} (${model}, ${counts.join(', ')})`,
  ].join('\n')
}

const GUARANTEES: { readonly [guarantee in HistoryReport['guarantee']]: string } = {
  linearizable: 'Guarantee met: linearizable.',
  sequential: "Guarantee met: sequential, each part by itself: an order exists that keeps each client's own.",
  eventual: 'Guarantee met: eventual: after the last write all read the same, and no acknowledged write is lost.',
  none: 'Guarantee met: none: not even eventual.',
  unknown: 'Guarantee met: not linearizable; whether it is eventual is unknown.',
}

function describeViolation({ part, certain, explained }: HistoryViolation, words: Words): string {
  const head = `${part === undefined ? 'The history' : part} cannot be linearized: certain at ${words.place} ${certain.at}, ${certain.text}.`
  if (explained === undefined) return head
  const { window, attempts } = explained
  const size = window.smallest ? 'The smallest window' : 'A window, perhaps not the smallest one'
  return [
    head,
    `${size} that contradicts itself, ${words.time(window.from)} to ${words.time(window.to)}:`,
    rows(window.operations, words),
    ...attempts.flatMap(({ length, tail, state }) => [
      `A longest order tried: ${length} operations, to the state ${state}; the last of them:`,
      rows(tail.slice(-5), words),
    ]),
    describeWeaker(explained, words),
  ].join('\n')
}

const rows = (operations: readonly HistoryOperation[], words: Words): string =>
  table(
    operations.map(({ at, client, text, answer, invoke, return: end }) => [
      `  ${words.place} ${at}`,
      client,
      text,
      `-> ${answer ?? 'unknown'}`,
      `${words.time(invoke)} .. ${end === undefined ? '' : words.time(end)}`,
    ]),
  )

function describeWeaker({ sequential, staleReads, eventual, behind }: NonNullable<HistoryViolation['explained']>, words: Words): string {
  const order = { holds: 'yes', fails: 'no', unknown: 'unknown (a limit came first)' }[sequential]
  const stale = {
    holds: `explained by reads that lag by up to ${staleReads?.is === 'holds' ? words.time(staleReads.by) : ''}`,
    fails: 'not explained by stale reads either',
    unknown: 'unknown whether stale reads explain it (a limit came first)',
  }
  const furthest =
    behind === undefined
      ? []
      : [`The stalest read, ${words.place} ${behind.read.at}: ${counted(behind.versions, 'version')} behind, ${words.time(behind.by)}`]
  const inTheEnd =
    eventual === undefined
      ? []
      : [
          `Eventually consistent: ${eventual.is === 'holds' ? `yes, ${words.time(eventual.within)} after the last write` : `${eventual.is === 'fails' ? 'no' : 'unknown'}: ${eventual.why}`}`,
        ]
  return [
    [`Sequentially consistent: ${order}`, ...(staleReads === undefined ? [] : [stale[staleReads.is]])].join('; '),
    ...furthest,
    ...inTheEnd,
  ].join('\n')
}
