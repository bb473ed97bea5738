/** `app`: from start to quit. */
import { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { act, record } from './control.ts'

const home = process.env.SYNOD_DOUBLE_HOME
if (!home) throw new Error('SYNOD_DOUBLE_HOME must name a folder for the application')

class App extends EventEmitter {
  readonly isPackaged = process.env.SYNOD_DOUBLE_PACKAGED === '1'
  isReady = false
  sandboxed = false
  /** Set by window.ts. */
  closeWindows: () => Promise<void> = async () => undefined
  /** Set by page.ts. */
  launch: () => Promise<void> = async () => undefined
  endBrowser: () => Promise<void> = async () => undefined
  private readonly ready: Promise<void>
  private quitting = false

  constructor() {
    super()
    this.ready = new Promise((resolve, reject) => {
      setImmediate(() => {
        this.launch().then(() => {
          this.isReady = true
          this.emit('ready')
          resolve()
        }, reject)
      })
    })
  }

  setName(name: string): void {
    record('name', name)
  }

  enableSandbox(): void {
    this.mustBeEarly('app.enableSandbox()')
    this.sandboxed = true
  }

  requestSingleInstanceLock(): boolean {
    return process.env.SYNOD_DOUBLE_SECOND !== '1'
  }

  whenReady(): Promise<void> {
    return this.ready
  }

  getPath(name: string): string {
    const folder = path.join(home as string, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  quit(): void {
    if (this.quitting) return
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (prevented) return
    this.quitting = true
    void this.closeWindows()
      .then(() => this.endBrowser())
      .then(() => {
        this.emit('will-quit', { preventDefault() {} })
        this.emit('quit', {}, process.exitCode ?? 0)
        process.exit()
      })
  }

  exit(code = 0): void {
    process.exit(code)
  }

  mustBeEarly(what: string): void {
    if (this.isReady) throw new Error(`${what} must be called before the app is ready`)
  }

  mustBeReady(what: string): void {
    if (!this.isReady) throw new Error(`${what} cannot be used before the app is ready`)
  }
}

export const app = new App()
act('quit', () => app.quit())
act('secondInstance', () => app.emit('second-instance', {}, [], ''))
