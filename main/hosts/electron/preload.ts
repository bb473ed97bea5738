/** The bridge between the window and the engine: a few named functions, never Electron's own objects. Runs sandboxed, before the page. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge, BridgeAnswer, BridgeConnection } from '../../contract/bridge.ts'
import type { Change } from '../../contract/stream.ts'
import { channels, type FromWindow, type ToWindow } from './words.ts'

const changeListeners = new Set<(change: Change) => void>()
const connectionListeners = new Set<(connection: BridgeConnection) => void>()
const menuListeners = new Set<(command: string) => void>()
const waiting = new Map<number, (answer: BridgeAnswer) => void>()
/** Calls made before there is a port. */
const early: FromWindow[] = []

let port: MessagePort | undefined
let connection: BridgeConnection = 'connecting'
let calls = 0

ipcRenderer.on(channels.port, (event) => {
  port?.close()
  port = event.ports[0]
  if (!port) return
  port.onmessage = (message: MessageEvent<ToWindow>) => hear(message.data)
  for (const word of early.splice(0)) port.postMessage(word)
  tellConnection('open')
})

ipcRenderer.on(channels.lost, () => {
  port?.close()
  port = undefined
  const failure = {
    code: 'internal',
    message: 'The engine of the lab has ended.',
    hint: 'What was recorded is kept; open the run in the library.',
  } as const
  for (const answer of waiting.values()) answer({ ok: false, failure })
  waiting.clear()
  early.length = 0
  tellConnection('lost')
})

ipcRenderer.on(channels.menu, (_event, command: string) => {
  for (const listener of menuListeners) listener(command)
})

function hear(word: ToWindow): void {
  if ('change' in word) {
    port?.postMessage({ seen: true } satisfies FromWindow)
    for (const listener of changeListeners) listener(word.change)
    return
  }
  const answer = waiting.get(word.id)
  waiting.delete(word.id)
  answer?.(word.ok ? { ok: true, response: word.response } : { ok: false, failure: word.failure })
}

function tellConnection(now: BridgeConnection): void {
  connection = now
  for (const listener of connectionListeners) listener(connection)
}

function listen<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const bridge: Bridge = {
  call(command, request) {
    const word: FromWindow = { id: ++calls, command, request }
    return new Promise((resolve) => {
      if (port)
        port.postMessage(word) // throws, and so rejects, what cannot be cloned
      else early.push(word)
      waiting.set(word.id, resolve)
    })
  },
  onChange: (listener) => listen(changeListeners, listener),
  onConnection(listener) {
    listener(connection)
    return listen(connectionListeners, listener)
  },
  onMenu: (listener) => listen(menuListeners, listener),
  choosePath: (purpose, suggestion) => ipcRenderer.invoke(channels.choosePath, purpose, suggestion) as Promise<string | undefined>,
  pathOf: (file) => webUtils.getPathForFile(file),
}

contextBridge.exposeInMainWorld('synod', bridge)
ipcRenderer.send(channels.connect)
