/** The folder of run files, `runs/<run>.synod`, with the nodes' disks beside them, `runs/<run>/`. Held by one lab at a time. */
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type Database from 'better-sqlite3'
import { type RunId, runId } from '../../protocols/core/ids.ts'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { RunSummary, Violation } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import { eventProblem } from './eventSchema.ts'
import { isHeld, lockLibrary, lookOn } from './libraryLock.ts'
import { bad, openRunFile, statusIn } from './openRunFile.ts'
import { RunReader } from './reader.ts'
import { RUN_FILE_SUFFIX, type RunFileStatus } from './runFile.ts'
import { diskError, putFindings, putMeta } from './store.ts'

/** Every method throws a LabError when it cannot do its work. */
export interface RunLibrary {
  readonly dataFolder: string
  /** A name that no run of the library has, where its file goes, and the folder (created) for its nodes' disks. */
  create(name: string): { readonly run: RunId; readonly file: string; readonly folder: string }
  /** Throws `not-found`. */
  fileOf(run: RunId): string
  /** Says that this lab is recording the run now, or that it no longer is. */
  setLive(run: RunId, live: boolean): void
  /** Newest first. A file that cannot be read is listed as `unreadable` with its problem. */
  list(): RunSummary[]
  summary(run: RunId): RunSummary
  /** Not for a live run: tell its recorder. */
  rename(run: RunId, name: string): RunSummary
  /** Keeps violations of a run that has ended. */
  findings(run: RunId, violations: readonly Violation[]): void
  /** Keeps the verdict of a scenario that was judged after its run had ended. */
  verdict(run: RunId, is: NonNullable<RunSummary['verdict']>): void
  /** Keeps the bookmarks of a run that has ended. */
  bookmarks(run: RunId, bookmarks: Bookmarks): void
  /** Removes the file and the nodes' disks. Throws `bad-request` when the run is live. */
  delete(run: RunId): void
  /** Checks the whole file, then copies it in under a name that is free. */
  import(path: string): RunSummary
  /** Where a run file is put together that is not whole yet: nobody lists it, and the next lab takes away what is left of it. */
  partOf(name: string): string
  /** Takes such a file in, which is whole now, under a name that is free. */
  adopt(part: string, name: string): RunSummary
  /** Writes one self-contained file; what is at `path` is replaced. */
  export(run: RunId, path: string): Promise<void>
  /** Takes away what `create` made for a run that could not be recorded. */
  tidy(run: RunId): void
  /** The same when its file is there already. */
  discard(run: RunId): void
  close(): void
}

const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/
const SIDECARS = ['-wal', '-shm', '-journal']

export interface LibraryOptions {
  /** Looks without holding the folder, beside a lab that may: nothing can be created or changed. */
  readonly readOnly?: boolean
}

/** Creates the folder when absent. Throws a LabError: `library-locked` when another lab holds it, `disk`. */
export function openLibrary(dataFolder: string, { readOnly = false }: LibraryOptions = {}): RunLibrary {
  const library = new Library(path.resolve(dataFolder), readOnly)
  library.makeWhole()
  return library
}

class Library implements RunLibrary {
  readonly dataFolder: string
  readonly #runs: string
  readonly #cache: Database.Database
  readonly #readOnly: boolean
  readonly #live = new Set<RunId>()

  constructor(dataFolder: string, readOnly: boolean) {
    this.dataFolder = dataFolder
    this.#readOnly = readOnly
    this.#runs = path.join(dataFolder, 'runs')
    this.#cache = readOnly ? lookOn() : lockLibrary(dataFolder)
  }

