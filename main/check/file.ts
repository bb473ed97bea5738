/** Reads a history from a file: Jepsen's EDN when its name ends in .edn or it begins like a record of it, else NDJSON, line by line. */
import fs from 'node:fs'
import readline from 'node:readline'
import { type BadHistory, type HistoryReading, openNdjson } from '../../protocols/check/format.ts'
import { readJepsen } from '../../protocols/check/jepsen.ts'
import type { AnyModel } from '../../protocols/check/model.ts'
import { LabError } from '../contract/errors.ts'
import type { ToldHistory } from './report.ts'

/** EDN is read whole. */
const EDN_BYTES_MAX = 400_000_000

/** Rejects with a LabError that names the line. `onRead` hears how many lines were read, now and then. */
export async function readHistoryFile(file: string, model: AnyModel, onRead: (lines: number) => void): Promise<ToldHistory> {
  const reading = await reachable(file, async () => ((await isEdn(file)) ? readEdn(file, model) : await readLines(file, model, onRead)))
  if ('bad' in reading) throw new LabError('bad-request', describe(file, reading.bad), 'There is no verdict on a history with a bad line.')
  const { operations, lineOf } = reading.history
  return { model, operations, at: lineOf }
}

function describe(file: string, { line, column, problem }: BadHistory): string {
  return `${file}:${line}${column === undefined ? '' : `:${column}`}: ${problem}`
}

async function readLines(file: string, model: AnyModel, onRead: (lines: number) => void): Promise<HistoryReading> {
  const reader = openNdjson(model)
  const input = fs.createReadStream(file, 'utf8')
  let count = 0
  try {
    for await (const line of readline.createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const bad = reader.line(line)
      if (bad) return { bad }
      if (++count % 10_000 === 0) onRead(count)
    }
  } finally {
    input.destroy()
  }
  return reader.end()
}

function readEdn(file: string, model: AnyModel): HistoryReading {
  const { size } = fs.statSync(file)
  if (size > EDN_BYTES_MAX)
    throw new LabError('bad-request', `${file} has ${size} bytes; EDN is read up to ${EDN_BYTES_MAX}.`, 'Write it as NDJSON.')
  return readJepsen(model, fs.readFileSync(file, 'utf8'))
}

async function isEdn(file: string): Promise<boolean> {
  if (file.endsWith('.edn')) return true
  const handle = await fs.promises.open(file)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(256), position: 0 })
    return /^\s*(\[\s*)?(\{\s*:|#[a-z])/.test(buffer.toString('utf8', 0, bytesRead))
  } finally {
    await handle.close()
  }
}

async function reachable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof LabError || code === undefined) throw error
    throw new LabError('not-found', code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${message}`)
  }
}
