import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { LabError } from '../../../main/contract/errors.ts'
import { openLibrary } from '../../../main/recorder/library.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { RUN_FILE_VERSION } from '../../../main/recorder/runFile.ts'
import { freshFolder, recordToy } from './runFiles.ts'
import { dice } from './toyRun.ts'

const folder = freshFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const whole = path.join(folder, 'whole.synod')
recordToy(whole, 3, 1500)
const size = readFileSync(whole).length
const library = openLibrary(path.join(folder, 'library'))
afterAll(() => library.close())

/** Reads everything that a screen may ask for. */
function readAll(file: string): void {
  const reader = new RunReader(file)
  try {
    reader.overview('x' as never, false)
    reader.verify(() => {})
    reader.moment(reader.lastSeq)
    reader.seek(reader.lengthUs / 2)
  } finally {
    reader.close()
  }
}

function failureOf(work: () => void): LabError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(LabError)
    return error as LabError
  }
  return expect.fail('nothing was found to be wrong')
}

function damaged(change: (file: string) => void): string {
  const file = path.join(folder, 'damaged.synod')
  copyFileSync(whole, file)
  change(file)
  return file
}

const edited = (sql: string): string =>
  damaged((file) => {
    const db = new Database(file)
    db.exec(sql)
    db.close()
  })

test('a file cut short anywhere is refused, and the file and the place are named', () => {
  const roll = dice(5)
  const cuts = [0, 1, 15, 16, 60, 99, 100, 512, 4096, 8191, 8192, size - 8192, size - 1, ...Array.from({ length: 40 }, () => roll(size))]
  for (const cut of cuts) {
    const file = damaged((copy) => truncateSync(copy, cut))
    const failure = failureOf(() => readAll(file))
    expect(failure.code, `cut at ${cut}`).toBe('bad-run-file')
    expect(failure.message).toContain(file)
    expect(failure.hint, `cut at ${cut}`).toBeTruthy()
    if (cut >= 100) expect(failure.message).toContain(`${cut} bytes of ${size}`)
  }
})

test('bytes changed anywhere are noticed or change nothing', () => {
  const roll = dice(9)
  const good = readFileSync(whole)
  for (let i = 0; i < 120; i++) {
    const bytes = Buffer.from(good)
    for (let flips = 1 + roll(4); flips > 0; flips--) bytes[roll(size)] = roll(256)
    const file = path.join(folder, 'flipped.synod')
    writeFileSync(file, bytes)
    try {
      readAll(file)
    } catch (error) {
      expect(error).toBeInstanceOf(LabError)
      expect(['bad-run-file', 'newer-run-file']).toContain((error as LabError).code)
      expect((error as LabError).message).toContain(file)
    }
  }
})

test('foreign files are told apart', () => {
  const text = path.join(folder, 'notes.synod')
  writeFileSync(text, 'Dear diary, '.repeat(100))
  expect(failureOf(() => readAll(text))).toMatchObject({ code: 'bad-run-file', message: expect.stringContaining('not a Synod run') })
  const stranger = path.join(folder, 'stranger.synod')
  const db = new Database(stranger)
  db.exec('CREATE TABLE chunk (a); INSERT INTO chunk VALUES (1)')
  db.close()
  expect(failureOf(() => readAll(stranger))).toMatchObject({ code: 'bad-run-file', message: expect.stringContaining('another program') })
  expect(failureOf(() => readAll(path.join(folder, 'nowhere.synod')))).toMatchObject({ code: 'not-found' })
  mkdirSync(path.join(folder, 'folder.synod'))
  expect(failureOf(() => readAll(path.join(folder, 'folder.synod')))).toMatchObject({ code: 'bad-run-file' })
})

test('a file of a newer version says so, whether by its format or by its events', () => {
  expect(failureOf(() => readAll(edited(`PRAGMA user_version = ${RUN_FILE_VERSION + 1}`)))).toMatchObject({
    code: 'newer-run-file',
    hint: expect.stringContaining('Update'),
  })
  const file = damaged((copy) => {
    const db = new Database(copy)
    const { bytes, first_seq } = db.prepare('SELECT first_seq, bytes FROM chunk LIMIT 1').get() as { bytes: Buffer; first_seq: number }
    bytes[0] = 9
    db.prepare('UPDATE chunk SET bytes = ?, crc = ? WHERE first_seq = ?').run(bytes, crc32(bytes), first_seq)
    db.close()
  })
  expect(failureOf(() => readAll(file))).toMatchObject({ code: 'newer-run-file' })
})

test('tables that no run has, missing ones, gaps and wrong sums are named', () => {
  const cases: [string, RegExp][] = [
    ['CREATE TRIGGER t AFTER INSERT ON mark BEGIN DELETE FROM chunk; END', /"t"/],
    ['CREATE VIEW v AS SELECT 1', /"v"/],
    ['DROP TABLE finding', /"finding"/],
    ['DELETE FROM chunk WHERE first_seq = 1', /events from 1 to/],
    ['UPDATE chunk SET crc = 5 WHERE first_seq = 1', /checksum/],
    ["UPDATE meta SET value = '{}' WHERE key = 'header'", /header: run/],
    ["DELETE FROM meta WHERE key = 'header'", /header/],
    ["UPDATE mark SET data = '{' WHERE id = 1", /marks/],
    ["UPDATE meta SET value = 'x' WHERE key = 'name'", /opening it|summary/],
  ]
  for (const [sql, message] of cases) {
    const failure = failureOf(() => readAll(edited(sql)))
    expect(failure.code, sql).toBe('bad-run-file')
    expect(failure.message, sql).toMatch(message)
  }
  // A moment that is none is only met where it is used.
  const reader = new RunReader(edited("INSERT INTO moment VALUES (5, '{}')"))
  expect(failureOf(() => reader.moment(6)).message).toMatch(/moment after event 6/)
  reader.close()
})

test('importing names the file that was chosen and leaves nothing behind', () => {
  const short = path.join(folder, 'short.synod')
  recordToy(short, 1, 100)
  const db = new Database(short)
  db.exec('DELETE FROM chunk; DELETE FROM moment')
  db.prepare('INSERT INTO chunk VALUES (5, 6, 0, 0, 0, ?, ?)').run(Buffer.alloc(4), Buffer.alloc(4)) // what is amiss shows when it is opened
  db.close()
  for (const file of [
    short,
    edited('DELETE FROM chunk WHERE first_seq = 1'),
    damaged((copy) => truncateSync(copy, 9000)),
    path.join(folder, 'notes.synod'),
  ]) {
    const failure = failureOf(() => library.import(file))
    expect(failure.code).toBe('bad-run-file')
    expect(failure.message).toContain(file)
    expect(failure.message).not.toContain('.part')
    expect(library.list()).toEqual([])
  }
})
