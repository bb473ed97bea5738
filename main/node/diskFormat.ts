/**
 * The write-ahead file, as bytes. Little-endian:
 *
 *     "SynodWAL"  u32 version  u32 length  u32 crc32  header: JSON { run, node }
 *     then batches, each: u32 length (at least 2), u32 crc32 of the payload, payload: a JSON array of records
 *     then zeros, in whose place the next ones go
 *
 * A batch is what one turn of the node persisted: it was written at once and is there whole or not at all. What a crash
 * left half-written can only be the last: a bad batch at the very end is cut; a bad one with a whole one after it is
 * damage, which nobody may run on.
 */
import { crc32 } from 'node:zlib'
import type { Json } from '../../protocols/core/json.ts'
import { ExitCode, FatalError } from './fatal.ts'

const MAGIC = 'SynodWAL'
const VERSION = 1
const HEADER_BYTES = 20
const BATCH_HEADER_BYTES = 8

export interface DiskOwner {
  readonly run: string
  readonly node: string
}

export interface Recovered {
  readonly records: Json[]
  /** Where the good part ends. */
  readonly goodBytes: number
  /** The torn rest of an unfinished write behind it, up to the zeros. */
  readonly tornBytes: number
}

export function encodeHeader({ run, node }: DiskOwner): Buffer {
  const body = Buffer.from(JSON.stringify({ run, node }))
  const bytes = Buffer.alloc(HEADER_BYTES + body.length)
  bytes.write(MAGIC, 'latin1')
  bytes.writeUInt32LE(VERSION, 8)
  bytes.writeUInt32LE(body.length, 12)
  bytes.writeUInt32LE(crc32(body), 16)
  body.copy(bytes, HEADER_BYTES)
  return bytes
}

/** `texts`: the records, each as JSON. */
export function encodeBatch(texts: readonly string[]): Buffer {
  const payload = `[${texts.join(',')}]`
  const bytes = Buffer.allocUnsafe(BATCH_HEADER_BYTES + Buffer.byteLength(payload))
  bytes.write(payload, BATCH_HEADER_BYTES)
  writeBatchHeader(bytes, bytes.subarray(BATCH_HEADER_BYTES))
  return bytes
}

/** What stands before the records, which are one JSON array. */
export function batchHeader(payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(BATCH_HEADER_BYTES)
  writeBatchHeader(bytes, payload)
  return bytes
}

function writeBatchHeader(bytes: Buffer, payload: Uint8Array): void {
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt32LE(crc32(payload), 4)
}

/** Reads a whole file. Throws a FatalError that names `file` and the byte when it is damaged or another's. */
export function decodeFile(bytes: Buffer, file: string, owner: DiskOwner): Recovered {
  const records: Json[] = []
  let at = readOwner(bytes, file, owner)
  while (at < bytes.length) {
    const end = wholeBatch(bytes, at)
    if (end === undefined) {
      if (lengthBeforeZeros(bytes.subarray(at)) === 0) break
      const next = findWholeBatch(bytes, at + 1)
      if (next !== undefined) throw damaged(file, at, `the batch there does not match its checksum, and a good one follows at byte ${next}`)
      break
    }
    for (const record of parse(bytes, at, end, file)) records.push(record)
    at = end
  }
  return { records, goodBytes: at, tornBytes: lengthBeforeZeros(bytes.subarray(at)) }
}

function readOwner(bytes: Buffer, file: string, owner: DiskOwner): number {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) throw damaged(file, 0, 'it does not begin as one')
  const version = bytes.readUInt32LE(8)
  if (version !== VERSION)
    throw new FatalError(
      ExitCode.corruptDisk,
      `${file} is of version ${version}; this node reads version ${VERSION}.`,
      'Wipe the disk of the node to let it start empty.',
    )
  const end = HEADER_BYTES + bytes.readUInt32LE(12)
  if (end > bytes.length || crc32(bytes.subarray(HEADER_BYTES, end)) !== bytes.readUInt32LE(16))
    throw damaged(file, HEADER_BYTES, 'its header does not match its checksum')
  const found = JSON.parse(bytes.toString('utf8', HEADER_BYTES, end)) as DiskOwner
  if (found.run !== owner.run || found.node !== owner.node)
    throw new FatalError(
      ExitCode.corruptDisk,
      `${file} belongs to ${found.node} of run ${found.run}, not to ${owner.node} of run ${owner.run}.`,
      'Give the node a data folder of its own.',
    )
  return end
}

function lengthBeforeZeros(bytes: Uint8Array): number {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  return length
}

/** Where the batch at `at` ends, or undefined when there is no whole one. */
function wholeBatch(bytes: Buffer, at: number): number | undefined {
  if (at + BATCH_HEADER_BYTES > bytes.length) return undefined
  const length = bytes.readUInt32LE(at)
  const end = at + BATCH_HEADER_BYTES + length
  if (length < 2 || end > bytes.length) return undefined
  // The brackets of the array first: they spare the checksum nearly everywhere when a file is searched byte by byte.
  if (bytes[at + BATCH_HEADER_BYTES] !== 0x5b || bytes[end - 1] !== 0x5d) return undefined
  return crc32(bytes.subarray(at + BATCH_HEADER_BYTES, end)) === bytes.readUInt32LE(at + 4) ? end : undefined
}

function findWholeBatch(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at + BATCH_HEADER_BYTES + 2 <= bytes.length; at++) if (wholeBatch(bytes, at) !== undefined) return at
  return undefined
}

function parse(bytes: Buffer, at: number, end: number, file: string): readonly Json[] {
  try {
    return JSON.parse(bytes.toString('utf8', at + BATCH_HEADER_BYTES, end))
  } catch {
    throw damaged(file, at, 'the batch there has a good checksum and is not JSON')
  }
}

const damaged = (file: string, at: number, what: string): FatalError =>
  new FatalError(
    ExitCode.corruptDisk,
    `${file} is damaged at byte ${at}: ${what}. The node does not run on a damaged disk.`,
    'Wipe the disk of the node: it starts empty and catches up from the others, as far as the protocol bears that.',
  )
