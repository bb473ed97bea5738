/**
 * The library's database: a cache of the runs' summaries, and the lock by which one lab at a time holds the folder. The
 * lock is the operating system's own on an open file, so it ends with the process that holds it, however that ends.
 */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { LabError } from '../contract/errors.ts'
import { diskError } from './store.ts'

/** Grows when the cache's shape changes; an older one is thrown away. */
const VERSION = 3

export function lockLibrary(dataFolder: string): Database.Database {
  const file = path.join(dataFolder, 'library.db')
  try {
    makeFolder(path.join(dataFolder, 'runs'))
    return hold(file)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'SQLITE_BUSY') throw locked(dataFolder)
    if (code !== 'SQLITE_NOTADB' && code !== 'SQLITE_CORRUPT') throw diskError(error, dataFolder, 'The library cannot be opened')
    renameSync(file, `${file}.damaged`) // only a cache: it is made again from the run files
    return hold(file)
  }
}

/** On a read-only file system mkdir complains of a folder that is missing: asked of the nearest one that is there, the system says why. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    let nearest = folder
    while (!existsSync(nearest)) nearest = path.dirname(nearest)
    accessSync(nearest, constants.W_OK)
    throw error
  }
}

function hold(file: string): Database.Database {
  const db = new Database(file, { timeout: 0 })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE')
    if (db.pragma('user_version', { simple: true }) !== VERSION) layOut(db)
    db.exec('COMMIT')
    writeFileSync(holderFile(path.dirname(file)), String(process.pid))
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function layOut(db: Database.Database): void {
  db.exec('DROP TABLE IF EXISTS run')
  db.exec('CREATE TABLE run (file TEXT PRIMARY KEY, stamp TEXT NOT NULL, summary TEXT NOT NULL) WITHOUT ROWID')
  db.pragma(`user_version = ${VERSION}`)
}

/** A cache of one's own, for who only looks. */
export function lookOn(): Database.Database {
  const db = new Database(':memory:')
  layOut(db)
  return db
}

/** Whether the process that last held the library still runs: what it left unfinished may then be under way. */
export function isHeld(dataFolder: string): boolean {
  try {
    const holder = Number(readFileSync(holderFile(dataFolder), 'utf8'))
    return holder > 0 && process.kill(holder, 0)
  } catch {
    return false
  }
}

function locked(dataFolder: string): LabError {
  let holder = ''
  try {
    holder = ` (process ${readFileSync(holderFile(dataFolder), 'utf8').trim()})`
  } catch {
    // it says so only for a person to read
  }
  return new LabError(
    'library-locked',
    `Another lab${holder} holds the library in ${dataFolder}.`,
    'Close it, or choose another folder with SYNOD_HOME.',
  )
}

const holderFile = (dataFolder: string) => path.join(dataFolder, 'library.pid')
