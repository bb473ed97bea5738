/**
 * A node's disk: one write-ahead file in the node's own folder. Calls block: the node has nothing to say before what it
 * persists is safe. Every failure is a FatalError; a node that cannot write must not go on as if it had.
 */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import type { Json } from '../../protocols/core/json.ts'
import { type DiskOwner, decodeFile, encodeBatch, encodeHeader } from './diskFormat.ts'
import { diskFailure } from './fatal.ts'

export const DISK_FILE = 'wal'

export interface Disk {
  /** Writes records, each as JSON text, at the end. They are durable after `sync`. */
  append(texts: readonly string[]): void
  /** Puts `texts` in the place of all that was written so far. Durable when it returns, whatever the run's setting. */
  replace(texts: readonly string[]): void
  sync(): void
  /** The same without standing still. `done` is called when everything that was written before this call is durable. */
  syncLater(done: () => void): void
}

export interface OpenedDisk {
  readonly disk: WriteAheadFile
  /** In the order in which they were persisted. */
  readonly recovered: readonly Json[]
  /** Bytes of an unfinished write that were cut from the end. */
  readonly cutBytes: number
}

export class WriteAheadFile implements Disk {
  readonly #file: string
  readonly #owner: DiskOwner
  #fd: number
  #syncs = 0
  /** Replaced while they were being synced. */
  readonly #left: number[] = []

  private constructor(file: string, owner: DiskOwner, fd: number) {
    this.#file = file
    this.#owner = owner
    this.#fd = fd
  }

  /** Opens the file in `folder`, both created when missing. */
  static open(folder: string, owner: DiskOwner): OpenedDisk {
    const file = path.join(folder, DISK_FILE)
    return onDisk('open', file, () => {
      mkdirSync(folder, { recursive: true })
      const bytes = readIfThere(file)
      if (!bytes) return { disk: new WriteAheadFile(file, owner, createFile(file, [encodeHeader(owner)])), recovered: [], cutBytes: 0 }
      const { records, goodBytes } = decodeFile(bytes, file, owner)
      const fd = openSync(file, 'r+')
      if (goodBytes < bytes.length) {
        ftruncateSync(fd, goodBytes)
        fsyncSync(fd)
      }
      closeSync(fd)
      return { disk: new WriteAheadFile(file, owner, openSync(file, 'a')), recovered: records, cutBytes: bytes.length - goodBytes }
    })
  }

  append(texts: readonly string[]): void {
    onDisk('write to', this.#file, () => writeAll(this.#fd, encodeBatch(texts)))
  }

  replace(texts: readonly string[]): void {
    onDisk('replace', this.#file, () => {
      const fd = createFile(this.#file, [encodeHeader(this.#owner), encodeBatch(texts)])
      if (this.#syncs === 0) closeSync(this.#fd)
      else this.#left.push(this.#fd)
      this.#fd = fd
    })
  }

  sync(): void {
    onDisk('sync', this.#file, () => fdatasyncSync(this.#fd))
  }

  syncLater(done: () => void): void {
    this.#syncs += 1
    fdatasync(this.#fd, (error) => {
      this.#syncs -= 1
      if (this.#syncs === 0) for (const fd of this.#left.splice(0)) closeSync(fd)
      if (error) throw diskFailure('sync', this.#file, error)
      done()
    })
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Written beside and renamed over, so that the file is at every moment the old one or the new one, whole. */
function createFile(file: string, parts: readonly Buffer[]): number {
  const beside = `${file}.new`
  const written = openSync(beside, 'w')
  for (const part of parts) writeAll(written, part)
  fsyncSync(written)
  closeSync(written)
  renameSync(beside, file)
  syncFolder(path.dirname(file))
  return openSync(file, 'a')
}

/** Makes a rename durable. Windows cannot open folders and needs no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function onDisk<T>(doing: string, place: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Error && 'code' in error ? diskFailure(doing, place, error) : error
  }
}
