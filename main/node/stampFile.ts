/**
 * Where a node's next life finds stamps that no earlier one used. Kept beside the disk and not on it: wiping a disk does
 * not undo what happened. Written once in a quarter of a million steps, 16 bytes in one call, which a kill cannot tear;
 * a crash of the machine ends the run anyway, so nothing is synced.
 */
import { openSync, readSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { StampFloor } from '../../protocols/host/stamps.ts'
import { diskFailure } from './fatal.ts'

export const STAMP_FILE = 'stamps'
const BLOCK = 2 ** 18

export interface StampFile {
  readonly floor: StampFloor
  reserve(lamport: number, own: number): StampFloor
}

export function openStampFile(folder: string): StampFile {
  const file = path.join(folder, STAMP_FILE)
  try {
    const fd = openSync(file, 'a+')
    const bytes = Buffer.alloc(16)
    const has = readSync(fd, bytes, 0, 16, 0) === 16
    const writable = openSync(file, 'r+')
    return {
      floor: has ? { lamport: bytes.readDoubleLE(0), own: bytes.readDoubleLE(8) } : { lamport: 0, own: 0 },
      reserve(lamport, own) {
        const reserved = { lamport: lamport + BLOCK, own: own + BLOCK }
        bytes.writeDoubleLE(reserved.lamport, 0)
        bytes.writeDoubleLE(reserved.own, 8)
        try {
          writeSync(writable, bytes, 0, 16, 0)
        } catch (error) {
          throw diskFailure('write to', file, error)
        }
        return reserved
      },
    }
  } catch (error) {
    throw diskFailure('open', file, error)
  }
}
