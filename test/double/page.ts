/** The renderer's side: the browser, and in its page the module `electron` as a sandboxed preload script finds it. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumOptions } from '../support/chromium.ts'
import { app } from './app.ts'
import { record } from './control.ts'

let context: BrowserContext | undefined

app.launch = async () => {
  const profile = app.getPath('browser')
  const { args = [], ...options } = chromiumOptions()
  context = await chromium.launchPersistentContext(profile, {
    ...options,
    args: [...args, '--remote-debugging-port=0'],
    viewport: { width: 1280, height: 800 },
  })
  const [port = '', place = ''] = readFileSync(path.join(profile, 'DevToolsActivePort'), 'utf8').split('\n')
  record('browser', `ws://127.0.0.1:${port}${place}`)
}
app.endBrowser = async () => {
  await context?.close()
}

/** An empty page of the browser's own window. */
export async function newPage(): Promise<Page> {
  if (!context) throw new Error('the app is not ready')
  const blank = context.pages().find((page) => page.url() === 'about:blank')
  return blank ?? (await context.newPage())
}

/** From main to page. */
export type ToPage =
  | { kind: 'event'; channel: string; args: unknown[]; ports: number[] }
  | { kind: 'port'; port: number; data: unknown }
  | { kind: 'closed'; port: number }

/** From page to main. */
export type FromPage =
  | { kind: 'send'; channel: string; args: unknown[] }
  | { kind: 'invoke'; channel: string; args: unknown[] }
  | { kind: 'port'; port: number; data: unknown }
  | { kind: 'close'; port: number }

/** The script that runs before the page's own: the preload's text inside a module wrapper. */
export function preloadScript(file: string): string {
  const text = readFileSync(file, 'utf8')
  return `if (window === window.top && location.protocol !== 'about:') {
  const require = (${electronOfPreload.toString()})();
  (function (require, module, exports) {${text}\n})(require, { exports: {} }, {});
}`
}

/** Runs in the page. */
function electronOfPreload() {
  interface Doors {
    __toMain(word: FromPage): Promise<unknown>
    __fromMain(word: ToPage): void
  }
  const doors = window as unknown as Doors
  const toMain = doors.__toMain
  const listeners = new Map<string, Set<(event: unknown, ...args: unknown[]) => void>>()
  const ports = new Map<number, MessagePort>()
  const later = new Map<number, unknown[]>()

  doors.__fromMain = (word) => {
    if (word.kind === 'port') {
      const port = ports.get(word.port)
      if (port) port.postMessage(word.data)
      else later.set(word.port, [...(later.get(word.port) ?? []), word.data])
      return
    }
    if (word.kind === 'closed') return ports.get(word.port)?.close()
    const given = word.ports.map((id) => {
      const { port1, port2 } = new MessageChannel()
      ports.set(id, port2)
      port2.onmessage = (event) => void toMain({ kind: 'port', port: id, data: event.data })
      for (const data of later.get(id) ?? []) port2.postMessage(data)
      return port1
    })
    for (const listener of listeners.get(word.channel) ?? []) listener({ ports: given, sender: null }, ...word.args)
  }

  const ipcRenderer = {
    on(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      const known = listeners.get(channel) ?? new Set()
      listeners.set(channel, known.add(listener))
      return ipcRenderer
    },
    send: (channel: string, ...args: unknown[]) => void toMain({ kind: 'send', channel, args: structuredClone(args) }),
    invoke: (channel: string, ...args: unknown[]) => toMain({ kind: 'invoke', channel, args: structuredClone(args) }),
  }

  /** What crosses between the two worlds is copied and frozen; functions are wrapped, so that their arguments are copied too. */
  const across = (value: unknown): unknown => {
    if (typeof value === 'function') return (...args: unknown[]) => across(value(...args.map(across)))
    if (value instanceof Promise)
      return value.then(across, (error: unknown) => {
        throw new Error(error instanceof Error ? error.message : String(error)) // all that Electron keeps of it
      })
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(across)
    const proto = Object.getPrototypeOf(value)
    if (proto !== Object.prototype && proto !== null) return structuredClone(value)
    if (!Object.values(value).some((part) => typeof part === 'function')) return structuredClone(value)
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, across(part)])))
  }

  const contextBridge = {
    exposeInMainWorld(name: string, api: unknown) {
      if (api === ipcRenderer) throw new Error('ipcRenderer itself must not be given to a page')
      Object.defineProperty(window, name, { value: across(api), writable: false })
    },
  }
  return (name: string) => {
    if (name !== 'electron') throw new Error(`module not found: ${name} (a sandboxed preload script has only electron)`)
    return { contextBridge, ipcRenderer }
  }
}
