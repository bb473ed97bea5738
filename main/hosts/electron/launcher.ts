/** Starts the lab's processes from the engine: asks the main process for each, and knows them by a number until they end. */
import type { NodeLauncher, ProcessHandle, ProcessListeners } from '../../labApi.ts'
import type { FromEngine, ToEngine } from './words.ts'

interface Started {
  readonly listeners: ProcessListeners
  pid: number | undefined
  /** Killed by us: the system's exit code does not tell. */
  killed: boolean
}

export class MainLauncher implements NodeLauncher {
  private readonly tell: (word: FromEngine) => void
  private readonly started = new Map<number, Started>()
  private count = 0

  constructor(tell: (word: FromEngine) => void) {
    this.tell = tell
  }

  start(entry: string, env: Readonly<Record<string, string>>, listeners: ProcessListeners): ProcessHandle {
    const number = ++this.count
    const started: Started = { listeners, pid: undefined, killed: false }
    this.started.set(number, started)
    this.tell({ kind: 'launch', process: number, entry, environment: { ...env } })
    return {
      get pid() {
        return started.pid
      },
      send: (message) => {
        if (this.started.has(number)) this.tell({ kind: 'tell', process: number, message })
      },
      kill: (signal) => this.started.has(number) && signalTo(started, signal),
    }
  }

  /** What the main process says of the processes. */
  hear(word: Exclude<ToEngine, { kind: 'connect' | 'close' }>): void {
    const started = this.started.get(word.process)
    if (!started) return
    switch (word.kind) {
      case 'spawned':
        started.pid = word.pid
        if (started.killed) signalTo(started, 'SIGKILL') // asked for before it had a pid
        return
      case 'said':
        return started.listeners.onMessage(word.message)
      case 'printed':
        return started.listeners.onLine(word.stream, word.line)
      case 'exited':
        this.started.delete(word.process)
        return started.listeners.onExit(
          started.killed ? { code: null, signal: 'SIGKILL' } : { code: word.code, signal: null },
          word.problem,
        )
      default:
        word satisfies never
    }
  }
}

function signalTo(started: Started, signal: NodeJS.Signals): boolean {
  if (signal === 'SIGKILL') started.killed = true
  if (started.pid === undefined) return signal === 'SIGKILL'
  try {
    return process.kill(started.pid, signal)
  } catch {
    return false // gone, or a signal that this system does not have
  }
}
