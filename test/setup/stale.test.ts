import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needsBuild, needsInstall, sources } from '../../main/setup/stale.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'synod-stale-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a file, changed so many seconds after a fixed moment; its folder too. */
function put(file: string, seconds: number): void {
  const full = path.join(folder, file)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, '')
  utimesSync(full, 1_700_000_000 + seconds, 1_700_000_000 + seconds)
  utimesSync(path.dirname(full), 1_700_000_000 + seconds, 1_700_000_000 + seconds)
}

describe('the installed packages', () => {
  test('missing: install', () => {
    put('package-lock.json', 0)
    expect(needsInstall(folder)).toBe(true)
  })

  test('an installation that was broken off never got its own lockfile: install', () => {
    put('package-lock.json', 0)
    put('node_modules/vue/package.json', 5)
    expect(needsInstall(folder)).toBe(true)
  })

  test.each([
    ['older than the lockfile: install', 10, 5, true],
    ['newer than the lockfile: leave', 5, 10, false],
  ])('%s', (_, lockfile, installed, want) => {
    put('package-lock.json', lockfile)
    put('node_modules/.package-lock.json', installed)
    expect(needsInstall(folder)).toBe(want)
  })
})

describe('the build', () => {
  beforeEach(() => {
    put('main/cluster/supervisor.ts', 10)
    put('protocols/raft/raft.ts', 10)
    put('renderer/main.ts', 10)
    for (const name of ['main', 'protocols', 'renderer']) utimesSync(path.join(folder, name), 1_700_000_010, 1_700_000_010)
  })

  test('never built: build', () => {
    expect(needsBuild(folder)).toBe(true)
  })

  test('newer than every source: leave', () => {
    put('dist/.built', 20)
    expect(needsBuild(folder)).toBe(false)
  })

  test.each(['main/cluster/supervisor.ts', 'protocols/raft/raft.ts', 'renderer/main.ts', 'vite.config.ts'])(
    '%s changed since: build',
    (file) => {
      put('dist/.built', 20)
      put(file, 30)
      expect(needsBuild(folder)).toBe(true)
    },
  )

  test('a source taken away since: build', () => {
    put('dist/.built', 20)
    rmSync(path.join(folder, 'main/cluster/supervisor.ts')) // its folder is newer now
    expect(needsBuild(folder)).toBe(true)
  })

  test('what is not built from does not count', () => {
    put('dist/.built', 20)
    put('test/protocols/raft.test.ts', 30)
    put('README.md', 30)
    expect(sources).not.toContain('test')
    expect(needsBuild(folder)).toBe(false)
  })
})
