/** The one window. */
import path from 'node:path'
import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import { START } from './protocol.ts'
import { guardContents } from './security.ts'
import { readWindowState, type WindowState, writeWindowState } from './windowState.ts'

/** `dist` is the folder with everything built. */
export function openWindow(dist: string): BrowserWindow {
  const stateFile = path.join(app.getPath('userData'), 'window.json')
  const { maximized, ...bounds } = readWindowState(
    stateFile,
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Synod',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#15171a' : '#fafaf9',
    webPreferences: {
      preload: path.join(dist, 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  })
  guardContents(window.webContents)
  if (maximized) window.maximize()
  window.once('ready-to-show', () => {
    window.show()
    console.log('synod: the window is open')
  })
  window.on('close', () => {
    try {
      writeWindowState(stateFile, stateOf(window))
    } catch (error) {
      console.error(`synod: the window's place was not remembered: ${String(error)}`) // a full disk must not keep the lab open
    }
  })
  window.loadURL(START).catch((error: unknown) => console.error(`synod: ${String(error)}`))
  return window
}

const stateOf = (window: BrowserWindow): WindowState => ({ ...window.getNormalBounds(), maximized: window.isMaximized() })
