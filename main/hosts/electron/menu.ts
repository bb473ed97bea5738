/** The application menu: what every desktop program has, and the lab's own commands, which the screen carries out under the ids of its command palette. */
import { app, type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import { channels } from './words.ts'

export function setMenu(current: () => BrowserWindow | undefined): void {
  const choose = (command: string): void => current()?.webContents.send(channels.menu, command)
  Menu.setApplicationMenu(Menu.buildFromTemplate(template({ choose, platform: process.platform, isPackaged: app.isPackaged })))
}

interface Place {
  readonly choose: (command: string) => void
  readonly platform: NodeJS.Platform
  readonly isPackaged: boolean
}

export function template({ choose, platform, isPackaged }: Place): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const entry = (label: string, command: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => choose(command),
    ...(accelerator ? { accelerator } : {}),
  })
  /** Shown beside its key, which the screen itself listens to. */
  const keyed = (label: string, command: string, accelerator: string): MenuItemConstructorOptions => ({
    ...entry(label, command, accelerator),
    registerAccelerator: false,
  })
  const line: MenuItemConstructorOptions = { type: 'separator' }
  return [
    ...(mac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        entry('New Run', 'run.close', 'CmdOrCtrl+N'),
        entry('Run Library', 'view.library', 'CmdOrCtrl+L'),
        line,
        entry('Import Run …', 'library.import', 'CmdOrCtrl+O'),
        entry('Export Run …', 'library.export.synod', 'CmdOrCtrl+S'),
        line,
        entry('Stop Recording', 'run.stop'),
        line,
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        keyed('Command Palette', 'help.palette', 'CmdOrCtrl+K'),
        entry('Light or Dark', 'view.theme'),
        entry('Reset the Layout', 'view.resetLayout'),
        line,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        line,
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : ([{ role: 'reload' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[])),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [entry('Keyboard Shortcuts', 'help.keys')] },
  ]
}
