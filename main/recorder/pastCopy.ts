/**
 * The beginning of one run file put into a new one, piece by piece as it lies there: of a million events no byte is taken
 * apart. A piece that the past ends within is left to whoever goes on.
 */
import { constants, copyFileSync, existsSync, renameSync } from 'node:fs'
import Database from 'better-sqlite3'
import { LabError } from '../contract/errors.ts'
import type { RunHeader } from './header.ts'
import { openRunFile } from './openRunFile.ts'
import { RUN_FILE_VERSION } from './runFile.ts'
import { create, diskError, putMeta, RunStore, recordingMode } from './store.ts'

export interface CopiedPast {
  /** The new file, to be gone on with. */
  readonly store: RunStore
  /** The last event that is in it. */
  readonly lastSeq: number
}

/** What stands in the file `from` up to event `seq`. Throws a LabError. */
export function copyPast(from: string, file: string, header: RunHeader, seq: number): CopiedPast {
  if (existsSync(file)) throw new LabError('disk', `The run file ${file} exists already.`, 'Start the run under another name.')
  if (isMostOfIt(from, seq)) return copyAndCut(from, file, header, seq)
  const { db: source } = openRunFile(from)
  let db: Database.Database | undefined
  try {
    create(file, header).close()
    db = new Database(file)
    db.pragma('journal_mode = MEMORY')
    db.pragma('synchronous = OFF') // nobody goes on with it before it is whole
    db.exec('BEGIN')
    const lastSeq = copyRows(source, db, seq)
    db.exec('COMMIT')
    recordingMode(db)
    return { store: new RunStore(file, db), lastSeq }
  } catch (error) {
    db?.close()
    throw diskError(error, file, 'The past of the branch cannot be copied')
  } finally {
    source.close()
  }
}

/** Whole files are copied in no time: worth it when most of one is wanted, and when it is one whole file. */
function isMostOfIt(from: string, seq: number): boolean {
  if (existsSync(`${from}-wal`)) return false
  const { db } = openRunFile(from)
  try {
    const row = db.prepare('SELECT last_seq AS last FROM chunk ORDER BY first_seq DESC LIMIT 1').get() as { last: number } | undefined
    return row !== undefined && 3 * seq > row.last
  } finally {
    db.close()
  }
}

function copyAndCut(from: string, file: string, header: RunHeader, seq: number): CopiedPast {
  let db: Database.Database | undefined
  try {
    copyFileSync(from, file, constants.COPYFILE_FICLONE)
    db = new Database(file)
    db.pragma('journal_mode = MEMORY')
    db.pragma('synchronous = OFF')
    db.exec('BEGIN')
    db.pragma(`user_version = ${RUN_FILE_VERSION}`) // of what comes, if not of what is there
    const lasts = db.prepare('SELECT last_seq AS last FROM chunk WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 2')
    const lastSeq = (lasts.all(seq) as { last: number }[]).find(({ last }) => last <= seq)?.last ?? 0
    db.prepare('DELETE FROM chunk WHERE first_seq > ?').run(lastSeq)
    db.prepare('DELETE FROM moment WHERE seq > ?').run(lastSeq)
    db.prepare('DELETE FROM checkpoint WHERE seq > ?').run(lastSeq)
    db.prepare("DELETE FROM mark WHERE json_extract(data, '$.seq') > ?").run(lastSeq)
    db.prepare('DELETE FROM finding WHERE seq > ?').run(seq)
    db.exec('DELETE FROM meta')
    putMeta(db, 'header', header)
    putMeta(db, 'name', header.name)
    putMeta(db, 'status', 'live')
    db.exec('COMMIT')
    recordingMode(db)
    return { store: new RunStore(file, db), lastSeq }
  } catch (error) {
    db?.close()
    throw diskError(error, file, 'The past of the branch cannot be copied')
  }
}

/** A past that was copied beforehand becomes the beginning of this run's file. */
export function adoptPast(part: string, file: string, header: RunHeader): void {
  if (existsSync(file)) throw new LabError('disk', `The run file ${file} exists already.`, 'Start the run under another name.')
  try {
    renameSync(part, file)
    const db = new Database(file, { fileMustExist: true })
    db.pragma('synchronous = OFF') // as while it was copied: nobody goes on with it before it is whole
    putMeta(db, 'header', header)
    putMeta(db, 'name', header.name)
    db.close()
  } catch (error) {
    throw diskError(error, file, 'The past of the branch cannot be copied')
  }
}

/** Opens a file that has its past already, to record what comes. */
export function continueFile(file: string, header: RunHeader): RunStore {
  try {
    const db = new Database(file, { fileMustExist: true })
    recordingMode(db)
    putMeta(db, 'header', header)
    return new RunStore(file, db)
  } catch (error) {
    throw diskError(error, file, 'The run cannot be recorded')
  }
}

function copyRows(source: Database.Database, db: Database.Database, seq: number): number {
  const put = db.prepare('INSERT INTO chunk (first_seq, last_seq, start_us, end_us, crc, contents, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)')
  let lastSeq = 0
  const chunks = source.prepare(
    'SELECT first_seq, last_seq, start_us, end_us, crc, contents, bytes FROM chunk WHERE last_seq <= ? ORDER BY first_seq',
  )
  for (const row of chunks.raw().iterate(seq) as Iterable<unknown[]>) {
    put.run(...row)
    lastSeq = row[1] as number
  }
  copy(source, db, 'moment', 'seq, data', 'seq <= ?', lastSeq)
  copy(source, db, 'checkpoint', 'seq, endpoint, life, step', 'seq <= ?', lastSeq)
  copy(source, db, 'mark', 'data', "json_extract(data, '$.seq') <= ?", lastSeq)
  copy(source, db, 'finding', 'seq, invariant, node, text, source', 'seq <= ?', seq)
  return lastSeq
}

function copy(source: Database.Database, db: Database.Database, table: string, columns: string, where: string, seq: number): void {
  const put = db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`)
  for (const row of source.prepare(`SELECT ${columns} FROM ${table} WHERE ${where}`).raw().iterate(seq) as Iterable<unknown[]>)
    put.run(...row)
}
