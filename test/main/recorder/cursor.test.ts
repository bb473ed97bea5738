/** Going along a recording: one that grows meanwhile, and one that is damaged in the middle. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import { unpressed } from '../../../main/recorder/pressing.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { readEvent } from '../../../protocols/wire/chunkEvents.ts'
import { freshFolder, recordToy, toyHeader } from './runFiles.ts'
import { merge, toyRun } from './toyRun.ts'

const SEED = 20_261_127
let folder: string
beforeAll(() => {
  folder = freshFolder()
  return () => rmSync(folder, { recursive: true })
})

test('a recording that grows is gone along event by event, each once, however far it may go at a time', () => {
  const file = path.join(folder, 'growing.synod')
  const { batches } = merge(toyRun(SEED, 3000), SEED + 1)
  const store = new RunStore(file, toyHeader)
  const recorder = new Recorder(store, toyHeader)
  const reader = new RunReader(file)
  const cursor = reader.cursor(0)
  const passed: unknown[] = []
  const goOn = (to?: number) => {
    for (let at = cursor.next(to); at; at = cursor.next(to)) {
      expect(cursor.next(to), 'the same one until it is passed').toBe(at)
      passed.push(readEvent(at))
      cursor.pass()
    }
  }
  for (const batch of batches) {
    recorder.take(batch)
    recorder.commit()
    const lastSeq = reader.refresh()
    goOn(lastSeq - 7)
    expect(cursor.seq).toBe(Math.max(0, lastSeq - 7))
  }
  recorder.finish()
  store.close('ended')
  reader.refresh()
  goOn()
  expect(passed).toHaveLength(reader.lastSeq)
  expect(passed).toEqual(Array.from({ length: reader.lastSeq }, (_, i) => reader.event(i + 1)))
  expect(reader.cursor(reader.lastSeq - 1).next()?.seq).toBe(reader.lastSeq)
  reader.close()
})

test('where a stretch breaks off it stands still, and says of which file and event whenever it is asked', () => {
  const file = path.join(folder, 'broken.synod')
  recordToy(file, SEED, 3000)
  const db = new Database(file)
  const { bytes } = db.prepare('SELECT bytes FROM chunk WHERE first_seq = 1').get() as { bytes: Buffer }
  const whole = unpressed(bytes)
  const half = whole.subarray(0, whole.length >> 1)
  db.prepare('UPDATE chunk SET bytes = ?, crc = ? WHERE first_seq = 1').run(half, crc32(half))
  db.close()
  const reader = new RunReader(file)
  const cursor = reader.cursor(0)
  const toTheEnd = () => {
    while (cursor.next()) cursor.pass()
  }
  expect(toTheEnd).toThrow(/broken\.synod is damaged/)
  const { seq } = cursor
  expect(seq).toBeGreaterThan(50)
  expect(toTheEnd).toThrow(`broken.synod is damaged (event ${seq + 1}: `)
  expect(cursor.seq).toBe(seq)
  reader.close()
})

test('what a visitor of steps throws is its own: nobody is told that the file is damaged', () => {
  const file = path.join(folder, 'visited.synod')
  recordToy(file, SEED, 3000)
  const reader = new RunReader(file)
  const mistake = new TypeError('a mistake of the panel')
  const visit = () => {
    throw mistake
  }
  const hearing = reader.hear({ notes: [], messages: toyHeader.messageTypes })
  expect(() => hearing.advance(Number.POSITIVE_INFINITY, visit)).toThrow(mistake)
  reader.close()
})
