/** The system's own dialogs: choosing a run file to open, and where to save one. */
import { type BrowserWindow, dialog, ipcMain } from 'electron'
import { z } from 'zod'
import { isTrusted } from './security.ts'
import { channels } from './words.ts'

const filters = [
  { name: 'Synod runs', extensions: ['synod'] },
  { name: 'All files', extensions: ['*'] },
]
const request = z.tuple([z.enum(['open', 'save']), z.string().max(255)])

export function answerDialogs(current: () => BrowserWindow | undefined): void {
  ipcMain.handle(channels.choosePath, async (event, ...asked: unknown[]): Promise<string | undefined> => {
    const window = current()
    if (!window || !isTrusted(event.senderFrame)) throw new Error('refused')
    const [purpose, suggestion] = request.parse(asked)
    if (purpose === 'open') {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, { title: 'Import a run', properties: ['openFile'], filters })
      return canceled ? undefined : filePaths[0]
    }
    const { canceled, filePath } = await dialog.showSaveDialog(window, { title: 'Export the run', defaultPath: suggestion, filters })
    return canceled || filePath === '' ? undefined : filePath
  })
}

/** Something that the person must know before the lab can go on; resolves when they have read it. */
export async function tellTrouble(window: BrowserWindow | undefined, message: string, detail: string): Promise<void> {
  const options = { type: 'error' as const, title: 'Synod', message, detail, buttons: ['OK'] }
  if (window) await dialog.showMessageBox(window, options)
  else await dialog.showMessageBox(options)
}
