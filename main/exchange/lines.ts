/**
 * The lines of a text file, one by one and in little memory, however large the file is. What is no text, or no line that
 * anybody wrote, is a LabError that names the line. Reading it is synchronous: whoever reads does so in a thread of his own.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { LabError } from '../contract/errors.ts'

const PIECE_BYTES = 256 * 1024
/** No event that Synod wrote is longer, and what is longer fits into no memory. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024
const NEWLINE = 10
const RETURN = 13

export interface Line {
  readonly text: string
  /** From 1. */
  readonly number: number
}

/** How far it is, and whether it shall go on: asked a few hundred times a second. Throws to end the work. */
export type Pulse = (done: number) => void

export function* linesOf(file: string, pulse: Pulse = () => {}, lineBytesMax = LINE_BYTES_MAX): Generator<Line> {
  const descriptor = opened(file)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const piece = Buffer.alloc(PIECE_BYTES)
  let number = 0
  let begun: Buffer[] = []
  let begunBytes = 0
  let done = 0

  const lineOf = (end: Buffer): Line => {
    number++
    const bytes = begun.length === 0 ? end : Buffer.concat([...begun, end])
    begun = []
    begunBytes = 0
    const length = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length
    try {
      return { text: decoder.decode(bytes.subarray(0, length)), number }
    } catch {
      throw badLine(file, number, 'it is not text in UTF-8', 'Choose a text file: a compressed one has to be unpacked first.')
    }
  }

  try {
    for (;;) {
      const size = readSync(descriptor, piece, 0, piece.length, null)
      if (size === 0) break
      let from = 0
      for (let at = piece.indexOf(NEWLINE); at >= 0 && at < size; at = piece.indexOf(NEWLINE, from)) {
        yield lineOf(piece.subarray(from, at))
        from = at + 1
      }
      if (from < size) {
        begun.push(Buffer.from(piece.subarray(from, size)))
        begunBytes += size - from
      }
      if (begunBytes > lineBytesMax) {
        const hint = 'Check that it is a file of lines, such as synod export writes.'
        throw badLine(file, number + 1, `it is longer than ${lineBytesMax} bytes`, hint)
      }
      done += size
      pulse(done)
    }
    if (begunBytes > 0) yield lineOf(Buffer.alloc(0))
  } finally {
    closeSync(descriptor)
  }
}

/** The first lines, as much of them as stands in the first `bytes` of the file. */
export function headOf(file: string, bytes = 64 * 1024): Buffer {
  const descriptor = opened(file)
  try {
    const head = Buffer.alloc(bytes)
    return head.subarray(0, readSync(descriptor, head, 0, bytes, 0))
  } finally {
    closeSync(descriptor)
  }
}

export function sizeOf(file: string): number {
  const descriptor = opened(file)
  try {
    return fstatSync(descriptor).size
  } finally {
    closeSync(descriptor)
  }
}

export const badLine = (file: string, line: number, problem: string, hint = 'Nothing was imported.'): LabError =>
  new LabError('bad-import', `${file}:${line}: ${problem}.`, hint)

function opened(file: string): number {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    if (fstatSync(descriptor).isFile()) return descriptor
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new LabError('not-found', `There is no file ${file}.`, 'Check its name and folder.')
    throw new LabError('bad-import', `${file} cannot be read (${message}).`, 'Check that you may read it.')
  }
  closeSync(descriptor)
  throw new LabError('bad-import', `${file} is not a file.`, 'Choose a file.')
}
