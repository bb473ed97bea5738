/**
 * How a chunk stands in a run file: pressed with zstd (RFC 8878), which makes a tenth of it and costs less than writing the rest
 * would. Files of before version 3 have their chunks as they are; a branch of one has both.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { TAP_RECORD_BYTES_MAX } from '../../protocols/wire/tap.ts'
import { unbroken } from '../programs/unbroken.ts'

/** The first byte of a zstd frame; that of a chunk is its version. */
const ZSTD = 0x28
/** The largest event, and what else may be in its chunk. */
const CHUNK_BYTES_MAX = TAP_RECORD_BYTES_MAX + 64 * 1024 * 1024
/** The fastest of the ordinary ones. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 }

export const pressed = (chunk: Uint8Array): Buffer => unbroken(() => zstdCompressSync(chunk, { params }))

/** Throws when it is neither. Not a copy where it was not pressed: memory that comes and goes with every chunk makes the collector look through all states that are kept. */
export function unpressed({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  const stored = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
  return stored[0] === ZSTD ? unbroken(() => zstdDecompressSync(stored, { maxOutputLength: CHUNK_BYTES_MAX })) : stored
}
