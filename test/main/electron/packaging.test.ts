import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { extractAll, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { FuseState } from '@electron/fuses/dist/constants.js'
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { DebugLogger } from 'builder-util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireBuild } from '../../support/built.ts'
import { writeElectronStub } from '../../support/electronStub.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const electronVersion: string = JSON.parse(readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8')).version

/** Judges electron-builder.yml, with changes, by electron-builder's own schema. */
async function validate(changes: object = {}): Promise<void> {
  const config = await getConfig(root, 'electron-builder.yml', null)
  await validateConfiguration({ ...config, ...changes }, new DebugLogger(false))
}

describe('electron-builder.yml', () => {
  test("fits electron-builder's own schema", async () => {
    await validate()
  })

  test.each([{ npmRebuilds: true }, { asar: 7 }, { electronFuses: { runAsNode: 'no' } }])('the schema refuses %j', async (wrong) => {
    await expect(validate(wrong)).rejects.toThrow()
  })

  test('names the Electron that is installed for its types and its development', async () => {
    const config = await getConfig(root, 'electron-builder.yml', null)
    expect(config.electronVersion).toBe(electronVersion)
  })

  test('has an installer for each system', async () => {
    const { linux, mac, win } = await getConfig(root, 'electron-builder.yml', null)
    expect([linux?.target, mac?.target, win?.target]).toEqual([['AppImage', 'deb'], ['dmg'], ['nsis']])
  })
})

describe('the packed folder', () => {
  let folder: string
  let app: string
  let resources: string

  beforeAll(() => {
    requireBuild()
    folder = mkdtempSync(path.join(os.tmpdir(), 'synod-packed-'))
    writeElectronStub(path.join(folder, 'electron'), electronVersion)
    const cli = path.join(root, 'node_modules/electron-builder/cli.js')
    const args = [cli, '--dir', '--linux', '--x64', '--publish', 'never']
    const places = [`-c.electronDist=${path.join(folder, 'electron')}`, `-c.directories.output=${path.join(folder, 'release')}`]
    const packed = spawnSync(process.execPath, [...args, ...places], { cwd: root, encoding: 'utf8' })
    if (packed.status !== 0) throw new Error(packed.stdout + packed.stderr)
    app = path.join(folder, 'release', 'linux-unpacked')
    resources = path.join(app, 'resources')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const packedFiles = () => listPackage(path.join(resources, 'app.asar'), { isPack: false }).map((name) => name.replaceAll('\\', '/'))

  test('holds the host, the engine with its threads, the preload script, the pages and the license', () => {
    const files = packedFiles()
    for (const name of [
      'main/electron.js',
      'main/engine.js',
      'main/proxy.js',
      'main/recorder.js',
      'main/replay.js',
      'preload/preload.cjs',
      'renderer/index.html',
    ]) {
      expect(files).toContain(`/dist/${name}`)
    }
    expect(files).toContain('/LICENSE')
  })

  test('holds no sources, tests, source maps or other hosts, and of the packages only the database', () => {
    const files = packedFiles()
    expect(files.filter((name) => /\.(ts|vue|map)$|^\/(main|protocols|renderer|test)\//.test(name))).toEqual([])
    expect(files.filter((name) => /^\/dist\/main\/(web|cli|lab)\.js$/.test(name))).toEqual([])
    const packages = new Set(files.flatMap((name) => /^\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []))
    expect([...packages]).toEqual(['better-sqlite3'])
  })

  test('the programs of the nodes lie unpacked, for they are started as real files', () => {
    const nodes = path.join(resources, 'app.asar.unpacked', 'dist', 'nodes')
    expect(readdirSync(nodes)).toEqual(expect.arrayContaining(['clients.mjs', 'node.mjs']))
  })

  test('the database has one binary, that of the system', () => {
    const prebuilds = path.join(resources, 'app.asar.unpacked', 'node_modules', 'better-sqlite3', 'prebuilds')
    expect(readdirSync(prebuilds)).toEqual(['linux-x64.node'])
  })

  test('is small', () => {
    const bytes = (place: string): number =>
      statSync(place).isDirectory()
        ? readdirSync(place).reduce((sum, name) => sum + bytes(path.join(place, name)), 0)
        : statSync(place).size
    expect(bytes(resources)).toBeLessThan(12_000_000)
  })

  test('its fuses are set', async () => {
    const executable = path.join(app, 'synod')
    expect(existsSync(executable)).toBe(true)
    const wire = await getCurrentFuseWire(executable)
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ]
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ]
    for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.DISABLE)
    for (const fuse of on) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.ENABLE)
  })

  test('the unpacked database loads, and the programs of the nodes are read, by this Node', () => {
    const unpacked = path.join(resources, 'app.asar.unpacked')
    const whole = path.join(folder, 'whole')
    extractAll(path.join(resources, 'app.asar'), whole)
    const probe = path.join(whole, 'probe.mjs')
    writeFileSync(probe, "import Database from 'better-sqlite3'\nconsole.log(new Database(':memory:').prepare('select 42 as n').get().n)\n")
    expect(spawnSync(process.execPath, [probe], { encoding: 'utf8' }).stdout.trim()).toBe('42')
    for (const name of ['node.mjs', 'clients.mjs']) {
      const checked = spawnSync(process.execPath, ['--check', path.join(unpacked, 'dist', 'nodes', name)], { encoding: 'utf8' })
      expect(checked.stderr).toBe('')
    }
  })
})
