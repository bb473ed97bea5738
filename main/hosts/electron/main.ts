/** The lab on the desktop: a thin shell round the engine. One window, the menu, the dialogs, the bundled pages and the rules of what a page may not do. */
import path from 'node:path'
import { app, type BrowserWindow, ipcMain, session } from 'electron'
import { answerDialogs, tellTrouble } from './dialogs.ts'
import { EngineProcess } from './engineProcess.ts'
import { setMenu } from './menu.ts'
import { registerScheme, serveBundle } from './protocol.ts'
import { guardSession, isTrusted } from './security.ts'
import { openWindow } from './window.ts'
import { channels } from './words.ts'

const dist = path.resolve(import.meta.dirname, '..')
let window: BrowserWindow | undefined
let engine: EngineProcess | undefined
let closed = false

app.setName('Synod')
app.enableSandbox()
registerScheme()
if (app.requestSingleInstanceLock()) begin()
else app.quit() // the lab that is open comes to the front instead

function begin(): void {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void end()
  })
  app
    .whenReady()
    .then(open)
    .catch((error: unknown) => {
      console.error(error)
      app.exit(3)
    })
}

function open(): void {
  serveBundle(path.join(dist, 'renderer'))
  guardSession(session.defaultSession)
  setMenu(() => window)
  answerDialogs(() => window)
  engine = new EngineProcess({
    dist,
    onFailure: (failure) => void giveUp(failure.message, failure.hint ?? ''),
    onGivenUp: (code) =>
      void giveUp('The engine of the lab ends again and again.', `It ended with code ${code}. What was recorded is kept.`),
  })
  ipcMain.on(channels.connect, (event) => {
    if (isTrusted(event.senderFrame)) engine?.connect(event.sender)
  })
  engine.start()
  window = openWindow(dist)
  window.once('closed', () => {
    window = undefined
  })
}

async function giveUp(message: string, detail: string): Promise<void> {
  await tellTrouble(window, message, detail)
  process.exitCode = 3
  app.quit()
}

/** Live runs end in good order before the app does. */
async function end(): Promise<void> {
  if (closed) return
  await engine?.close()
  closed = true
  app.quit()
}