  create(name: string): { run: RunId; file: string; folder: string } {
    this.#writable()
    const day = new Date().toISOString().slice(0, 16).replace('T', '-').replace(':', '')
    const run = this.#free(`${day}-${slug(name)}`)
    const folder = path.join(this.#runs, run)
    this.#disk('The run cannot be created', () => mkdirSync(folder, { recursive: true }))
    return { run, file: this.#pathOf(run), folder }
  }

  fileOf(run: RunId): string {
    const file = this.#pathOf(run)
    if (!SAFE_NAME.test(run) || !existsSync(file))
      throw new LabError('not-found', `There is no run ${run} in ${this.dataFolder}.`, 'Choose one from the list of runs.')
    return file
  }

  setLive(run: RunId, live: boolean): void {
    if (live) this.#live.add(run)
    else this.#live.delete(run)
  }

  list(): RunSummary[] {
    if (this.#readOnly && !existsSync(this.#runs)) return []
    const names = this.#disk('The library cannot be read', () => readdirSync(this.#runs)).filter((name) => name.endsWith(RUN_FILE_SUFFIX))
    const runs = names.map((name) => runId(name.slice(0, -RUN_FILE_SUFFIX.length))).filter((run) => SAFE_NAME.test(run))
    return runs
      .map((run) => this.#summary(run))
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.run < b.run ? 1 : -1))
  }

  summary(run: RunId): RunSummary {
    this.fileOf(run)
    return this.#summary(run)
  }

  rename(run: RunId, name: string): RunSummary {
    this.#edit(run, (db) => putMeta(db, 'name', name))
    return this.summary(run)
  }

  findings(run: RunId, violations: readonly Violation[]): void {
    if (violations.length > 0) this.#edit(run, (db) => db.transaction(() => putFindings(db, violations))())
  }

  verdict(run: RunId, is: NonNullable<RunSummary['verdict']>): void {
    this.#edit(run, (db) => putMeta(db, 'verdict', is))
  }

  bookmarks(run: RunId, bookmarks: Bookmarks): void {
    this.#edit(run, (db) => putMeta(db, 'bookmarks', bookmarks))
  }

  delete(run: RunId): void {
    this.#writable()
    const file = this.fileOf(run)
    if (this.#live.has(run)) throw new LabError('bad-request', `The run ${run} is live.`, 'Stop it first.')
    this.#disk('The run cannot be deleted', () => {
      removeRunFile(file)
      rmSync(path.join(this.#runs, run), { recursive: true, force: true })
    })
    this.#remember('DELETE FROM run WHERE file = ?', run)
  }

  import(from: string): RunSummary {
    const source = path.resolve(from)
    const name = path.basename(source, RUN_FILE_SUFFIX)
    const part = this.partOf(name)
    takeRunFile(source, part)
    return this.adopt(part, name)
  }

  partOf(name: string): string {
    this.#writable()
    for (let i = 1; ; i++) {
      const part = path.join(this.#runs, `.${slug(name)}-${i}.part`)
      if (!existsSync(part)) return part
    }
  }

  adopt(part: string, name: string): RunSummary {
    this.#writable()
    const run = this.#free(slug(name))
    this.#disk('The run cannot be imported', () => renameSync(part, this.#pathOf(run)))
    return this.summary(run)
  }

  async export(run: RunId, to: string): Promise<void> {
    await copyRunFile(this.fileOf(run), path.resolve(to))
  }

  tidy(run: RunId): void {
    if (!existsSync(this.#pathOf(run))) rmSync(path.join(this.#runs, run), { recursive: true, force: true })
  }

  discard(run: RunId): void {
    removeRunFile(this.#pathOf(run))
    rmSync(path.join(this.#runs, run), { recursive: true, force: true })
  }

  close(): void {
    this.makeWhole()
    if (this.#cache.open) this.#cache.close()
  }

  /** Makes one whole file of each that its recorder left with a log beside it: killed, or read while it was closed. */
  makeWhole(): void {
    if (this.#readOnly) return
    for (const name of readdirSync(this.#runs)) {
      if (name.startsWith('.')) rmSync(path.join(this.#runs, name), { force: true })
      if (!name.endsWith(RUN_FILE_SUFFIX) || this.#live.has(runId(name.slice(0, -RUN_FILE_SUFFIX.length)))) continue
      const file = path.join(this.#runs, name)
      try {
        if (isLogged(file)) close(file)
      } catch {
        // it cannot be read: the list says so, with the reason
      }
    }
  }

  #summary(run: RunId): RunSummary {
    const file = this.#pathOf(run)
    const isLive = this.#live.has(run) || (this.#readOnly && isHeld(this.dataFolder))
    const stamp = stampOf(file)
    const known = isLive
      ? undefined
      : (this.#cache.prepare('SELECT summary FROM run WHERE file = ? AND stamp = ?').get(run, stamp) as { summary: string } | undefined)
    if (known) return JSON.parse(known.summary) as RunSummary
    const summary = summarize(run, file, isLive)
    if (!isLive) this.#remember('INSERT OR REPLACE INTO run (file, stamp, summary) VALUES (?, ?, ?)', run, stamp, JSON.stringify(summary))
    return summary
  }

  /** A cache that cannot be written, on a disk that is full say, must not keep anybody from reading the library. */
  #remember(sql: string, ...values: string[]): void {
    try {
      this.#cache.prepare(sql).run(...values)
    } catch {
      // the stamp tells an entry that is out of date
    }
  }

  #edit(run: RunId, work: (db: Database.Database) => void): void {
    this.#writable()
    const file = this.fileOf(run)
    const { db } = openRunFile(file, { writable: true })
    try {
      work(db)
    } catch (error) {
      throw diskError(error, file, 'The run cannot be changed')
    } finally {
      db.close()
    }
    this.#remember('DELETE FROM run WHERE file = ?', run)
  }

  #writable(): void {
    if (this.#readOnly) throw new LabError('library-locked', `The library in ${this.dataFolder} was opened for reading alone.`)
  }

  #pathOf(run: RunId): string {
    return path.join(this.#runs, `${run}${RUN_FILE_SUFFIX}`)
  }

  #free(name: string): RunId {
    for (let i = 1; ; i++) {
      const run = runId(i === 1 ? name : `${name}-${i}`)
      if (!existsSync(this.#pathOf(run)) && !existsSync(path.join(this.#runs, run))) return run
    }
  }

  #disk<T>(doing: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw diskError(error, this.dataFolder, doing)
    }
  }
}

/** Writes one self-contained file at `to`; what is there is replaced, or left as it is when that fails. `pulse` may throw to end it. */
export async function copyRunFile(file: string, to: string, pulse: (done: number, total: number) => void = () => {}): Promise<void> {
  const { db } = openRunFile(file)
  const part = `${to}.part`
  try {
    await db.backup(part, {
      progress({ totalPages, remainingPages }) {
        pulse(totalPages - remainingPages, totalPages)
        return 1000
      },
    })
    close(part, 'ended')
    renameSync(part, to)
  } catch (error) {
    removeRunFile(part)
    throw diskError(error, to, 'The run cannot be exported')
  } finally {
    db.close()
  }
}

/** Copies a run file from elsewhere to `copy` and checks all that is in it. `pulse` may throw to end it. */
export function takeRunFile(source: string, copy: string, pulse: (done: number, total: number) => void = () => {}): void {
  openRunFile(source).db.close() // says what is wrong of the file that the person chose
  try {
    copyFileSync(source, copy)
    if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${copy}-wal`)
    close(copy)
    verify(copy, source, pulse)
  } catch (error) {
    removeRunFile(copy)
    throw diskError(error, copy, 'The run cannot be imported')
  }
}

function summarize(run: RunId, file: string, isLive: boolean): RunSummary {
  try {
    const reader = new RunReader(file)
    try {
      return reader.summary(run, isLive)
    } finally {
      reader.close()
    }
  } catch (error) {
    const { size, mtime } = existsSync(file) ? statSync(file) : { size: 0, mtime: new Date(0) }
    const problem = error instanceof LabError ? error.message : String(error)
    return {
      ...{ run, name: run, protocol: '', service: '', nodes: 0, startedAt: mtime.toISOString(), status: 'unreadable', problem },
      ...{ events: 0, lengthUs: 0, sizeBytes: size, violations: 0 },
    }
  }
}

/** Every event of `file`, which was copied from `source`. */
function verify(file: string, source: string, pulse: (done: number, total: number) => void): void {
  let reader: RunReader | undefined
  try {
    reader = new RunReader(file)
    const last = reader.lastSeq
    reader.marks()
    reader.verify((event) => {
      const problem = eventProblem(event)
      if (problem) throw bad(source, `event ${event.seq}, ${event.kind}: ${problem}`)
      if (event.seq % 1024 === 0) pulse(event.seq, last)
    })
    reader.moment(reader.lastSeq)
  } catch (error) {
    if (error instanceof LabError) throw new LabError(error.code, error.message.replaceAll(file, source), error.hint)
    throw error
  } finally {
    reader?.close()
  }
}

/** Folds the log beside a file that nobody records into it; a run that was not ended is interrupted, or what `status` says. */
function close(file: string, status: RunFileStatus = 'interrupted'): void {
  const { db } = openRunFile(file, { writable: true })
  try {
    if (statusIn(db) === 'live') putMeta(db, 'status', status)
    db.pragma('journal_mode = DELETE')
  } finally {
    db.close()
  }
}

/** In WAL mode, says byte 18 of the file format. */
function isLogged(file: string): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const byte = Buffer.alloc(1)
    return readSync(descriptor, byte, 0, 1, 18) === 1 && byte[0] === 2
  } finally {
    closeSync(descriptor)
  }
}

export function removeRunFile(file: string): void {
  for (const suffix of ['', ...SIDECARS]) rmSync(`${file}${suffix}`, { force: true })
}

/** Changes whenever the file does. */
function stampOf(file: string): string {
  return [file, `${file}-wal`].map((name) => (existsSync(name) ? `${statSync(name).size} ${statSync(name).mtimeMs}` : '-')).join(' ')
}

function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return plain || 'run'
}
