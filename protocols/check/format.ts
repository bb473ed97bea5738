/**
 * Histories from files. NDJSON has one operation a line; a history of Jepsen, in EDN, has one record for an invocation and one for its
 * end. Either is read against a model, so that what the model cannot judge is refused with its line. A file with one bad line
 * gives no history at all: a verdict on the rest would be a verdict on something that did not happen.
 */
import { z } from 'zod'
import type { Json } from '../core/json.ts'
import { malformed, type Operation, type Outcome } from './history.ts'
import type { AnyModel } from './model.ts'

export interface BadHistory {
  readonly line: number
  readonly column?: number
  readonly problem: string
}

export interface ReadHistory {
  // biome-ignore lint/suspicious/noExplicitAny: the model knows its inputs
  readonly operations: Operation<any>[]
  /** Where an operation stands in the file. */
  lineOf(id: number): number
}

export type HistoryReading = { readonly history: ReadHistory } | { readonly bad: BadHistory }

const lineSchema = z.strictObject({
  client: z.union([z.string().min(1), z.int()]),
  operation: z.string().min(1),
  key: z.union([z.string(), z.int()]).optional(),
  input: z.json().optional(),
  output: z.json().optional(),
  outcome: z.enum(['ok', 'refused', 'unknown']).optional(),
  invoke: z.number(),
  return: z.number().nullish(),
})

export interface NdjsonReader {
  /** Takes the next line; complains at once when it is bad, and is then finished. */
  line(text: string): BadHistory | undefined
  end(): HistoryReading
}

/** Reads NDJSON line by line. An operation's id is its line. */
export function openNdjson(model: AnyModel): NdjsonReader {
  const operations: Operation<unknown>[] = []
  let line = 0
  return {
    line(text) {
      line++
      if (text.trim() === '') return undefined
      const told = parse(text)
      if ('problem' in told) return { line, ...told }
      const operation = operationOf(model, told.value, line)
      if ('problem' in operation) return { line, ...operation }
      operations.push(operation.operation)
      return undefined
    },
    end: () => wellFormed(operations, (id) => id),
  }
}

/** Reads a whole NDJSON text. */
export function readNdjson(model: AnyModel, text: string): HistoryReading {
  const reader = openNdjson(model)
  for (const line of text.split('\n')) {
    const bad = reader.line(line)
    if (bad) return { bad }
  }
  return reader.end()
}

/** The history, unless it is none. */
export function wellFormed(operations: Operation<unknown>[], lineOf: (id: number) => number): HistoryReading {
  const bad = malformed(operations, (id) => `the operation of line ${lineOf(id)}`)
  return bad ? { bad: { line: lineOf(bad.id), problem: bad.problem } } : { history: { operations, lineOf } }
}

type Line = z.infer<typeof lineSchema>

function parse(text: string): { readonly value: Line } | { readonly problem: string; readonly column?: number } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const position = /position (\d+)/.exec(message)?.[1]
    return { problem: `this line is not JSON: ${message}`, ...(position === undefined ? {} : { column: Number(position) + 1 }) }
  }
  const line = lineSchema.safeParse(json)
  if (line.success) return { value: line.data }
  const [issue] = line.error.issues
  return { problem: [issue?.path.join('.'), issue?.message].filter((word) => word).join(': ') }
}

function operationOf(model: AnyModel, told: Line, id: number): { readonly operation: Operation<unknown> } | { readonly problem: string } {
  const client = String(told.client)
  const outcome = outcomeOf(told)
  if ('problem' in outcome) return outcome
  const read = model.read(
    {
      client,
      operation: told.operation,
      ...(told.key === undefined ? {} : { key: String(told.key) }),
      ...(told.input === undefined ? {} : { input: told.input as Json }),
    },
    outcome.is === 'ok' ? outcome.output : undefined,
  )
  if ('problem' in read) return read
  const end = told.return ?? undefined
  return { operation: { id, client, input: read.input, outcome, invoke: told.invoke, ...(end === undefined ? {} : { return: end }) } }
}

function outcomeOf({ outcome, output, return: end }: Line): Outcome | { readonly problem: string } {
  const is = outcome ?? (end === undefined || end === null ? 'unknown' : 'ok')
  if (is === 'ok') return { is, output: (output ?? null) as Json }
  if (output !== undefined && output !== null)
    return { problem: `it has an output, but its outcome is ${is}${outcome === undefined ? ', since it has no return' : ''}` }
  return { is }
}
