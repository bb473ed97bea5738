/** Run files of before their chunks were pressed are read, and gone on with. */
import { copyFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { copyPast } from '../../../main/recorder/pastCopy.ts'
import { unpressed } from '../../../main/recorder/pressing.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { RUN_FILE_VERSION } from '../../../main/recorder/runFile.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { freshFolder, recordToy, toyHeader } from './runFiles.ts'

const folder = freshFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const today = path.join(folder, 'today.synod')
const events = recordToy(today, 3, 6000)
const older = path.join(folder, 'older.synod')
copyFileSync(today, older)
{
  const db = new Database(older)
  const put = db.prepare('UPDATE chunk SET bytes = ?, crc = ? WHERE first_seq = ?')
  for (const { first, bytes } of db.prepare('SELECT first_seq AS first, bytes FROM chunk').all() as { first: number; bytes: Buffer }[]) {
    const plain = unpressed(bytes)
    expect(plain.length).toBeGreaterThan(bytes.length)
    put.run(plain, crc32(plain), first)
  }
  db.pragma('user_version = 1')
  db.close()
}

function eventsOf(file: string): RunEvent[] {
  const reader = new RunReader(file)
  const events: RunEvent[] = []
  reader.verify((event) => events.push(event))
  reader.close()
  return events
}

const versionOf = (file: string): unknown => {
  const db = new Database(file, { readonly: true })
  const version = db.pragma('user_version', { simple: true })
  db.close()
  return version
}

test('its events are the same', () => {
  expect(eventsOf(older)).toEqual(eventsOf(today))
})

test.each([
  ['little', 0.2],
  ['most', 0.9],
])('a run that goes on with %s of it says that an older Synod cannot read it', (what, share) => {
  const file = path.join(folder, `${what}.synod`)
  const { store, lastSeq } = copyPast(older, file, toyHeader, Math.floor(share * events))
  store.close('ended')
  expect(lastSeq).toBeGreaterThan(1000)
  expect(eventsOf(file)).toEqual(eventsOf(today).slice(0, lastSeq))
  expect([versionOf(older), versionOf(file)]).toEqual([1, RUN_FILE_VERSION])
})
