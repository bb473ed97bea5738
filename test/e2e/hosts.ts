/**
 * The hosts that the journey is made in: the web host in a browser, the desktop host over the double of Electron's API,
 * and the desktop host in Electron itself where its binary is. Each opens a lab on a data folder and closes it in good order.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { _electron, chromium, type Page } from '@playwright/test'
import { electronBinary, fetchElectron, whyNoWindow } from '../../main/setup/electron.mjs'
import { dist } from '../support/built.ts'
import { chromiumOptions } from '../support/chromium.ts'
import { openDesktop } from '../support/desktop.ts'

export interface OpenLab {
  readonly page: Page
  /** As a person closes it: live runs end in good order. */
  close(): Promise<void>
  /** Whatever is left of it; after a failure, and harmless after a close. */
  kill(): Promise<void>
}

export interface Host {
  readonly name: string
  /** `home` is a folder of the test's own. */
  open(home: string): Promise<OpenLab>
}

const WINDOW = { width: 1280, height: 800 }

export const web: Host = {
  name: 'the web host',
  async open(home) {
    const args = [
      '--enable-source-maps',
      path.join(dist, 'main/web.js'),
      '--port',
      '0',
      '--data',
      path.join(home, 'data'),
      '--no-open',
      '--json',
    ]
    const host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const { url } = JSON.parse(await firstLine(host)) as { url: string }
      const browser = await chromium.launch(chromiumOptions())
      const page = await browser.newPage({ viewport: WINDOW })
      await page.goto(url)
      return {
        page,
        async close() {
          await browser.close()
          await ended(host)
        },
        async kill() {
          await browser.close()
          host.kill('SIGKILL')
        },
      }
    } catch (error) {
      host.kill('SIGKILL')
      throw error
    }
  },
}

export const double: Host = {
  name: "the desktop host over a double of Electron's API",
  async open(home) {
    const desktop = await openDesktop({ home })
    return {
      page: desktop.page as Page,
      async close() {
        const code = await desktop.quit()
        await desktop.dispose()
        if (code !== 0) throw new Error(`the desktop host ended with exit code ${code}`)
      },
      kill: () => desktop.dispose(),
    }
  },
}

const electron: Host = {
  name: 'Electron',
  async open(home) {
    const env = { ...(process.env as Record<string, string>), SYNOD_HOME: path.join(home, 'data') }
    const args = [path.resolve(dist, '..'), `--user-data-dir=${path.join(home, 'profile')}`]
    const app = await _electron.launch({ executablePath: electronBinary() ?? '', args, env })
    const page = await app.firstWindow()
    return { page, close: () => app.close(), kill: () => app.close().catch(() => undefined) }
  },
}

/** Electron where it can run; else the reason why not. */
export async function realElectron(): Promise<Host | string> {
  const reason = whyNoWindow() ?? (electronBinary() ? undefined : await fetchElectron())
  return reason ?? electron
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8')
    child.stdout?.on('data', (more: string) => {
      text += more
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('exit', (code) => reject(new Error(`the web host ended with exit code ${code} before it said where it is`)))
  })
}

async function ended(host: ChildProcess): Promise<void> {
  const code = new Promise<number | null>((resolve) => host.once('exit', resolve))
  host.kill('SIGTERM')
  const was = await code
  if (was !== 0) throw new Error(`the web host ended with exit code ${was}`)
}
