/** Writes a run into a file of some format. It is there whole in the end, or not at all. */
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import { copyRunFile } from '../recorder/library.ts'
import { diskError } from '../recorder/store.ts'
import type { EndedStatus, ExchangeFormat } from './format.ts'
import type { Pulse } from './lines.ts'
import { openTold } from './told.ts'

/** Pieces are gathered to so many characters before they are written. */
const WRITTEN_AT_ONCE = 256 * 1024

export interface ExportJob {
  /** The run file. */
  readonly from: string
  readonly to: string
  readonly status: EndedStatus
  readonly format: ExchangeFormat
  /** Told of events, and of how many there are. */
  pulse(done: number, total: number): void
}

/** Rejects with a LabError; then what was at `to` is as it was. */
export async function exportRun({ from, to, status, format, pulse }: ExportJob): Promise<void> {
  const target = path.resolve(to)
  if (!format.export) return await copyRunFile(from, target, pulse)
  // What is no file, a pipe say, cannot be put in place when it is whole.
  const inPlace = existsSync(target) && !statSync(target).isFile()
  const part = inPlace ? target : `${target}.part`
  let total = 0
  const told = openTold(from, status, (done) => pulse(done, total))
  total = told.lastSeq
  try {
    writeText(part, format.export(told))
    if (!inPlace) renameSync(part, target)
  } catch (error) {
    if (!inPlace) rmSync(part, { force: true })
    throw diskError(error, target, 'The run cannot be exported')
  } finally {
    told.close()
  }
}

function writeText(file: string, pieces: Iterable<string>): void {
  const descriptor = openSync(file, 'w')
  try {
    let text = ''
    for (const piece of pieces) {
      text += piece
      if (text.length < WRITTEN_AT_ONCE) continue
      writeWhole(descriptor, text)
      text = ''
    }
    writeWhole(descriptor, text)
  } finally {
    closeSync(descriptor)
  }
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

/** The run as text in pieces of some size, for whoever writes it where he will. */
export function* textOf(from: string, status: EndedStatus, format: ExchangeFormat, pulse: Pulse): Generator<string> {
  const told = openTold(from, status, pulse)
  try {
    let text = ''
    for (const piece of format.export?.(told) ?? []) {
      text += piece
      if (text.length < WRITTEN_AT_ONCE / 4) continue
      yield text
      text = ''
    }
    if (text !== '') yield text
  } finally {
    told.close()
  }
}
