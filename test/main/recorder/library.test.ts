import { type ChildProcess, fork, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { defaultDataFolder } from '../../../main/recorder/dataFolder.ts'
import { openLibrary } from '../../../main/recorder/library.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { type NodeId, runId } from '../../../protocols/core/ids.ts'
import { freshFolder, recordToy, toyHeader } from './runFiles.ts'

const folder = freshFolder()
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
const here = import.meta.dirname
let homes = 0
const freshHome = () => path.join(folder, `home-${++homes}`)

/** A recording process, once it has said that `events` are in the file; `said` is the last number it gave. */
async function recordInChild(file: string, events: number): Promise<{ child: ChildProcess; said: () => number }> {
  const child = spawn(process.execPath, [path.join(here, 'killedRecorder.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let last = 0
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      last = Number(line)
      if (last >= events) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the recording process ended with ${code}`)))
  })
  return { child, said: () => last }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

test('kill -9 of a recording process loses nothing that was reported; the file opens, interrupted, and is made whole', async () => {
  const home = freshHome()
  const first = openLibrary(home)
  const { run, file } = first.create('Killed in the middle')
  first.close()
  const { child, said } = await recordInChild(file, 3000)
  await kill(child)
  const reader = new RunReader(file)
  expect(reader.lastSeq).toBeGreaterThanOrEqual(said())
  expect(reader.summary(run, false).status).toBe('interrupted')
  let seen = 0
  reader.verify((event) => expect(event.seq).toBe(++seen))
  expect(seen).toBe(reader.lastSeq)
  reader.close()
  const library = openLibrary(home)
  expect(library.list()).toMatchObject([{ run, status: 'interrupted', events: seen }])
  expect(readdirSync(path.join(home, 'runs')).sort()).toEqual([run, `${run}.synod`])
  library.close()
})

test('a second lab on the same library is refused, in this process or another; a dead lab holds nothing', async () => {
  const home = freshHome()
  const library = openLibrary(home)
  expect(() => openLibrary(home)).toThrow(
    expect.objectContaining({ name: 'LabError', code: 'library-locked', message: expect.stringContaining(String(process.pid)) }),
  )
  library.close()
  const holder = fork(path.join(here, 'lockHolder.ts'), [home])
  children.push(holder)
  await new Promise((resolve) => holder.once('message', resolve))
  expect(() => openLibrary(home)).toThrow(
    expect.objectContaining({ code: 'library-locked', message: expect.stringContaining(String(holder.pid)) }),
  )
  await kill(holder)
  const again = openLibrary(home)
  expect(again.list()).toEqual([])
  again.close()
})

test('runs are listed newest first, renamed, exported, imported and deleted', async () => {
  const library = openLibrary(freshHome())
  const one = library.create('Über Läufe!')
  const two = library.create('Über Läufe!')
  expect(one.run).toMatch(/^[0-9-]+-uber-laufe$/)
  expect(two.run).toBe(`${one.run}-2`)
  const events = recordToy(one.file, 1, 300, { ...toyHeader, createdAt: '2026-01-01T00:00:00.000Z' })
  recordToy(two.file, 2, 300, { ...toyHeader, createdAt: '2026-02-01T00:00:00.000Z' })
  writeFileSync(path.join(one.folder, 'disk'), 'of a node')
  expect(library.list().map(({ run }) => run)).toEqual([two.run, one.run])
  expect(library.summary(one.run)).toMatchObject({
    name: 'A toy',
    protocol: 'raft',
    service: 'kv',
    nodes: 4,
    status: 'ended',
    events,
    violations: 0,
  })
  expect(library.rename(one.run, 'Shown in class').name).toBe('Shown in class')
  library.findings(one.run, [{ invariant: 'I', seq: 3, node: 'n1' as NodeId, text: 't', source: 's' }])
  library.findings(one.run, [{ invariant: 'I', seq: 3, node: 'n1' as NodeId, text: 't', source: 's' }])
  library.verdict(one.run, 'fail')
  expect(library.summary(one.run)).toMatchObject({ name: 'Shown in class', violations: 1, verdict: 'fail' })
  const out = path.join(folder, 'shared.synod')
  writeFileSync(out, 'what was here before')
  await library.export(one.run, out)
  const imported = library.import(out)
  expect(imported).toMatchObject({ run: 'shared', name: 'Shown in class', events, violations: 1, status: 'ended' })
  expect(library.import(out).run).toBe('shared-2')
  library.setLive(one.run, true)
  expect(() => library.delete(one.run)).toThrow(expect.objectContaining({ code: 'bad-request' }))
  library.setLive(one.run, false)
  library.delete(one.run)
  expect(existsSync(one.folder)).toBe(false)
  expect(existsSync(one.file)).toBe(false)
  for (const wrong of [one.run, '../shared', 'shared/../shared', '', '.shared']) {
    expect(() => library.summary(runId(wrong)), wrong).toThrow(expect.objectContaining({ code: 'not-found' }))
  }
  await expect(library.export(two.run, path.join(folder, 'nowhere', 'x.synod'))).rejects.toMatchObject({ code: 'disk' })
  await expect(library.export(two.run, folder)).rejects.toMatchObject({ code: 'disk', message: expect.stringContaining('is a folder') })
  library.close()
})

test('an unreadable file is listed with its problem, and the list notices when a file changes', () => {
  const home = freshHome()
  const library = openLibrary(home)
  const { run, file } = library.create('x')
  recordToy(file, 1, 100)
  const spoilt = path.join(home, 'runs', 'spoilt.synod')
  copyFileSync(file, spoilt)
  expect(library.list()).toHaveLength(2)
  writeFileSync(spoilt, 'no run at all')
  expect(library.list().find((one) => one.run === 'spoilt')).toMatchObject({
    status: 'unreadable',
    problem: expect.stringContaining('not a Synod run'),
  })
  expect(library.summary(run).status).toBe('ended')
  library.close()
})

test('a cache that cannot be written keeps nobody from reading, renaming and deleting runs', () => {
  const home = freshHome()
  const before = openLibrary(home)
  const { run, file } = before.create('x')
  recordToy(file, 1, 100)
  before.close()
  const library = openLibrary(home)
  mkdirSync(path.join(home, 'library.db-journal')) // the database cannot begin to write, as on a full disk
  expect(library.list()).toMatchObject([{ run, status: 'ended' }])
  expect(library.rename(run, 'y')).toMatchObject({ name: 'y' })
  library.delete(run)
  expect(library.list()).toEqual([])
  library.close()
})

test('what was made for a run that could not be recorded is taken away, and of a recorded one nothing', () => {
  const library = openLibrary(freshHome())
  const never = library.create('never')
  library.tidy(never.run)
  expect(existsSync(never.folder)).toBe(false)
  const recorded = library.create('recorded')
  recordToy(recorded.file, 1, 10)
  library.tidy(recorded.run)
  expect(existsSync(recorded.folder)).toBe(true)
  expect(library.list()).toHaveLength(1)
  library.close()
})

test('a run is exported while it is being recorded, and imported from a file whose log lies beside it', async () => {
  const library = openLibrary(freshHome())
  const { run, file } = library.create('alive')
  const { child, said } = await recordInChild(file, 500)
  library.setLive(run, true)
  expect(library.summary(run).status).toBe('live')
  const copy = path.join(folder, 'copy.synod')
  const before = said()
  await library.export(run, copy)
  const reader = new RunReader(copy)
  expect(reader.lastSeq).toBeGreaterThanOrEqual(before)
  expect(reader.summary(run, false).status).toBe('ended')
  reader.close()
  await kill(child)
  library.setLive(run, false)
  expect(existsSync(`${file}-wal`)).toBe(true)
  expect(existsSync(`${copy}-wal`)).toBe(false)
  const elsewhere = path.join(folder, 'elsewhere')
  mkdirSync(elsewhere)
  for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, path.join(elsewhere, `moved.synod${suffix}`))
  const imported = library.import(path.join(elsewhere, 'moved.synod'))
  expect(imported).toMatchObject({ run: 'moved', status: 'interrupted' })
  expect(imported.events).toBeGreaterThanOrEqual(before)
  library.close()
})

test('the data folder is where the platform keeps such things, or where SYNOD_HOME says', () => {
  expect(defaultDataFolder({ SYNOD_HOME: '/x/y' }, 'linux')).toBe(path.resolve('/x/y'))
  expect(defaultDataFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe(path.join('/data', 'synod'))
  expect(defaultDataFolder({ XDG_DATA_HOME: 'relative' }, 'linux')).toMatch(/\.local[/\\]share[/\\]synod$/)
  expect(defaultDataFolder({}, 'darwin')).toMatch(/Library[/\\]Application Support[/\\]Synod$/)
  expect(defaultDataFolder({ APPDATA: '/roaming' }, 'win32')).toBe(path.join('/roaming', 'Synod'))
})
