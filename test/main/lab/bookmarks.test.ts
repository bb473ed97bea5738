/** Bookmarks: set while a run is live and afterwards, kept in its file, and never written into a file from elsewhere. */
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLab, type TestLab, type TestRun } from './openLab.ts'

let lab: TestLab
let run: TestRun

beforeAll(async () => {
  lab = await openLab()
  run = await lab.start({ name: 'marked', mode: 'simulation', nodes: 3, seed: 11 })
})
afterAll(async () => await lab.close())

test('what is marked in a live run is told to those who watch it, and stands in the file when the lab is opened again', async () => {
  await run.untilLeader()
  const { lastSeq } = await lab.call('run.overview', { run: run.run })
  const late = await lab.call('run.bookmark.put', { run: run.run, seq: lastSeq, note: 'a leader' })
  const early = await lab.call('run.bookmark.put', { run: run.run, seq: 3, note: 'the beginning' })
  expect(early.bookmarks.map(({ seq, note }) => [seq, note])).toEqual([
    [3, 'the beginning'],
    [lastSeq, 'a leader'],
  ])
  expect(early.id).not.toBe(late.id)
  expect(run.changes.findLast(({ kind }) => kind === 'bookmarks')).toMatchObject({ run: run.run, bookmarks: early.bookmarks })
  await expect(lab.call('run.bookmark.put', { run: run.run, seq: 10_000_000, note: '' })).rejects.toMatchObject({ code: 'bad-request' })
  await lab.call('runs.stop', { run: run.run })
  await lab.reopen()
  expect(await lab.call('run.bookmarks', { run: run.run })).toEqual({ bookmarks: early.bookmarks })
})

test('of an ended run a note is written anew, a bookmark goes, and a copy carries what is left', async () => {
  const { bookmarks } = await lab.call('run.bookmarks', { run: run.run })
  const [first, second] = bookmarks
  await lab.call('run.bookmark.put', { run: run.run, id: first?.id ?? '', seq: 0, note: 'begun' })
  await lab.call('run.bookmark.delete', { run: run.run, id: second?.id ?? '' })
  await expect(lab.call('run.bookmark.put', { run: run.run, id: 'b99', seq: 0, note: '' })).rejects.toMatchObject({ code: 'not-found' })
  const left = [{ ...first, note: 'begun' }]
  expect((await lab.call('run.bookmarks', { run: run.run })).bookmarks).toEqual(left)
  const copy = path.join(lab.dataFolder, 'copy.synod')
  await lab.call('runs.export', { run: run.run, path: copy })
  const stranger = await lab.lab.openFile(copy)
  expect(await lab.call('run.bookmarks', { run: stranger })).toEqual({ bookmarks: left, fixed: expect.stringContaining('never changed') })
  await expect(lab.call('run.bookmark.put', { run: stranger, seq: 1, note: '' })).rejects.toMatchObject({
    code: 'bad-request',
    hint: expect.stringContaining('Import'),
  })
  const imported = await lab.call('runs.import', { path: copy })
  expect((await lab.call('run.bookmarks', { run: imported.run })).bookmarks).toEqual(left)
})
