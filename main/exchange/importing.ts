/** Makes a run file of a file of some format. It is there whole in the end, or not at all. */
import { LabError } from '../contract/errors.ts'
import type { ExchangeProgress } from '../contract/exchange.ts'
import { transcribe } from '../futures/transcript.ts'
import { removeRunFile, takeRunFile } from '../recorder/library.ts'
import { Recorder } from '../recorder/recorder.ts'
import { diskError, RunStore } from '../recorder/store.ts'
import type { ExchangeFormat, ReadRun } from './format.ts'
import { formats } from './formats/index.ts'
import { headOf, sizeOf } from './lines.ts'

const COMMIT_EVERY = 4096

export interface ImportJob {
  readonly from: string
  /** Where the run file goes; must not exist. */
  readonly to: string
  /** For a run whose file has no name of its own. */
  readonly name: string
  /** What messages call the file, when that is not its path. */
  readonly shown?: string
  /** The format by name; told from what is in the file when absent. */
  readonly as?: string | undefined
  /** Throws to end the work. */
  pulse(progress: ExchangeProgress): void
}

/** Throws a LabError; then there is nothing at `to`. */
export function importRun(job: ImportJob): void {
  named(job, () => importInto(job))
}

function importInto(job: ImportJob): void {
  const { from, to, name, pulse } = job
  const head = headOf(from)
  const total = sizeOf(from)
  const format = formatOf(job, head)
  try {
    if (!format.import) return takeRunFile(from, to, (done, of) => pulse({ doing: 'checking', done, total: of }))
    const read = format.import({
      file: from,
      shown: job.shown,
      name,
      isOwn: isOwn(head),
      pulse: (done) => pulse({ doing: 'reading', done, total }),
    })
    record(read, to)
  } catch (error) {
    removeRunFile(to)
    throw error
  }
}

/** A file that was handed in is known by the name that its owner gave it. */
function named<T>({ from, shown }: ImportJob, work: () => T): T {
  if (shown === undefined) return work()
  try {
    return work()
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    throw new LabError(error.code, error.message.replaceAll(from, shown), error.hint?.replaceAll(from, shown))
  }
}

function record({ header, status, verdict, findings, bookmarks, events }: ReadRun, to: string): void {
  const store = new RunStore(to, header)
  try {
    const recorder = new Recorder(store, header)
    transcribe(recorder, committed(events, recorder), header, (us) => us)
    recorder.finish()
    if (verdict) store.set('verdict', verdict)
    if (findings && findings.length > 0) store.findings(findings)
    if (bookmarks && bookmarks.length > 0) store.set('bookmarks', bookmarks)
    store.close(status)
  } catch (error) {
    store.abandon()
    throw error instanceof LabError || !(error as { code?: string }).code ? error : diskError(error, to, 'The run cannot be imported')
  }
}

function* committed<T>(events: Iterable<T>, recorder: Recorder): Generator<T> {
  let count = 0
  for (const event of events) {
    yield event
    if (++count % COMMIT_EVERY === 0) recorder.commit()
  }
}

function formatOf({ from, as }: ImportJob, head: Buffer): ExchangeFormat {
  const known = formats.filter(({ recognises }) => recognises)
  if (as !== undefined) {
    const named = known.find(({ name }) => name === as)
    if (named) return named
    throw new LabError('bad-request', `Runs cannot be imported as "${as}".`, `They can as ${known.map(({ name }) => name).join(', ')}.`)
  }
  if (head.length === 0) throw new LabError('bad-import', `${from} is empty.`, 'Choose a file with a run in it.')
  if (isHistory(head)) {
    const hint = `synod check --history ${from} --model kv judges it.`
    throw new LabError(
      'bad-import',
      `${from} is a history of operations: it tells what clients saw, and nothing of the hosts of a run.`,
      hint,
    )
  }
  const found = known.find(({ recognises }) => recognises?.(head))
  if (found) return found
  const hint = `Known are ${known.map(({ title }) => title).join(', ')}; a ShiViz log has the text of an event on one line and n1 {"n1":1} on the next.`
  throw new LabError('bad-import', `${from} is in no format that can be imported.`, hint)
}

/** Synod's own NDJSON begins by saying so. */
const isOwn = (head: Buffer): boolean => /^\uFEFF?\s*\{"synod":/.test(head.toString('utf8', 0, 200))

function isHistory(head: Buffer): boolean {
  const text = head.toString('utf8', 0, 4096).trimStart()
  if (/^(\[\s*)?\{\s*:/.test(text)) return true
  return text.startsWith('{') && /"operation"\s*:/.test(text.split('\n', 1)[0] ?? '') && /"invoke"\s*:/.test(text.split('\n', 1)[0] ?? '')
}
