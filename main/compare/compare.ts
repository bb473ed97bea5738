/** Compares two recorded runs: where they part, if they are of one protocol, and what came of each in any case. */
import { firstParting, partings, sharedPrefix } from '../../protocols/causality/align.ts'
import type { RecordedConfig } from '../../protocols/core/config.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import { leaderships } from '../../protocols/core/leaderships.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { findService } from '../../protocols/services/index.ts'
import type { RunSummary } from '../contract/commands.ts'
import type { ComparedRun, CompareProgress, CompareReport, SaidEvent } from '../contract/compare.ts'
import { LabError } from '../contract/errors.ts'
import type { RunReader } from '../recorder/reader.ts'
import { sentenceOf } from '../recorder/sentence.ts'
import { type Account, accountOf, type Operation } from './account.ts'
import { costOf } from './cost.ts'

const LISTED = 50
const SLICES = 240

export interface Side {
  readonly reader: RunReader
  readonly summary: RunSummary
}

/** Throws a LabError when the two cannot be compared. */
export function compareRuns(a: Side, b: Side, onProgress: (progress: CompareProgress) => void = () => {}): CompareReport {
  const [first, second] = [a.reader.header, b.reader.header]
  for (const { reader, summary } of [a, b]) {
    if (reader.header.config.mode === 'imported' && first.config.protocol !== second.config.protocol)
      throw new LabError('bad-request', `"${summary.name}" happened elsewhere: what its operations cost is not known.`)
  }
  const of = a.reader.lastSeq + b.reader.lastSeq
  const accountA = accountOf(a.reader, (done) => onProgress({ done, of }))
  const accountB = accountOf(b.reader, (done) => onProgress({ done: a.reader.lastSeq + done, of }))
  const settings = settingsApart(first.config, second.config)
  if (first.config.protocol !== second.config.protocol) {
    const [one, other] = [comparedRun(a, accountA, settings[0]), comparedRun(b, accountB, settings[1])]
    const none = { by: 'nothing', shared: 0, sharedUs: 0, first: undefined, nodes: [], operations: [], differing: 0 } as const
    return { a: one, b: other, ...none, text: besideText(one, other) }
  }
  const shared = sharedPrefix(accountA.log, accountB.log)
  const parted = partings(accountA.steps, accountB.steps)
  const nodes = parted.map(({ node, shared, a: inA, b: inB }) => ({
    ...{ node: (first.nodes[node] ?? second.nodes[node]) as NodeId, shared },
    steps: [accountA.steps[node]?.says.length ?? 0, accountB.steps[node]?.says.length ?? 0] as const,
    ...{ a: said(a.reader, inA), b: said(b.reader, inB) },
  }))
  // Without a few events in common the logs tell nothing: two recordings of processes begin with other process ids.
  const by = shared >= 10 || shared === Math.min(a.reader.lastSeq, b.reader.lastSeq) ? 'log' : 'steps'
  const ends = { a: said(a.reader, shared + 1), b: said(b.reader, shared + 1) }
  const parting = firstParting(parted)
  const either = by === 'log' ? ends : { a: said(a.reader, parting?.a), b: said(b.reader, parting?.b) }
  const at = either.a && either.b ? either : undefined
  const differences = differing(accountA, accountB, a.reader.header.config.service)
  return {
    ...{ a: comparedRun(a, accountA, settings[0]), b: comparedRun(b, accountB, settings[1]), by, shared: by === 'log' ? shared : 0 },
    sharedUs: by === 'log' && shared > 0 ? a.reader.timeOf(shared) : 0,
    ...{ first: at, nodes, operations: differences.slice(0, LISTED), differing: differences.length },
    text: sentence(by, shared, a, b, either, parting && { node: first.nodes[parting.node] as NodeId, shared: parting.shared }),
  }
}

function said(reader: RunReader, seq: number | undefined): SaidEvent | undefined {
  const event = seq === undefined ? undefined : reader.event(seq)
  return event && { seq: event.seq, atUs: Math.max(0, event.atUs), text: sentenceOf(reader, event) }
}

function sentence(
  by: 'log' | 'steps',
  shared: number,
  a: Side,
  b: Side,
  { a: inA, b: inB }: { readonly a: SaidEvent | undefined; readonly b: SaidEvent | undefined },
  parting: { readonly node: NodeId; readonly shared: number } | undefined,
): string {
  const count = shared.toLocaleString('en')
  if (by === 'log') {
    if (!inA && !inB) return `They are the same, event for event: all ${count}.`
    if (!inA) return `All ${count} events of “${a.summary.name}” are in “${b.summary.name}” too, which goes on: ${inB?.text}.`
    if (!inB) return `All ${count} events of “${b.summary.name}” are in “${a.summary.name}” too, which goes on: ${inA.text}.`
    return `Up to event ${count} they are the same; there ${inA.text} in the first, and ${inB.text} in the second.`
  }
  const isUsual = a.reader.header.config.mode === 'real' || b.reader.header.config.mode === 'real'
  const why = `Their logs share no beginning${isUsual ? ', as no two recordings of processes do' : ''}; so each node was followed by itself.`
  if (!parting) return `${why} No node takes another step in one than in the other, as far as both go.`
  const steps = parting.shared === 1 ? 'its first step' : `its first ${parting.shared.toLocaleString('en')} steps`
  const same =
    parting.shared === 0 ? `${parting.node} differs from its first step on` : `${parting.node} is the first to differ, after ${steps}`
  return `${why} ${same}: ${inA?.text ?? 'nothing more'} in the first, and ${inB?.text ?? 'nothing more'} in the second.`
}

