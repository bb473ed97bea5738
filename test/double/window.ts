/** `BrowserWindow`: a page of a real Chromium, behind the rules of a window that is well kept. */
import { EventEmitter } from 'node:events'
import type { Frame, Page, Request as PageRequest, Route } from 'playwright-core'
import { app } from './app.ts'
import { act, record } from './control.ts'
import { ipcMain } from './ipc.ts'
import { type FromPage, newPage, preloadScript, type ToPage } from './page.ts'
import type { MessagePortMain } from './ports.ts'
import { handlerOf } from './system.ts'

/** Where a scheme of the app's own is found in a browser that does not know it. */
const outside = (url: string): string => url.replace(/^(\w+):\/\/(\w+)\//, 'https://$2.$1.test/')
const inside = (url: string): string => url.replace(/^https:\/\/(\w+)\.(\w+)\.test\//, '$2://$1/')

interface Options {
  readonly width?: number
  readonly height?: number
  readonly x?: number
  readonly y?: number
  readonly show?: boolean
  readonly webPreferences?: Record<string, unknown> & { readonly preload?: string }
}
type WindowOpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

/** Undefined while the frame, that of a new window, is only being made. */
function frameOf(request: PageRequest): Frame | undefined {
  try {
    return request.frame()
  } catch {
    return undefined
  }
}

const windows = new Set<BrowserWindow>()
let portCount = 0

class WebContents extends EventEmitter {
  readonly mainFrame = { url: '', parent: null }
  private readonly page: Promise<Page>
  private readonly ports = new Map<number, { receive(data: unknown): void; close(): void }>()
  private openHandler: WindowOpenHandler = () => ({ action: 'allow' })
  private queue: Promise<unknown> = Promise.resolve()

  constructor(preload: string | undefined) {
    super()
    this.page = this.prepare(preload)
    this.page.catch((error: unknown) => console.error(error))
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.openHandler = handler
  }

  getURL(): string {
    return this.mainFrame.url
  }

  send(channel: string, ...args: unknown[]): void {
    this.tell({ kind: 'event', channel, args: structuredClone(args), ports: [] })
  }

  postMessage(channel: string, message: unknown, ports: readonly MessagePortMain[] = []): void {
    const ids = ports.map((port) => {
      const id = ++portCount
      const post = (data: unknown) => this.tell({ kind: 'port', port: id, data })
      this.ports.set(
        id,
        port.transfer(post, () => this.tell({ kind: 'closed', port: id })),
      )
      return id
    })
    this.tell({ kind: 'event', channel, args: [structuredClone(message)], ports: ids })
  }

  async load(url: string): Promise<void> {
    const page = await this.page
    this.mainFrame.url = url
    await page.goto(outside(url))
  }

  async close(): Promise<void> {
    for (const port of this.ports.values()) port.close()
    this.emit('destroyed')
    await this.page.then((page) => page.close())
  }

  private async prepare(preload: string | undefined): Promise<Page> {
    const page = await newPage()
    await page.exposeBinding('__toMain', (source, word: FromPage) => this.hear(word, source.frame === page.mainFrame()))
    if (preload) await page.addInitScript({ content: preloadScript(preload) })
    await page.context().route('**/*', (route) => this.route(route, page))
    page.on('console', (message) => record('console', { type: message.type(), text: message.text() }))
    page.on('pageerror', (error) => record('page error', error.message))
    return page
  }

  /** Every request of the page: to a scheme of the app's own, or refused. */
  private async route(route: Route, page: Page): Promise<void> {
    const request = route.request()
    const url = inside(request.url())
    if (request.isNavigationRequest() && frameOf(request)?.page() !== page) return this.onNewWindow(route, url)
    if (request.isNavigationRequest() && url !== this.mainFrame.url && !this.mayNavigate(url, request.frame() === page.mainFrame())) {
      return route.abort('aborted')
    }
    const handler = handlerOf(new URL(url).protocol.slice(0, -1))
    if (!handler) return route.abort('accessdenied')
    const answer = await handler(new Request(url, { method: request.method() }))
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    })
  }

  private mayNavigate(url: string, isMainFrame: boolean): boolean {
    let prevented = false
    const event = { url, isMainFrame, preventDefault: () => (prevented = true) }
    this.emit('will-frame-navigate', event)
    if (isMainFrame) this.emit('will-navigate', event)
    record('navigation', { url, prevented })
    return !prevented
  }

  /** The first page of a window that our page opened: it is never let in, so the window stays empty whatever the handler says. */
  private async onNewWindow(route: Route, url: string): Promise<void> {
    const { action } = this.openHandler({ url })
    record('window open', { url, action })
    await route.abort('aborted')
  }

  private async hear(word: FromPage, isMainFrame: boolean): Promise<unknown> {
    const senderFrame = isMainFrame ? this.mainFrame : { url: this.mainFrame.url, parent: this.mainFrame }
    const event = { sender: this, senderFrame }
    if (word.kind === 'invoke') return await ipcMain.invoke(word.channel, event, word.args)
    if (word.kind === 'send') ipcMain.emit(word.channel, event, ...word.args)
    else if (word.kind === 'port') this.ports.get(word.port)?.receive(word.data)
    else this.ports.get(word.port)?.close()
    return undefined
  }

  /** One after the other, as over one pipe. */
  private tell(word: ToPage): void {
    this.queue = this.queue
      .then(async () => {
        const page = await this.page
        await page.evaluate((given) => (window as unknown as { __fromMain(word: unknown): void }).__fromMain(given), word as never)
      })
      .catch((error: Error) => {
        if (!/closed|destroyed/.test(error.message)) record('page error', error.message)
      })
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  private readonly bounds: { x: number; y: number; width: number; height: number }
  private maximized = false

  constructor(options: Options = {}) {
    super()
    app.mustBeReady('BrowserWindow')
    const preferences = options.webPreferences ?? {}
    for (const [name, good] of [
      ['sandbox', true],
      ['contextIsolation', true],
      ['nodeIntegration', false],
      ['webSecurity', true],
    ] as const) {
      if (name in preferences && preferences[name] !== good)
        throw new Error(`a window with ${name}: ${String(preferences[name])} is refused`)
    }
    if (!app.sandboxed) throw new Error('app.enableSandbox() was not called')
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.bounds = { x, y, width, height }
    this.webContents = new WebContents(preferences.preload)
    windows.add(this)
    record('window', { ...this.bounds, webPreferences: preferences })
  }

  async loadURL(url: string): Promise<void> {
    if (!handlerOf(new URL(url).protocol.slice(0, -1))) throw new Error(`ERR_UNKNOWN_URL_SCHEME (-302) loading '${url}'`)
    await this.webContents.load(url)
    this.emit('ready-to-show')
  }

  loadFile(): never {
    throw new Error('loadFile is refused: pages come from a scheme of our own')
  }

  show(): void {
    record('show')
  }

  focus(): void {
    record('focus')
  }

  maximize(): void {
    this.maximized = true
    record('maximize')
  }

  isMaximized(): boolean {
    return this.maximized
  }

  isMinimized(): boolean {
    return false
  }

  restore(): void {}

  getNormalBounds() {
    return this.bounds
  }

  moveTo(x: number, y: number, width: number, height: number): void {
    Object.assign(this.bounds, { x, y, width, height })
  }

  async close(): Promise<void> {
    this.emit('close', { preventDefault() {} })
    windows.delete(this)
    await this.webContents.close()
    this.emit('closed')
  }
}

app.closeWindows = async () => {
  for (const window of windows) await window.close()
}
const first = (): BrowserWindow => {
  const [window] = windows
  if (!window) throw new Error('there is no window')
  return window
}
act('moveWindow', (x: number, y: number, width: number, height: number) => first().moveTo(x, y, width, height))
act('closeWindow', async () => {
  await first().close()
  if (windows.size === 0) app.emit('window-all-closed')
})
