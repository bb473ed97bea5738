/** Starts processes with child_process.fork: under plain Node, that is in the web host, the command line and tests. */
import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type FromProcess, LEAN } from '../contract/process.ts'
import type { NodeLauncher, ProcessListeners } from './launcher.ts'

/** Names of the engine's environment that a child needs from it: where things are, nothing about what the engine does. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG', 'NODE_COMPILE_CACHE']

export function forkLauncher(): NodeLauncher {
  return {
    start(entry, env, listeners) {
      const child = fork(entry, [], {
        env: { ...passedOn(), ...LEAN, ...env },
        execArgv: [],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'json',
      })
      child.on('message', (message) => listeners.onMessage(message as FromProcess))
      child.on('error', () => {}) // a send to a process that has just gone; its exit says the rest
      watchEnd(child, listeners)
      return {
        get pid() {
          return child.pid
        },
        send(message) {
          if (child.connected) child.send(message, () => {})
        },
        kill: (signal) => kill(child, signal),
      }
    },
  }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): boolean {
  try {
    return child.kill(signal)
  } catch {
    return false // a signal that this system does not have
  }
}

/** `close` follows `exit` once both pipes are drained, so that every line comes before the end. */
function watchEnd(child: ChildProcess, listeners: ProcessListeners): void {
  lines(child.stdout, (line) => listeners.onLine('out', line))
  lines(child.stderr, (line) => listeners.onLine('err', line))
  let problem: string | undefined
  child.once('error', (error) => {
    if (child.pid === undefined) problem = error.message
  })
  child.once('close', (code, signal) => listeners.onExit({ code, signal }, problem))
}

function lines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
}

function passedOn(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of PASSED_ON) if (process.env[name] !== undefined) env[name] = process.env[name]
  return env
}
