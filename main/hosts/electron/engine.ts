/** The engine's own process under Electron: it holds the lab, speaks with each window over a message port, and has its processes started by the main process. */
import { LabError } from '../../contract/errors.ts'
import { createLab, defaultDataFolder } from '../../lab.ts'
import type { Lab } from '../../labApi.ts'
import { MainLauncher } from './launcher.ts'
import { serveWindow } from './windowPort.ts'
import type { FromEngine, ToEngine } from './words.ts'

const main = process.parentPort
const tell = (word: FromEngine): void => main.postMessage(word)
const launcher = new MainLauncher(tell)
const lab = open()
// Ctrl-C and a terminal that closes reach the whole group: the main process asks us to end, once it has heard of it
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)

main.on('message', ({ data, ports }) => {
  const word = data as ToEngine
  switch (word.kind) {
    case 'connect': {
      const port = ports[0]
      if (port) void lab.then((opened) => serveWindow(opened, port))
      return
    }
    case 'close':
      void close()
      return
    default:
      launcher.hear(word)
  }
})

async function open(): Promise<Lab> {
  try {
    const dataFolder = defaultDataFolder()
    const opened = await createLab({ dataFolder, host: 'electron', launcher, onTrouble: (text) => tell({ kind: 'trouble', text }) })
    tell({ kind: 'ready' })
    return opened
  } catch (error) {
    const failure =
      error instanceof LabError ? error.toFailure() : { code: 'internal' as const, message: String((error as Error)?.message ?? error) }
    tell({ kind: 'failed', failure })
    return new Promise(() => undefined) // the main process shows the failure and ends us
  }
}

async function close(): Promise<void> {
  const opened = await Promise.race([lab, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))])
  await opened?.close().catch((error: unknown) => tell({ kind: 'trouble', text: String(error) }))
  process.exit(0)
}
