/** The application menu: what every desktop program has, and the lab's own entries, which the screen carries out. */
import { app, type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import type { MenuChoice } from '../../contract/bridge.ts'
import { channels } from './words.ts'

export function setMenu(current: () => BrowserWindow | undefined): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template((choice) => current()?.webContents.send(channels.menu, choice))))
}

export function template(choose: (choice: MenuChoice) => void, platform = process.platform): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const entry = (label: string, choice: MenuChoice, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => choose(choice),
    ...(accelerator ? { accelerator } : {}),
  })
  return [
    ...(mac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        entry('New Run', 'new-run', 'CmdOrCtrl+N'),
        entry('Run Library', 'library', 'CmdOrCtrl+L'),
        { type: 'separator' },
        entry('Import Run …', 'import', 'CmdOrCtrl+O'),
        { type: 'separator' },
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        entry('Command Palette', 'palette', 'CmdOrCtrl+K'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : ([{ role: 'reload' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[])),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [entry('Keyboard Shortcuts', 'shortcuts')] },
  ]
}
