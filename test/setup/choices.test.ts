import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { findBrowser } from '../../main/setup/browser.mjs'
import { childEnvironment } from '../../main/setup/child.mjs'
import { whyNoWindow } from '../../main/setup/electron.mjs'
import { programsOf, table } from '../../main/setup/figures.mjs'

describe('a browser to test with', () => {
  const at =
    (...there: string[]) =>
    (file: string) =>
      there.includes(file)
  const none = async () => undefined

  test('the named one comes first', async () => {
    const env = { SYNOD_BROWSER: '/opt/mine', PATH: '/usr/bin' }
    expect(await findBrowser({ env, exists: at('/opt/mine', '/usr/bin/chromium'), playwrights: none })).toBe('/opt/mine')
  })

  test('a named one that is not there is an error, not another browser', async () => {
    const env = { SYNOD_BROWSER: '/opt/mine', PATH: '/usr/bin' }
    await expect(findBrowser({ env, exists: at('/usr/bin/chromium'), playwrights: none })).rejects.toThrow('/opt/mine')
  })

  test.each(['chromium', 'google-chrome', 'microsoft-edge'])('an installed %s is found', async (name) => {
    const file = path.join('/usr/bin', name)
    expect(await findBrowser({ env: { PATH: `/bin${path.delimiter}/usr/bin` }, exists: at(file), playwrights: none })).toBe(file)
  })

  test("then Playwright's own, when it was fetched", async () => {
    const playwrights = async () => '/cache/chrome'
    expect(await findBrowser({ env: {}, exists: at('/cache/chrome'), playwrights })).toBe('/cache/chrome')
    expect(await findBrowser({ env: {}, exists: at(), playwrights })).toBeUndefined()
  })
})

describe('a window of its own', () => {
  test.each([
    ['linux without a display', { platform: 'linux', env: {}, uid: 1000 }, /display/],
    ['linux as root', { platform: 'linux', env: { DISPLAY: ':0' }, uid: 0 }, /root/],
    ['linux with X11', { platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 }, undefined],
    ['linux with Wayland', { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, uid: 1000 }, undefined],
    ['macOS', { platform: 'darwin', env: {}, uid: 501 }, undefined],
  ])('%s', (_, where, want) => {
    const reason = whyNoWindow(where)
    if (want) expect(reason).toMatch(want)
    else expect(reason).toBeUndefined()
  })
})

test('children find the right Node first, and the tools of the project', () => {
  const { PATH = '' } = childEnvironment({ PATH: `/usr/bin${path.delimiter}/new/bin` }, '/new/bin/node')
  const folders = PATH.split(path.delimiter)
  expect(folders[0]).toBe('/new/bin')
  expect(folders[1]).toMatch(/node_modules.\.bin$/)
  expect(folders.slice(2)).toEqual(['/usr/bin'])
})

describe('benchmarks', () => {
  test('the programs are the files that no other one imports', () => {
    const files = new Map([
      ['raft.ts', "import { report } from './figures.ts'\nconst peer = await import('./peer.ts')"],
      ['figures.ts', "import os from 'node:os'"],
      ['peer.ts', ''],
      ['memory.ts', 'import {\n  report,\n} from "./figures.ts"'],
    ])
    expect(programsOf(files)).toEqual(['memory.ts', 'raft.ts'])
  })

  test('the table shows every figure and its peer, and leaves out what is no figure', () => {
    const lines = [
      '{"name":"raft p50","value":1.23456,"unit":"ms","peer":"etcd","peerValue":2,"ratio":0.617}',
      'noise',
      '{"name":"rate","value":123456,"unit":"1/s"}',
    ]
    const shown = table(lines.join('\n'))
    expect(shown).toMatch(/raft p50 +1\.235 +ms +etcd 2 +0\.62/)
    expect(shown).toMatch(/rate +123,456 +1\/s/)
    expect(shown).not.toContain('noise')
  })
})
