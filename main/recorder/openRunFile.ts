/**
 * Opens a run file that may come from anywhere: read-only, and only after its first bytes, its schema and its header are
 * what they should be. Whatever is wrong is a LabError that names the file, the place and the next move.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import Database from 'better-sqlite3'
import { ChunkError } from '../../protocols/wire/chunk.ts'
import { LabError } from '../contract/errors.ts'
import type { RunHeader } from './header.ts'
import { APPLICATION_ID, RUN_FILE_VERSION, type RunFileStatus, runHeaderSchema, TABLES } from './runFile.ts'

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100

export interface OpenedRunFile {
  readonly db: Database.Database
  readonly header: RunHeader
}

/** `writable`: for the library, on files of its own. */
export function openRunFile(file: string, { writable = false }: { writable?: boolean } = {}): OpenedRunFile {
  checkFirstBytes(file)
  return reading(file, 'opening it', () => {
    const db = new Database(file, { readonly: !writable, fileMustExist: true, timeout: 5000 })
    try {
      db.pragma('trusted_schema = OFF')
      checkSchema(db, file)
      return { db, header: readHeader(db, file) }
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/** The file's status as it was last written: see runFile.ts for what `live` means in a file that nobody records. */
export function statusIn(db: Database.Database): RunFileStatus {
  const status = readMeta(db, 'status')
  return status === 'live' || status === 'ended' ? status : 'interrupted'
}

export function readMeta(db: Database.Database, key: string): unknown {
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string } | undefined
  return row && JSON.parse(row.value)
}

/** Does something with the file's contents; whatever goes wrong is said of the file. */
export function reading<T>(file: string, doing: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw readingError(file, doing, error)
  }
}

/** What went wrong with the file's contents, said of the file. */
export function readingError(file: string, doing: string, error: unknown): LabError {
  if (error instanceof LabError) return error
  if (error instanceof ChunkError && error.newer) return newer(file, error.message)
  const { code, message } = error as { code?: string; message: string }
  if (code === 'SQLITE_CANTOPEN' || code?.startsWith('SQLITE_READONLY') || code === 'EACCES') {
    return new LabError(
      'bad-run-file',
      `${file} cannot be opened (${message}).`,
      'Check that you may read it; if its folder is read-only, copy it elsewhere first.',
    )
  }
  if (code === 'SQLITE_BUSY') return new LabError('disk', `${file} is held by another program.`, 'Close that program and try again.')
  return bad(file, `${doing}: ${message}`)
}

export const bad = (file: string, what: string): LabError =>
  new LabError('bad-run-file', `${file} is damaged (${what}).`, 'Take another copy of it; what can still be read of it is not changed.')

const newer = (file: string, what: string): LabError =>
  new LabError('newer-run-file', `${file} was recorded by a newer Synod (${what}).`, 'Update Synod to open it.')

/** Before SQLite sees the file: that it is one of ours, of a version that we know, and whole. */
function checkFirstBytes(file: string): void {
  const { head, sizeBytes } = readHead(file)
  const foreign = (why: string) =>
    new LabError('bad-run-file', `${file} is not a Synod run: ${why}.`, 'Choose a file that Synod recorded; their names end in .synod.')
  if (sizeBytes === 0) throw foreign('it is empty')
  const length = Math.min(head.length, MAGIC.length)
  if (head.toString('latin1', 0, length) !== MAGIC.slice(0, length)) throw foreign('it is of another kind')
  if (sizeBytes < HEADER_BYTES) throw bad(file, `cut short after ${sizeBytes} bytes, within its header`)
  if (head.readUInt32BE(68) !== APPLICATION_ID) throw foreign('it is the database of another program')
  const version = head.readUInt32BE(60)
  if (version > RUN_FILE_VERSION) throw newer(file, `format ${version}, this one reads up to ${RUN_FILE_VERSION}`)
  if (version < 1) throw bad(file, `format ${version}`)
  // While a log stands beside it, the file itself may lag behind.
  if (existsSync(`${file}-wal`)) return
  const pageBytes = head.readUInt16BE(16) === 1 ? 65536 : head.readUInt16BE(16)
  const wholeBytes = head.readUInt32BE(28) * pageBytes
  if (sizeBytes < wholeBytes) throw bad(file, `cut short: ${sizeBytes} bytes of ${wholeBytes}`)
}

function readHead(file: string): { head: Buffer; sizeBytes: number } {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new LabError('not-found', `There is no file ${file}.`, 'Check its name and folder.')
    throw new LabError('bad-run-file', `${file} cannot be read (${message}).`, 'Check that you may read it.')
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new LabError('bad-run-file', `${file} is not a file.`, 'Choose a file whose name ends in .synod.')
    const head = Buffer.alloc(Math.min(HEADER_BYTES, stat.size))
    readSync(descriptor, head, 0, head.length, 0)
    return { head, sizeBytes: stat.size }
  } finally {
    closeSync(descriptor)
  }
}

/** Nothing but our tables, exactly as we make them: no trigger, no view, nothing that would run. */
function checkSchema(db: Database.Database, file: string): void {
  const found = db.prepare("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all() as {
    name: string
    sql: string
  }[]
  const wanted = Object.entries(TABLES)
    .map(([name, sql]) => ({ name, sql }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const stray = found.find(({ name, sql }) => !wanted.some((table) => table.name === name && table.sql === sql))
  if (stray) throw bad(file, `it holds "${stray.name}", which no run has`)
  const missing = wanted.find(({ name }) => !found.some((table) => table.name === name))
  if (missing) throw bad(file, `its table "${missing.name}" is missing`)
}

function readHeader(db: Database.Database, file: string): RunHeader {
  const parsed = runHeaderSchema.safeParse(readMeta(db, 'header'))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw bad(file, ['its header', issue?.path.join('.'), issue?.message].filter(Boolean).join(': '))
  }
  const name = readMeta(db, 'name')
  return { ...parsed.data, ...(typeof name === 'string' && name !== '' ? { name: name.slice(0, 200) } : {}) } as unknown as RunHeader
}
