import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DISK_FILE, WriteAheadFile } from '../../../main/node/disk.ts'
import { decodeFile } from '../../../main/node/diskFormat.ts'
import { diskFailure, ExitCode, FatalError } from '../../../main/node/fatal.ts'
import { lockFolder } from '../../../main/node/lock.ts'

const owner = { run: 'run-1', node: 'n1' }
const records = [{ term: 1, vote: 'n2' }, { from: 1, entries: ['ä', '\u{1f600}'] }, [], 0, { deep: { deep: [null, true] } }]

let folder: string
const file = () => path.join(folder, DISK_FILE)

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'synod-disk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes each record as a batch of its own; returns where each batch ends. */
function write(all: readonly unknown[]): number[] {
  const { disk } = WriteAheadFile.open(folder, owner)
  const ends = [end()]
  for (const record of all) {
    disk.append([JSON.stringify(record)])
    disk.sync()
    ends.push(end())
  }
  disk.close()
  return ends
}

/** Where what was written ends; behind it there is room. */
const end = (): number => decodeFile(readFileSync(file()), file(), owner).goodBytes
/** The file up to there. */
const written = (): Buffer => readFileSync(file()).subarray(0, end())
const room = Buffer.alloc(5000)

const open = () => openIn(folder)

function openIn(place: string) {
  const opened = WriteAheadFile.open(place, owner)
  opened.disk.close()
  return opened
}

function refusal(work: () => unknown): FatalError {
  try {
    work()
  } catch (error) {
    if (error instanceof FatalError) return error
    throw error
  }
  throw new Error('the disk was opened')
}

test('a folder that is not there is created, and starts empty', () => {
  expect(openIn(path.join(folder, 'deeper', 'n1')).recovered).toEqual([])
})

test('what was persisted comes back in order, over several lives', () => {
  write(records)
  write(['later'])
  expect(open().recovered).toEqual([...records, 'later'])
})

test('records of one turn are written together', () => {
  const { disk } = WriteAheadFile.open(folder, owner)
  disk.append(['1', '"two"', '{"three":3}'])
  disk.close()
  expect(open().recovered).toEqual([1, 'two', { three: 3 }])
})

test('a replacing record stands for all before it; what is appended next follows it', async () => {
  const { disk } = WriteAheadFile.open(folder, owner)
  disk.append(['1', '2'])
  const synced = new Promise<void>((done) => disk.syncLater(done))
  disk.replace(['"snapshot"', '3']) // while the old file is still being synced
  await synced
  disk.append(['4'])
  disk.sync()
  disk.close()
  expect(open().recovered).toEqual(['snapshot', 3, 4])
})

test('a tail torn at any byte is cut, everything before it is kept, and the node can write on', () => {
  const ends = write(records)
  const whole = written()
  for (let length = ends[0] as number; length < whole.length; length++)
    for (const behind of [Buffer.alloc(0), room]) {
      const what = `cut to ${length} bytes, ${behind.length} zeros behind them`
      writeFileSync(file(), Buffer.concat([whole.subarray(0, length), behind]))
      const survivors = ends.filter((end) => end <= length).length - 1
      const { disk, recovered, cutBytes } = WriteAheadFile.open(folder, owner)
      expect(recovered, what).toEqual(records.slice(0, survivors))
      const torn = whole.subarray(ends[survivors], length)
      expect(cutBytes, what).toBe(torn.findLastIndex((byte) => byte !== 0) + 1)
      disk.append(['"after"'])
      disk.close()
      expect(open().recovered, what).toEqual([...records.slice(0, survivors), 'after'])
    }
})

test('the zeros behind the last batch are room for the next ones: the file grows in steps, and nothing of it is cut', () => {
  write(records)
  const { length } = readFileSync(file())
  expect(length).toBeGreaterThan(end() + 100_000)
  expect(open()).toMatchObject({ recovered: records, cutBytes: 0 })
  write(['later'])
  expect(readFileSync(file()).length).toBe(length)
  const long = 'x'.repeat(length)
  write([long, 'last'])
  expect(readFileSync(file()).length).toBeGreaterThan(2 * length)
  expect(open()).toMatchObject({ recovered: [...records, 'later', long, 'last'], cutBytes: 0 })
})

test('a byte changed anywhere is never taken for good: the last batch is cut, damage before it is refused with file and byte', () => {
  const ends = write(records)
  const whole = Buffer.concat([written(), room])
  const [lastBatch, end] = ends.slice(-2) as [number, number]
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] as number) ^ 0x20
    writeFileSync(file(), damaged)
    if (at >= lastBatch) {
      expect(open().recovered, `byte ${at}`).toEqual(at < end ? records.slice(0, -1) : records)
      continue
    }
    const error = refusal(open)
    expect(error.exitCode, `byte ${at}`).toBe(ExitCode.corruptDisk)
    expect(error.message, `byte ${at}`).toContain(file())
    if (at < (ends[0] as number)) continue
    const batch = ends.findLast((end) => end <= at)
    expect(error.message, `byte ${at}`).toContain(`damaged at byte ${batch}:`)
    expect(error.hint).toContain('Wipe')
    expect(readFileSync(file())).toEqual(damaged) // refused, not mended
  }
})

test("another node's file is refused", () => {
  write(records)
  const error = refusal(() => WriteAheadFile.open(folder, { run: 'run-1', node: 'n2' }))
  expect(error.message).toContain('belongs to n1 of run run-1, not to n2 of run run-1')
})

test('a file that is something else is refused', () => {
  writeFileSync(file(), 'hello')
  expect(refusal(open).message).toContain('damaged at byte 0: it does not begin as one')
})

test('a folder whose name a file has taken is refused, with the place and the next move', () => {
  const taken = path.join(folder, 'taken')
  closeSync(openSync(taken, 'w'))
  const error = refusal(() => WriteAheadFile.open(path.join(taken, 'n1'), owner))
  expect(error).toMatchObject({ exitCode: ExitCode.disk, hint: 'Move the file away or choose another data folder.' })
  expect(error.message).toContain(taken)
})

test.each([
  ['ENOSPC', 'the disk is full', 'Free some space'],
  ['EROFS', 'the file system is read-only', 'that can be written to'],
  ['EACCES', 'permission is denied', 'that you may write to'],
  ['EWHATEVER', 'the system says EWHATEVER', 'Check the disk'],
])('%s is said in words, with the next move', (code, why, hint) => {
  const error = diskFailure('write to', '/data/n1/wal', Object.assign(new Error(code), { code }))
  expect(error.message).toBe(`Cannot write to /data/n1/wal: ${why} (${code}).`)
  expect(error.hint).toContain(hint)
  expect(error.exitCode).toBe(ExitCode.disk)
})

test('a folder belongs to one process at a time, and is free again when that one has ended', async () => {
  const release = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({
    exitCode: ExitCode.locked,
    message: `Another process uses the folder ${folder}.`,
  })
  release()
  const again = await lockFolder(folder)
  again()
})
