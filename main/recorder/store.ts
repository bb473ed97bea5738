/** Writes a run file: creates it, takes rows in transactions, closes it whole. What goes wrong with the disk is a LabError. */
import { existsSync, rmSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import type { Mark } from '../../protocols/core/mark.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { RunSummary, Violation } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import type { RunHeader } from './header.ts'
import { pressed } from './pressing.ts'
import { APPLICATION_ID, RUN_FILE_VERSION, type RunFileStatus, TABLES } from './runFile.ts'

export interface ChunkRow {
  readonly firstSeq: number
  readonly lastSeq: number
  /** Time of the run, which never goes back, before and after these events. */
  readonly startUs: number
  readonly endUs: number
  readonly contents: Uint32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
}

const PAGE_BYTES = 8192

export class RunStore {
  readonly file: string
  readonly #db: Database.Database
  readonly #putChunk: Database.Statement
  readonly #putMoment: Database.Statement
  readonly #putMark: Database.Statement
  readonly #putCheckpoint: Database.Statement
  #begun = false

  /** Creates the file, whole and readable before its first event. `sizeBytesMax`: a limit beyond which the disk counts as full. */
  constructor(file: string, header: RunHeader, sizeBytesMax?: number)
  /** Goes on with a file that has a past already (pastCopy.ts). */
  constructor(file: string, db: Database.Database)
  constructor(file: string, of: RunHeader | Database.Database, sizeBytesMax?: number) {
    this.file = file
    if (of instanceof Database) this.#db = of
    else {
      if (existsSync(file)) throw new LabError('disk', `The run file ${file} exists already.`, 'Start the run under another name.')
      this.#db = create(file, of, sizeBytesMax)
    }
    this.#putChunk = this.#db.prepare(
      'INSERT OR REPLACE INTO chunk (first_seq, last_seq, start_us, end_us, crc, contents, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#putMoment = this.#db.prepare('INSERT OR REPLACE INTO moment (seq, data) VALUES (?, ?)')
    this.#putMark = this.#db.prepare('INSERT INTO mark (data) VALUES (?)')
    this.#putCheckpoint = this.#db.prepare('INSERT OR REPLACE INTO checkpoint (seq, endpoint, life, step) VALUES (?, ?, ?, ?)')
  }

  /** A chunk with the same first event is replaced: the last one grows until it is full. */
  chunk({ firstSeq, lastSeq, startUs, endUs, contents, bytes }: ChunkRow): void {
    this.#begin()
    const index = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength)
    const stored = pressed(bytes)
    this.#putChunk.run(firstSeq, lastSeq, startUs, endUs, crc32(stored), index, stored)
  }

  moment(moment: MomentData): void {
    this.#begin()
    this.#putMoment.run(moment.seq, JSON.stringify(moment))
  }

  mark(mark: Mark): void {
    this.#begin()
    this.#putMark.run(JSON.stringify(mark))
  }

  checkpoint(seq: number, endpoint: number, life: number, step: number): void {
    this.#begin()
    this.#putCheckpoint.run(seq, endpoint, life, step)
  }

  findings(violations: readonly Violation[]): void {
    this.#begin()
    putFindings(this.#db, violations)
  }

  set(key: 'name' | 'verdict' | 'status' | 'bookmarks', value: unknown): void {
    this.#begin()
    putMeta(this.#db, key, value)
  }

  commit(): void {
    if (!this.#begun) return
    this.#db.exec('COMMIT')
    this.#begun = false
  }

  /** Forgets what was not committed, when something failed. */
  rollback(): void {
    this.#begun = false
    try {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    } catch {
      // the disk refused: what was committed is all there is
    }
  }

  /** Commits and leaves one whole file that says `status`. */
  close(status: RunFileStatus): void {
    this.set('status', status satisfies RunFileStatus)
    this.commit()
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)') // from here on the file is whole by itself
      this.#db.pragma('busy_timeout = 200')
      this.#db.pragma('journal_mode = DELETE')
    } catch (error) {
      // somebody reads the file at this moment: it stays in WAL mode, which costs nothing but an empty file beside it
      if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
    } finally {
      this.#db.close()
    }
  }

  /** Commits and lets go of the file, for another one to go on with. */
  detach(): void {
    this.commit()
    this.#db.close()
  }

  /** Closes without a further word, after a failure. */
  abandon(): void {
    this.rollback()
    this.#db.close()
  }

  #begin(): void {
    if (this.#begun) return
    this.#db.exec('BEGIN IMMEDIATE')
    this.#begun = true
  }
}

/** Sets a word of the file's meta table. */
export function putMeta(db: Database.Database, key: string, value: unknown): void {
  db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, JSON.stringify(value))
}

export function putFindings(db: Database.Database, violations: readonly Violation[]): void {
  const put = db.prepare('INSERT OR IGNORE INTO finding (seq, invariant, node, text, source) VALUES (?, ?, ?, ?, ?)')
  for (const { seq, invariant, node, text, source } of violations) put.run(seq, invariant, node, text, source)
}

/** An error of SQLite or of the file system as the person should hear it. */
export function diskError(error: unknown, file: string, doing: string): LabError {
  if (error instanceof LabError) return error
  const { code, message } = error as { code?: string; message: string }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') {
    return new LabError(
      'disk',
      `${doing}: the disk of ${file} is full.`,
      'Free some space, then start a new run; what was recorded before is kept.',
    )
  }
  if (code === 'EISDIR') return new LabError('disk', `${doing}: ${file} is a folder.`, 'Give the name of a file in it.')
  if (
    code?.startsWith('SQLITE_READONLY') ||
    code === 'EACCES' ||
    code === 'EROFS' ||
    code === 'EPERM' ||
    code === 'SQLITE_CANTOPEN' ||
    message.includes('directory does not exist')
  ) {
    return new LabError(
      'disk',
      `${doing}: ${file} cannot be written (${message}).`,
      'Check that the folder exists, may be written to and is not read-only.',
    )
  }
  return new LabError('disk', `${doing}: ${file}: ${message}.`, 'Check the disk; what was recorded before is kept.')
}

/** In the old journal mode at first, so that the file itself, not a log beside it, says from the start what it is. */
export function create(file: string, header: RunHeader, sizeBytesMax?: number): Database.Database {
  let db: Database.Database | undefined
  try {
    db = new Database(file)
    db.pragma(`page_size = ${PAGE_BYTES}`)
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${RUN_FILE_VERSION}`)
    db.exec('BEGIN')
    for (const sql of Object.values(TABLES)) db.exec(sql)
    putMeta(db, 'header', header)
    putMeta(db, 'name', header.name)
    putMeta(db, 'status', 'live' satisfies RunFileStatus)
    db.exec('COMMIT')
    recordingMode(db)
    if (sizeBytesMax !== undefined) db.pragma(`max_page_count = ${Math.max(1, Math.floor(sizeBytesMax / PAGE_BYTES))}`)
    return db
  } catch (error) {
    db?.close()
    if (db) rmSync(file, { force: true })
    throw diskError(error, file, 'The run cannot be recorded')
  }
}

/** A reader may look on, and a crash loses the last batch at most. */
export function recordingMode(db: Database.Database): void {
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('busy_timeout = 5000')
}

export type ScenarioVerdict = NonNullable<RunSummary['verdict']>
