/**
 * How a process of a run is started: one small interface, because a plain fork is closed to a packaged Electron, whose
 * main process starts children on the engine's behalf. Process ids are real either way, so kill and stop are too.
 */
import type { FromProcess, ToProcess } from '../contract/process.ts'

export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface ProcessListeners {
  onMessage(message: FromProcess): void
  /** A whole line, without its end, that the process wrote. */
  onLine(stream: 'out' | 'err', line: string): void
  /** Called once, after the last message and the last line. `problem` says why it could not even be started. */
  onExit(exit: ProcessExit, problem?: string): void
}

export interface ProcessHandle {
  /** Undefined until the system has given one. It is known when the process first speaks. */
  readonly pid: number | undefined
  /** Goes nowhere when the process is gone. */
  send(message: ToProcess): void
  /** False when the process is gone or the system has no such signal. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean
}

export interface NodeLauncher {
  /** Starts the program at `entry` with `env` added to a small environment. Never throws: a failure is an exit with a problem. */
  start(entry: string, env: { readonly [name: string]: string }, listeners: ProcessListeners): ProcessHandle
}
