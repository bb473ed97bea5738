/** The system's own dialogs: choosing a run file to open, and where to save one. */
import { type BrowserWindow, dialog, ipcMain } from 'electron'
import { z } from 'zod'
import { isTrusted } from './security.ts'
import { channels } from './words.ts'

const all = { name: 'All files', extensions: ['*'] }
const opened = [{ name: 'Runs and logs', extensions: ['synod', 'ndjson', 'jsonl', 'log', 'txt'] }, all]
/** By the ending of the suggested name, which the system would add otherwise. */
const saved = (suggestion: string) => {
  const extension = /\.([A-Za-z0-9]+)$/.exec(suggestion)?.[1] ?? 'synod'
  return [{ name: `*.${extension}`, extensions: [extension] }, all]
}
const request = z.tuple([z.enum(['open', 'save']), z.string().max(255)])

export function answerDialogs(current: () => BrowserWindow | undefined): void {
  ipcMain.handle(channels.choosePath, async (event, ...asked: unknown[]): Promise<string | undefined> => {
    const window = current()
    if (!window || !isTrusted(event.senderFrame)) throw new Error('refused')
    const [purpose, suggestion] = request.parse(asked)
    if (purpose === 'open') {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: 'Import a run',
        properties: ['openFile'],
        filters: opened,
      })
      return canceled ? undefined : filePaths[0]
    }
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Export the run',
      defaultPath: suggestion,
      filters: saved(suggestion),
    })
    return canceled || filePath === '' ? undefined : filePath
  })
}

/** Something that the person must know before the lab can go on; resolves when they have read it. */
export async function tellTrouble(window: BrowserWindow | undefined, message: string, detail: string): Promise<void> {
  const options = { type: 'error' as const, title: 'Synod', message, detail, buttons: ['OK'] }
  if (window) await dialog.showMessageBox(window, options)
  else await dialog.showMessageBox(options)
}
