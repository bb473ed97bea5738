/** Synod's own NDJSON: a first line that says what the run is and how many events follow, then one event a line. */
import { z } from 'zod'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import { BOOKMARKS_MAX, bookmarkSchema } from '../contract/bookmarks.ts'
import { LabError } from '../contract/errors.ts'
import type { RunHeader } from '../recorder/header.ts'
import { runHeaderSchema, tablesOf } from '../recorder/runFile.ts'
import { eventOf } from './eventLine.ts'
import type { ImportOptions, ReadRun, ToldRun } from './format.ts'
import { badLine, type Line, linesOf } from './lines.ts'

/** Grows when an older Synod could no longer read the file. */
export const NDJSON_VERSION = 1

const firstLine = z.object({
  synod: z.literal('run'),
  version: z.int(),
  events: z.int().min(0),
  status: z.enum(['ended', 'interrupted']),
  verdict: z.enum(['pass', 'fail', 'unknown']).optional(),
  header: runHeaderSchema,
  findings: z
    .array(z.object({ seq: z.int().min(1), invariant: z.string(), node: z.string(), text: z.string(), source: z.string() }))
    .default([]),
  bookmarks: z.array(bookmarkSchema).max(BOOKMARKS_MAX).default([]),
})

export function* writeNdjson({ header, status, verdict, findings, bookmarks, lastSeq, events }: ToldRun): Generator<string> {
  const first = { synod: 'run', version: NDJSON_VERSION, events: lastSeq, status, verdict, header, findings, bookmarks } satisfies
    | z.input<typeof firstLine>
    | object
  yield `${JSON.stringify(first)}\n`
  for (const event of events()) yield `${JSON.stringify(event)}\n`
}

export function readNdjson({ file, pulse, lineBytesMax }: ImportOptions): ReadRun {
  const lines = filled(linesOf(file, pulse, lineBytesMax))
  const { value: line } = lines.next() as IteratorResult<Line, Line>
  const { version, ...first } = headOf(file, line)
  const header = first.header as unknown as RunHeader
  return {
    ...{ header, status: first.status, verdict: first.verdict },
    findings: first.findings.map((one) => ({ ...one, node: one.node as NodeId })),
    bookmarks: first.bookmarks.filter(({ seq }) => seq <= first.events),
    events: eventsOf(file, lines, header, first.events),
  }
}

function headOf(file: string, { text, number }: Line): z.output<typeof firstLine> {
  const value = jsonOf(file, { text, number })
  const { version } = value as { version?: unknown }
  if (typeof version === 'number' && version > NDJSON_VERSION)
    throw new LabError(
      'newer-run-file',
      `${file} was written by a newer Synod (NDJSON ${version}, this one reads up to ${NDJSON_VERSION}).`,
      'Update Synod to import it.',
    )
  const parsed = firstLine.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw badLine(
    file,
    number,
    `the line that says what the run is does not fit: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
  )
}

function* eventsOf(file: string, lines: Iterable<Line>, header: RunHeader, promised: number): Generator<RunEvent> {
  const tables = tablesOf(header)
  let seq = 0
  let last = 1
  for (const line of lines) {
    last = line.number
    if (seq === promised) throw badLine(file, line.number, `there is more behind the ${promised} events that the first line promises`)
    const event = eventOf(jsonOf(file, line), ++seq, tables)
    if (typeof event === 'string') throw badLine(file, line.number, event)
    yield event
  }
  if (seq < promised)
    throw badLine(file, last, `the file ends after ${seq} of ${promised} events`, 'It was cut short; nothing was imported.')
}

/** Throws a LabError with the column, as far as it is told. */
export function jsonOf(file: string, { text, number }: Line): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badLine(
      file,
      number,
      `this line is not JSON: ${(error as Error).message.replace(/[.\n]+$/, '')}`,
      'The file may have been cut short; nothing was imported.',
    )
  }
}

/** Blank lines say nothing. A mark of the byte order may stand before the first. */
export function* filled(lines: Iterable<Line>): Generator<Line> {
  for (const line of lines) {
    const text = line.number === 1 ? line.text.replace(/^\uFEFF/, '') : line.text
    if (text.trim() !== '') yield text === line.text ? line : { ...line, text }
  }
}