/** What of their configurations differs, in words for each; the name says itself. */
function settingsApart(a: RecordedConfig, b: RecordedConfig): readonly [string[], string[]] {
  const flat = (value: unknown, path: string): [string, string][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`))
      : [[path, JSON.stringify(value) ?? '']]
  const [one, other] = [new Map(flat(a, '')), new Map(flat(b, ''))]
  const isApart = (key: string) =>
    key !== 'name' && one.get(key) !== other.get(key) && !(a.protocol !== b.protocol && key.startsWith('options.'))
  const told = (of: ReadonlyMap<string, string>) =>
    [...of].flatMap(([key, value]) => (isApart(key) ? [`${key.replace(/^options\./, '')} ${value.replaceAll('"', '')}`] : []))
  return [told(one), told(other)]
}

function besideText(a: ComparedRun, b: ComparedRun): string {
  const many = (value: number | undefined) => (value === undefined ? 'none' : value.toFixed(1))
  const { cost: one, summary: first } = a
  const { cost: other, summary: second } = b
  return (
    `${first.protocol} and ${second.protocol} side by side: an operation takes ${many(one.messagesPerOperation)} messages there and ${many(other.messagesPerOperation)} here, ` +
    `${one.delays?.median ?? 'no'} and ${other.delays?.median ?? 'no'} message delays one after the other in the middle.`
  )
}

function comparedRun({ reader, summary }: Side, { operations }: Account, settings: readonly string[]): ComparedRun {
  const { lengthUs } = reader
  const marks = reader.marks()
  const overview = reader.overview(summary.run, summary.status === 'live')
  const sliceUs = Math.max(1, Math.ceil((lengthUs + 1) / SLICES))
  const answered = new Array<number>(Math.ceil((lengthUs + 1) / sliceUs)).fill(0)
  const latencies: number[] = []
  const counts = { asked: 0, ok: 0, refused: 0, unknown: 0, open: 0 }
  for (const { outcome, atUs, endUs } of operations.values()) {
    counts.asked += 1
    if (!outcome || endUs === undefined) counts.open += 1
    else counts[outcome.is] += 1
    if (outcome?.is !== 'ok' || endUs === undefined) continue
    latencies.push((endUs - atUs) / 1e3)
    const slice = Math.min(answered.length - 1, Math.floor(endUs / sliceUs))
    answered[slice] = (answered[slice] ?? 0) + 1
  }
  latencies.sort((a, b) => a - b)
  return {
    ...{ cost: costOf(reader), settings },
    ...{ summary, nodes: reader.header.nodes, lengthUs, density: overview.density, marks, leaders: leadersOf(marks, lengthUs), answered },
    operations: { ...counts, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) },
    progress: progressOf(reader),
  }
}

/** The nearest-rank quantile of sorted values. */
function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

const leadersOf = (marks: readonly Mark[], lengthUs: number): ComparedRun['leaders'] =>
  leaderships(marks).flatMap(({ won: { node, epoch = 0 }, begun, untilUs = lengthUs }) =>
    node === undefined ? [] : [{ node, epoch, fromUs: begun.atUs, toUs: untilUs }],
  )

/** As scenarios judge it: the first of these facts that nodes show. */
const PROGRESS = ['commitIndex', 'lastApplied', 'applied'] as const

function progressOf(reader: RunReader): ComparedRun['progress'] {
  const { nodes } = reader.moment(reader.lastSeq)
  for (const fact of PROGRESS) {
    const values = nodes.map(({ observation }) => observation?.facts[fact]).filter((value) => typeof value === 'number')
    if (values.length > 0) return { fact, value: Math.max(...values) }
  }
  return undefined
}

function differing(a: Account, b: Account, serviceName: string): CompareReport['operations'][number][] {
  const service = findService(serviceName)
  const differences: CompareReport['operations'][number][] = []
  const outcome = (one: Operation | undefined): string => {
    if (!one) return 'not asked'
    if (!one.outcome) return 'no answer'
    if (one.outcome.is !== 'ok') return one.outcome.is
    return service ? service.formatResult(one.op, one.outcome.result) : JSON.stringify(one.outcome.result)
  }
  for (const key of new Set([...a.operations.keys(), ...b.operations.keys()])) {
    const [ofA, ofB] = [a.operations.get(key), b.operations.get(key)]
    const one = (ofA ?? ofB) as Operation
    const [opA, opB] = [ofA, ofB].map((side) => side && (service ? service.format(side.op) : JSON.stringify(side.op)))
    const isOther = opA !== undefined && opB !== undefined && opA !== opB
    const [inA, inB] = isOther ? [`${opA}: ${outcome(ofA)}`, `${opB}: ${outcome(ofB)}`] : [outcome(ofA), outcome(ofB)]
    if (inA === inB) continue
    const op = isOther ? 'another operation' : ((opA ?? opB) as string)
    differences.push({
      client: one.client,
      number: one.number,
      op,
      a: inA,
      b: inB,
      aSeq: ofA?.endSeq ?? ofA?.seq,
      bSeq: ofB?.endSeq ?? ofB?.seq,
    })
  }
  return differences.sort((x, y) => (x.aSeq ?? x.bSeq ?? 0) - (y.aSeq ?? y.bSeq ?? 0))
}
