/** What stands in for the module `electron` in the main process. */
export { app } from './app.ts'
export { ipcMain } from './ipc.ts'
export { MessageChannelMain } from './ports.ts'
export { dialog, Menu, nativeTheme, protocol, screen, session, shell } from './system.ts'
export { utilityProcess } from './utility.ts'
export { BrowserWindow } from './window.ts'
