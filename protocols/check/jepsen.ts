/**
 * Histories of Jepsen: EDN records with `:process`, `:type` (`:invoke`, then `:ok`, `:fail` or `:info`), `:f`, `:value` and `:time`. A
 * `:fail` surely did not happen, an `:info` nobody knows. What is not done by a numbered process is the test's own doing (the nemesis)
 * and left out. Where every value is a pair of `[key value]`, as `jepsen.independent` writes them, each key is an object by itself.
 */
import type { Json } from '../core/json.ts'
import { EdnError, ednForms } from './edn.ts'
import { type BadHistory, type HistoryReading, wellFormed } from './format.ts'
import type { Operation, Outcome } from './history.ts'
import type { AnyModel } from './model.ts'

interface Recorded {
  readonly line: number
  readonly process: string
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  readonly f: string
  readonly value: Json
  readonly time: number | undefined
}

/** The history in a text of EDN. Times are those of the file where all have one and none goes back, else the order counts. */
export function readJepsen(model: AnyModel, text: string): HistoryReading {
  const records: Recorded[] = []
  try {
    for (const { value, line } of ednForms(text)) {
      const record = recordOf(value, line)
      if (record === undefined) continue
      if ('problem' in record) return { bad: record }
      records.push(record)
    }
  } catch (error) {
    if (error instanceof EdnError) return { bad: { line: error.line, column: error.column, problem: error.message } }
    throw error
  }
  return intoOperations(model, records)
}

/** Undefined for what no client did. */
function recordOf(value: Json, line: number): Recorded | BadHistory | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, problem: 'a record is a map with :process, :type, :f and :value' }
  const { process, type, f, value: inner, time } = value as { readonly [key: string]: Json | undefined }
  if (process === undefined) return { line, problem: 'this record has no :process' }
  if (typeof process !== 'number') return undefined
  if (type !== 'invoke' && type !== 'ok' && type !== 'fail' && type !== 'info')
    return { line, problem: `the :type of a record is :invoke, :ok, :fail or :info, not ${JSON.stringify(type ?? null)}` }
  if (typeof f !== 'string') return { line, problem: 'this record has no :f' }
  return { line, process: String(process), type, f, value: inner ?? null, time: typeof time === 'number' ? time : undefined }
}

function intoOperations(model: AnyModel, records: readonly Recorded[]): HistoryReading {
  const timed = records.every(({ time }, i) => time !== undefined && (i === 0 || time >= (records[i - 1]?.time ?? time)))
  const timeOf = (index: number): number => (timed ? (records[index]?.time as number) : index)
  const keyed = records.length > 0 && records.every((record) => record.type !== 'invoke' || isPair(record))
  const open = new Map<string, number>()
  const found: { readonly index: number; readonly end?: number }[] = []
  for (const [index, { process, type, f, line }] of records.entries()) {
    const begun = open.get(process)
    if (type === 'invoke') {
      if (begun !== undefined)
        return {
          bad: {
            line,
            problem: `process ${process} invokes ${f} while its ${records[begun]?.f} of line ${records[begun]?.line} is still open`,
          },
        }
      open.set(process, index)
      continue
    }
    if (begun === undefined) return { bad: { line, problem: `process ${process} ends ${f}, but it had invoked nothing` } }
    if (records[begun]?.f !== f) return { bad: { line, problem: `process ${process} ends ${f}, but it had invoked ${records[begun]?.f}` } }
    open.delete(process)
    found.push({ index: begun, end: index })
  }
  for (const index of open.values()) found.push({ index })

  const operations: Operation<unknown>[] = []
  const lines = new Map<number, number>()
  for (const { index, end } of found.sort((a, b) => a.index - b.index)) {
    const begun = records[index] as Recorded
    const ended = end === undefined ? undefined : (records[end] as Recorded)
    const [key, input] = keyed ? (begun.value as [Json, Json]) : [undefined, begun.value]
    const answer = ended === undefined ? null : keyed && Array.isArray(ended.value) ? (ended.value[1] ?? null) : ended.value
    // What was given along is only said again at the end; an answer is what was asked for with nil.
    const outcome: Outcome =
      ended?.type === 'ok'
        ? { is: 'ok', output: input === null ? (answer as Json) : null }
        : { is: ended?.type === 'fail' ? 'refused' : 'unknown' }
    const read = model.read(
      {
        client: begun.process,
        operation: begun.f,
        ...(key === undefined ? {} : { key: nameOf(key) }),
        ...(input === null ? {} : { input: input as Json }),
      },
      outcome.is === 'ok' ? outcome.output : undefined,
    )
    if ('problem' in read) return { bad: { line: begun.line, problem: read.problem } }
    const id = operations.length + 1
    lines.set(id, begun.line)
    operations.push({
      id,
      client: begun.process,
      input: read.input,
      outcome,
      invoke: timeOf(index),
      ...(end === undefined ? {} : { return: timeOf(end) }),
    })
  }
  return wellFormed(operations, (id) => lines.get(id) ?? 0)
}

/** `[key value]`; of a cas, whose plain value is a pair already, `[key [old new]]`. */
function isPair({ f, value }: Recorded): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false
  return f !== 'cas' || (Array.isArray(value[1]) && value[1].length === 2)
}

const nameOf = (key: Json): string => (typeof key === 'string' ? key : JSON.stringify(key))
