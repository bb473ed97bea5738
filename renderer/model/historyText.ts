/** The verdict on a history in words: what a person reads first, and what it rests on. */
import type { HistoryOperation, HistoryReport, HistoryViolation, JudgeProgress } from '../../main/contract/history.ts'
import type { ProtocolDefinition } from '../../protocols/core/machine.ts'
import { formatCount, formatCountOf, formatDuration } from './format.ts'

export interface VerdictWords {
  readonly is: HistoryReport['is']
  readonly title: string
  readonly detail: string
  /** Not linearizable, and clients could not rely on that: nothing was shown to be broken. */
  readonly isAsPromised?: boolean
}

/** `live`: there may be more to come. `promises`: what clients of this protocol may rely on. */
export function verdictWords(report: HistoryReport, live: boolean, promises?: ProtocolDefinition['promises']): VerdictWords {
  const { is, why, operations, unheard, parts, undecided, violations } = report
  const counted = `${formatCountOf(operations, 'operation')} on ${formatCountOf(parts, 'key')}`
  const heard = unheard === 0 ? '' : `; ${formatCount(unheard)} of unknown outcome`
  switch (is) {
    case 'linearizable':
      return { is, title: live ? 'Linearizable so far' : 'Linearizable', detail: `${counted} fit one order${heard}` }
    case 'violated': {
      const [first] = violations
      const others = violations.length > 1 ? ` and ${formatCountOf(violations.length - 1, 'other key')}` : ''
      const isAsPromised = promises === 'eventual' && report.guarantee !== 'none'
      const title = `${NOT[report.guarantee]}${isAsPromised ? '; more is not promised' : ''}`
      return { is, title, detail: first ? `${partName(first)}${others}, of ${counted}${heard}` : counted, isAsPromised }
    }
    case 'unknown':
      return { is, title: 'No verdict', detail: `${why ?? 'it could not be judged'}; ${undecidedText(undecided, parts)}` }
    default:
      return is satisfies never
  }
}

/** What was met instead. */
const NOT: { readonly [guarantee in HistoryReport['guarantee']]: string } = {
  linearizable: 'Linearizable',
  sequential: 'Not linearizable: sequential, key by key',
  eventual: 'Not linearizable: eventual',
  none: 'Not linearizable, nor eventual',
  unknown: 'Not linearizable',
}

const undecidedText = (undecided: number, parts: number): string =>
  parts === 0 ? 'nothing was judged' : `${formatCount(undecided)} of ${formatCountOf(parts, 'key')} undecided`

export const partName = ({ part }: HistoryViolation): string => (part === undefined ? 'the history' : `key ${part}`)

/** `c2’s get x → 1` */
export const operationWords = ({ client, text, answer }: HistoryOperation): string => `${client}’s ${text} → ${answer ?? 'no answer'}`

/** Why the part cannot be linearized, and how much it fails. */
export function violationWords(violation: HistoryViolation): readonly string[] {
  const { certain, explained } = violation
  const head = `Certain when ${operationWords(certain)} returned.`
  if (!explained) return [head]
  const { window, sequential, staleReads, eventual, behind } = explained
  const count = window.operations.length
  const size = window.smallest ? '' : ' (perhaps fewer do)'
  const contradiction =
    count === 1
      ? `That alone is impossible${size}.`
      : `${formatCountOf(count, 'operation')} contradict each other${size}, whatever the others did.`
  return [
    head,
    contradiction,
    SEQUENTIAL[sequential],
    ...(staleReads === undefined ? [] : [staleText(staleReads)]),
    ...(behind === undefined ? [] : [behindText(behind)]),
    ...(eventual === undefined ? [] : [eventualText(eventual)]),
  ]
}

type Explained = NonNullable<HistoryViolation['explained']>

const behindText = ({ versions, by, read }: NonNullable<Explained['behind']>): string =>
  `The stalest read, ${operationWords(read)}, was ${formatCountOf(versions, 'version')} behind: ${formatDuration(by)}.`

function eventualText(eventual: NonNullable<Explained['eventual']>): string {
  if (eventual.is === 'holds')
    return `Eventual: ${formatDuration(eventual.within)} after the last write all read the same, and nothing acknowledged is lost.`
  return eventual.is === 'fails' ? `Not eventual: ${eventual.why}.` : `Whether it is eventual is unknown: ${eventual.why}.`
}

const SEQUENTIAL = {
  holds: 'Sequentially consistent: an order exists that keeps each client’s own.',
  fails: 'Not sequentially consistent either.',
  unknown: 'Whether it is sequentially consistent is unknown: a limit came first.',
} as const

type StaleReads = NonNullable<NonNullable<HistoryViolation['explained']>['staleReads']>

function staleText(stale: StaleReads): string {
  if (stale.is === 'holds') return `Reads that lag by up to ${formatDuration(stale.by)} explain it.`
  return stale.is === 'fails' ? 'Stale reads do not explain it.' : 'Whether stale reads explain it is unknown: a limit came first.'
}

const DOING = { reading: 'Reading', judging: 'Judging', explaining: 'Looking for the smallest contradiction in' } as const

export function progressWords({ doing, operations, total }: JudgeProgress): string {
  if (doing === 'explaining') return `${DOING.explaining} ${formatCountOf(total ?? operations, 'operation')}`
  const all = formatCountOf(total ?? operations, 'operation')
  return `${DOING[doing]} ${total === undefined ? all : `${formatCount(operations)} of ${all}`}`
}
