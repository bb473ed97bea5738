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

/**
 * So many zeros are written behind the end when what comes has no room any more. What is written in their place changes neither the
 * length of the file nor where it lies, so that a sync has one write to wait for, and not that of the inode, too.
 */
const ROOM_BYTES = 256 * 1024

interface OpenFile {
  readonly fd: number
  readonly end: number
  readonly size: number
}

export class WriteAheadFile implements Disk {
  readonly #file: string
  readonly #owner: DiskOwner
  #fd: number
  /** Where the next batch goes, and where the file ends: in between there is nothing but zeros. */
  #end: number
  #size: number
  #syncs = 0
  /** Replaced while they were being synced. */
  readonly #left: number[] = []

  private constructor(file: string, owner: DiskOwner, { fd, end, size }: OpenFile) {
    this.#file = file
    this.#owner = owner
    this.#fd = fd
    this.#end = end
    this.#size = size
  }

  /** Opens the file in `folder`, both created when missing. */
  static open(folder: string, owner: DiskOwner): OpenedDisk {
    const file = path.join(folder, DISK_FILE)
    return onDisk('open', file, () => {
      mkdirSync(folder, { recursive: true })
      const bytes = readIfThere(file)
      if (!bytes) return { disk: new WriteAheadFile(file, owner, createFile(file, [encodeHeader(owner)])), recovered: [], cutBytes: 0 }
      const { records, goodBytes, tornBytes } = decodeFile(bytes, file, owner)
      const fd = openSync(file, 'r+')
      if (tornBytes > 0) {
        ftruncateSync(fd, goodBytes)
        fsyncSync(fd)
      }
      const size = tornBytes > 0 ? goodBytes : bytes.length
      return { disk: new WriteAheadFile(file, owner, { fd, end: goodBytes, size }), recovered: records, cutBytes: tornBytes }
    })
  }

  append(texts: readonly string[]): void {
    onDisk('write to', this.#file, () => {
      const batch = encodeBatch(texts)
      const end = this.#end + batch.length
      if (end > this.#size) this.#size = end + writeAll(this.#fd, Buffer.alloc(ROOM_BYTES), end)
      writeAll(this.#fd, batch, this.#end)
      this.#end = end
    })
  }

  replace(texts: readonly string[]): void {
    onDisk('replace', this.#file, () => {
      const { fd, end, size } = createFile(this.#file, [encodeHeader(this.#owner), encodeBatch(texts)])
      if (this.#syncs === 0) closeSync(this.#fd)
      else this.#left.push(this.#fd)
      this.#fd = fd
      this.#end = end
      this.#size = size
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
function createFile(file: string, parts: readonly Buffer[]): OpenFile {
  const beside = `${file}.new`
  const written = openSync(beside, 'w')
  let end = 0
  for (const part of parts) end += writeAll(written, part, end)
  fsyncSync(written)
  closeSync(written)
  renameSync(beside, file)
  syncFolder(path.dirname(file))
  return { fd: openSync(file, 'r+'), end, size: end }
}

/** Makes a rename durable. Windows cannot open folders and needs no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

/** Returns how many bytes that were. */
function writeAll(fd: number, bytes: Buffer, place: number): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, place + at)
  return bytes.length
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
