/**
 * The desktop lab over the double of Electron's API: the built main process, preload, engine and pages, staged in a folder
 * of their own in which `electron` is the double.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { typeScriptFlags } from '../../main/setup/node.mjs'
import type { Recorded } from '../double/control.ts'

const root = path.resolve(import.meta.dirname, '../..')
/** Against a wait that would never end; a busy machine stays well below. */
const LIMIT_MS = 150_000

export interface DesktopOptions {
  /** What to run: the checkout's own build, or an unpacked application. */
  readonly dist?: string
  readonly env?: Record<string, string>
  /** Changes the staged files before the start, to see that a fault is noticed. */
  readonly spoil?: (dist: string) => void
  /** A folder that outlives the application, for one that is opened again. */
  readonly home?: string
}

export interface Desktop {
  readonly page: Page
  readonly home: string
  readonly records: readonly Recorded[]
  act(name: string, ...args: unknown[]): Promise<unknown>
  /** The first record, past or to come, that fits. */
  recorded(what: string, fits?: (detail: unknown) => boolean): Promise<Recorded>
  /** Its exit code, once it has ended. */
  readonly exit: Promise<number | null>
  /** Quits as a person would; resolves with the exit code. */
  quit(): Promise<number | null>
  /** Ends whatever is left of it and takes its folders away. */
  dispose(): Promise<void>
}

/** A copy of what is built in which `electron` is the double; gives the folder `dist` in it. */
export function stage(folder: string, dist = path.join(root, 'dist')): string {
  const staged = path.join(folder, 'dist')
  cpSync(dist, staged, { recursive: true, filter: (file) => !file.endsWith('.map') })
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  const electron = path.join(folder, 'node_modules', 'electron')
  mkdirSync(electron, { recursive: true })
  writeFileSync(path.join(electron, 'package.json'), '{ "name": "electron", "type": "module", "exports": "./index.js" }')
  const double = pathToFileURL(path.join(root, 'test/double/electron.ts')).href
  writeFileSync(path.join(electron, 'index.js'), `export * from '${double}'\n`)
  symlinkSync(path.join(root, 'node_modules/better-sqlite3'), path.join(folder, 'node_modules/better-sqlite3'), 'junction')
  return staged
}

/** The application itself, without waiting for its window. */
export class DesktopProcess {
  readonly records: Recorded[] = []
  readonly home: string
  readonly exit: Promise<number | null>
  output = ''
  private readonly child: ChildProcess
  private readonly folder: string
  private readonly ownHome: boolean
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  private readonly watchers = new Set<() => void>()
  private count = 0

  constructor(options: DesktopOptions = {}) {
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'synod-desktop-'))
    this.ownHome = options.home === undefined
    this.home = options.home ?? mkdtempSync(path.join(os.tmpdir(), 'synod-home-'))
    const dist = stage(this.folder, options.dist)
    options.spoil?.(dist)
    this.child = spawn(process.execPath, [...typeScriptFlags(process.versions.node), path.join(dist, 'main/electron.js')], {
      env: { ...process.env, SYNOD_HOME: path.join(this.home, 'data'), SYNOD_DOUBLE_HOME: this.home, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8')
      stream?.on('data', (text: string) => {
        this.output += text
      })
    }
    this.child.on('message', (word: { recorded?: Recorded; id?: number; value?: unknown; error?: string }) => this.hear(word))
    this.exit = new Promise((resolve) => {
      this.child.once('close', (code) => {
        for (const { reject } of this.waiting.values()) reject(new Error('the application has ended'))
        for (const check of [...this.watchers]) check()
        resolve(code)
      })
    })
  }

  act(name: string, ...args: unknown[]): Promise<unknown> {
    const id = ++this.count
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.child.send({ act: name, args, id }, (error) => error && reject(error))
    })
  }

  recorded(what: string, fits: (detail: unknown) => boolean = () => true): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        done()
        reject(new Error(`${why} before "${what}" was recorded; so far: ${JSON.stringify(this.records)}\n${this.output}`))
      }
      const timer = setTimeout(() => fail(`${LIMIT_MS / 1000} s went by`), LIMIT_MS)
      const check = () => {
        const found = this.records.find((one) => one.what === what && fits(one.detail))
        if (found) {
          done()
          resolve(found)
        } else if (this.child.exitCode !== null) fail('the application ended')
      }
      const done = () => {
        clearTimeout(timer)
        this.watchers.delete(check)
      }
      this.watchers.add(check)
      check()
    })
  }

  async quit(): Promise<number | null> {
    this.act('quit').catch(() => undefined) // it may be gone before it answers
    return await this.exit
  }

  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL')
    await this.exit
    for (const folder of [this.folder, ...(this.ownHome ? [this.home] : [])]) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    }
  }

  private hear(word: { recorded?: Recorded; id?: number; value?: unknown; error?: string }): void {
    if (word.recorded) {
      this.records.push(word.recorded)
      for (const check of [...this.watchers]) check()
      return
    }
    const waiter = this.waiting.get(word.id ?? 0)
    this.waiting.delete(word.id ?? 0)
    if (word.error === undefined) waiter?.resolve(word.value)
    else waiter?.reject(new Error(word.error))
  }
}

/** Starts the application and waits until its page is loaded. */
export async function openDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const app = new DesktopProcess(options)
  let browser: Browser | undefined
  try {
    const { detail } = await app.recorded('browser')
    await app.recorded('show')
    browser = await chromium.connectOverCDP(String(detail), { timeout: LIMIT_MS })
    const page = browser
      .contexts()[0]
      ?.pages()
      .find((one) => one.url().startsWith('https://'))
    if (!page) throw new Error(`the window has no page\n${app.output}`)
    const connected = browser
    return {
      page,
      home: app.home,
      records: app.records,
      exit: app.exit,
      act: (name, ...args) => app.act(name, ...args),
      recorded: (what, fits) => app.recorded(what, fits),
      quit: () => app.quit(),
      async dispose() {
        await connected.close().catch(() => undefined)
        await app.dispose()
      },
    }
  } catch (error) {
    await browser?.close().catch(() => undefined)
    await app.dispose()
    throw error
  }
}
