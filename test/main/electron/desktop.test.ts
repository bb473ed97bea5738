/**
 * The desktop host as it is built, over a double of Electron's API (see test/double/README.md): real main process, preload
 * script, engine and pages, on a real Chromium. Real processes of a run are started as the main process would.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Bridge, BridgeAnswer } from '../../../main/contract/bridge.ts'
import { openLibrary } from '../../../main/recorder/library.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import type { RunId } from '../../../protocols/core/ids.ts'
import { requireBuild } from '../../support/built.ts'
import { type Desktop, type DesktopOptions, DesktopProcess, openDesktop } from '../../support/desktop.ts'

declare global {
  interface Window {
    readonly heard?: unknown[]
  }
}

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })
beforeAll(() => requireBuild())

describe('the open lab', () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await openDesktop()
  })
  afterAll(() => desktop?.dispose())

  const call = (command: string, request: unknown): Promise<BridgeAnswer> =>
    desktop.page.evaluate(([name, given]) => (window as unknown as { synod: Bridge }).synod.call(name as string, given), [command, request])

  test('its window is sandboxed, isolated and without Node', () => {
    const window = desktop.records.find((one) => one.what === 'window')
    expect(window?.detail).toMatchObject({ webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false } })
  })

  test('the page finds named functions and nothing of Electron', async () => {
    const found = await desktop.page.evaluate(() => ({
      bridge: Object.keys((window as unknown as { synod: object }).synod).sort(),
      leaks: ['require', 'process', 'ipcRenderer', 'module'].filter((name) => name in window),
      frozen: Object.isFrozen((window as unknown as { synod: object }).synod),
    }))
    expect(found).toEqual({ bridge: ['call', 'choosePath', 'onChange', 'onConnection', 'onMenu', 'pathOf'], leaks: [], frozen: true })
  })

  test('the engine answers over the message port, as the electron host', async () => {
    expect(await call('lab.info', {})).toMatchObject({
      ok: true,
      response: { host: 'electron', dataFolder: path.join(desktop.home, 'data') },
    })
  })

  test('a request that does not fit its schema comes back as data with a code', async () => {
    expect(await call('runs.rename', { run: 7 })).toMatchObject({ ok: false, failure: { code: 'bad-request' } })
    expect(await call('no.such', {})).toMatchObject({ ok: false, failure: { code: 'bad-request' } })
  })

  test('what cannot be cloned does not leave the page', async () => {
    const said = await desktop.page.evaluate(() => {
      const { synod } = window as unknown as { synod: Bridge }
      return synod.call('runs.list', { listener: () => 1 }).then(
        () => 'sent',
        (error: Error) => error.message,
      )
    })
    expect(said).toMatch(/clone/)
  })

  test('the start page is drawn without a word in the console', async () => {
    await desktop.page.getByRole('button', { name: /start/i }).first().waitFor()
    expect(desktop.records.filter((one) => one.what === 'page error')).toEqual([])
    const complaints = desktop.records.filter((one) => one.what === 'console' && (one.detail as { type: string }).type === 'error')
    expect(complaints).toEqual([])
  })

  test("the menu speaks the palette's commands", async () => {
    await desktop.page.evaluate(() => {
      const heard: string[] = []
      Object.defineProperty(window, 'heard', { value: heard })
      ;(window as unknown as { synod: Bridge }).synod.onMenu((command) => heard.push(command))
    })
    await desktop.act('chooseFromMenu', 'View', 'Command Palette')
    await desktop.page.waitForFunction(() => window.heard?.includes('help.palette'))
  })

  test("the system's dialogs give paths, or nothing", async () => {
    const choose = (purpose: 'open' | 'save') =>
      desktop.page.evaluate((asked) => (window as unknown as { synod: Bridge }).synod.choosePath(asked, 'split-vote.synod'), purpose)
    await desktop.act('answerOpen', ['/runs/a.synod'])
    expect(await choose('open')).toBe('/runs/a.synod')
    await desktop.act('answerSave', '/runs/b.synod')
    expect(await choose('save')).toBe('/runs/b.synod')
    expect(await choose('save')).toBeUndefined()
    expect((await desktop.recorded('save dialog')).detail).toMatchObject({ defaultPath: 'split-vote.synod' })
  })

  test('a dialog is not opened for nonsense', async () => {
    const said = await desktop.page.evaluate(() =>
      (window as unknown as { synod: { choosePath(purpose: string, name: unknown): Promise<string> } }).synod.choosePath('delete', 7).then(
        () => 'opened',
        (error: Error) => error.message,
      ),
    )
    expect(said).toMatch(/Error invoking remote method/)
  })

  test.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'hid', 'openExternal'])(
    'the permission %s is refused',
    async (permission) => {
      expect(await desktop.act('isGranted', permission, 'app://bundle/')).toEqual({ request: false, check: false, device: false })
    },
  )

  test('copying is allowed to our own page alone', async () => {
    expect(await desktop.act('isGranted', 'clipboard-sanitized-write', 'app://bundle/')).toMatchObject({ request: true, check: true })
    expect(await desktop.act('isGranted', 'clipboard-sanitized-write', 'https://example.org/')).toMatchObject({
      request: false,
      check: false,
    })
  })

  test('the page cannot be led elsewhere', async () => {
    await desktop.page.evaluate(() => {
      location.href = 'https://example.org/'
    })
    const { detail } = await desktop.recorded('navigation', (seen) => (seen as { url: string }).url === 'https://example.org/')
    expect(detail).toMatchObject({ prevented: true })
    expect(desktop.page.url()).toMatch(/bundle\.app\.test/)
  })

  test.each([
    ['https://raft.github.io/raft.pdf', true],
    ['https://example.org/', false],
    ['http://raft.github.io/', false],
  ])('a new window for %s is refused; opened outside: %s', async (url, outside) => {
    await desktop.page.evaluate((place) => void window.open(place), url)
    const opened = await desktop.recorded('window open', (seen) => (seen as { url: string }).url === url)
    expect(opened.detail).toMatchObject({ action: 'deny' })
    expect(desktop.records.some((one) => one.what === 'open external' && one.detail === url)).toBe(outside)
  })

  test('a second start brings this window to the front', async () => {
    await desktop.act('secondInstance')
    await desktop.recorded('focus')
  })

  test('an engine that is killed is started again, and the page has a lab again', async () => {
    await desktop.page.evaluate(() => {
      const seen: string[] = []
      Object.defineProperty(window, 'seen', { value: seen })
      ;(window as unknown as { synod: Bridge }).synod.onConnection((connection) => seen.push(connection))
    })
    process.kill(Number(await desktop.act('pidOf', 'Synod engine')), 'SIGKILL')
    await desktop.page.waitForFunction(() => (window as unknown as { seen: string[] }).seen.join() === 'open,lost,open')
    expect(await call('lab.info', {})).toMatchObject({ ok: true })
  })
})

describe('from opening to closing', () => {
  const open: (Desktop | DesktopProcess)[] = []
  const folders: string[] = []
  afterEach(async () => {
    for (const one of open.splice(0)) await one.dispose()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  const home = () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-home-'))
    folders.push(folder)
    return folder
  }
  const start = async (options: DesktopOptions = {}) => {
    const desktop = await openDesktop(options)
    open.push(desktop)
    return desktop
  }

  test('the window comes back where it was', async () => {
    const place = home()
    const first = await start({ home: place })
    await first.act('moveWindow', 40, 30, 1200, 700)
    expect(await first.quit()).toBe(0)
    const second = await start({ home: place })
    expect(second.records.find((one) => one.what === 'window')?.detail).toMatchObject({ x: 40, y: 30, width: 1200, height: 700 })
  })

  test('closing the window ends the engine in good order, and the library is free', async () => {
    const desktop = await start()
    await desktop.page.evaluate(() => (window as unknown as { synod: Bridge }).synod.call('lab.info', {})) // the lab is open
    const pid = Number(await desktop.act('pidOf', 'Synod engine'))
    desktop.act('closeWindow').catch(() => undefined) // it may be gone before it answers
    expect(await desktop.exit).toBe(0)
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
    expect(existsSync(path.join(desktop.home, 'data'))).toBe(true)
  })

  test('a run that is live when the window closes ends in good order, with its processes', async () => {
    const desktop = await start()
    const started = await desktop.page.evaluate(() =>
      (window as unknown as { synod: Bridge }).synod.call('runs.start', { config: { nodes: 3 } }),
    )
    expect(started).toMatchObject({ ok: true })
    desktop.act('closeWindow').catch(() => undefined) // it may be gone before it answers
    expect(await desktop.exit).toBe(0)
    const library = openLibrary(path.join(desktop.home, 'data'), { readOnly: true })
    const [run, ...more] = library.list()
    expect(more).toEqual([])
    expect(run).toMatchObject({ status: 'ended', nodes: 3 })
    const reader = new RunReader(library.fileOf(run?.run as RunId))
    const pids = reader.moment(reader.lastSeq).nodes.map((node) => node.pid as number)
    reader.close()
    library.close()
    expect(pids).toHaveLength(3)
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
  })

  test('a lab that cannot be opened says why and ends', async () => {
    const place = home()
    writeFileSync(path.join(place, 'data'), 'a file where the folder should be')
    const app = new DesktopProcess({ home: place })
    open.push(app)
    const { detail } = await app.recorded('message box')
    expect((detail as { message: string }).message).toContain(path.join(place, 'data'))
    expect(await app.exit).toBe(3)
  })

  test('a second lab opens no window', async () => {
    const app = new DesktopProcess({ env: { SYNOD_DOUBLE_SECOND: '1' } })
    open.push(app)
    expect(await app.exit).toBe(0)
    expect(app.records.map((one) => one.what)).not.toContain('window')
  })

  /** Careless changes, made to the built host: the double must not let them pass. */
  test.each([
    ['no sandbox', 'sandbox: true', 'sandbox: false', /sandbox: false is refused/],
    ['no context isolation', 'contextIsolation: true', 'contextIsolation: false', /contextIsolation: false is refused/],
    ['Node in the window', 'nodeIntegration: false', 'nodeIntegration: true', /nodeIntegration: true is refused/],
    ['pages from files', 'window.loadURL(START)', 'window.loadFile("index.html")', /loadFile is refused/],
    ['no sandbox for the app', 'app.enableSandbox();', '', /enableSandbox\(\) was not called/],
    [
      'a scheme registered too late',
      /\tregisterScheme\(\);|^registerScheme\(\);/m,
      'app.whenReady().then(registerScheme);',
      /before the app is ready|standard and secure/,
    ],
  ])('%s is refused', async (_, good, bad, said) => {
    const app = new DesktopProcess({
      spoil: (dist) => {
        const file = path.join(dist, 'main/electron.js')
        const text = readFileSync(file, 'utf8')
        const spoiled = text.replace(good, bad)
        if (spoiled === text) throw new Error(`nothing to spoil: ${String(good)}`)
        writeFileSync(file, spoiled)
      },
    })
    open.push(app)
    expect(await app.exit).not.toBe(0)
    expect(app.output).toMatch(said)
  })
})
