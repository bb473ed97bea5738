/**
 * Processes started before it is known what they are to be: their programs are loaded and wait for settings. Whoever starts a
 * process is given one of them where there is one, and else a new one. So a cluster that is about to be wanted is up while what it is to
 * go on from is still being worked out.
 */
import { LATER, SETTINGS_VARIABLE } from '../contract/process.ts'
import type { NodeLauncher, ProcessHandle, ProcessListeners } from './launcher.ts'

/** What nobody takes for so long is ended. */
const KEPT_MS = 120_000

interface Spare {
  readonly handle: ProcessHandle
  /** Of whoever took it. */
  listeners: ProcessListeners | undefined
}

export class SpareProcesses implements NodeLauncher {
  readonly #launcher: NodeLauncher
  readonly #spare = new Map<string, Set<Spare>>()
  #timer: NodeJS.Timeout | undefined

  constructor(launcher: NodeLauncher) {
    this.#launcher = launcher
  }

  /** How many wait. */
  get count(): number {
    return [...this.#spare.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Sees to it that `count` of this program wait. */
  prepare(entry: string, count: number): void {
    const waiting = this.#spare.get(entry) ?? new Set()
    this.#spare.set(entry, waiting)
    while (waiting.size < count) this.#startOne(entry, waiting)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(), KEPT_MS)
    this.#timer.unref()
  }

  start(entry: string, env: { readonly [name: string]: string }, listeners: ProcessListeners): ProcessHandle {
    const waiting = this.#spare.get(entry)
    const [spare] = waiting ?? []
    const settings = env[SETTINGS_VARIABLE]
    if (!spare || settings === undefined) return this.#launcher.start(entry, env, listeners)
    waiting?.delete(spare)
    spare.listeners = listeners
    spare.handle.send({ kind: 'be', settings })
    return spare.handle
  }

  /** Ends those that nobody took. */
  close(): void {
    clearTimeout(this.#timer)
    for (const waiting of this.#spare.values()) for (const { handle } of waiting) handle.kill('SIGKILL')
    this.#spare.clear()
  }

  #startOne(entry: string, waiting: Set<Spare>): void {
    // One that ends before it is taken is none; why it ended, whoever starts the next one hears.
    const spare: Spare = {
      handle: this.#launcher.start(
        entry,
        { [SETTINGS_VARIABLE]: LATER },
        {
          onMessage: (message) => spare.listeners?.onMessage(message),
          onLine: (stream, line) => spare.listeners?.onLine(stream, line),
          onExit: (exit, problem) => {
            waiting.delete(spare)
            spare.listeners?.onExit(exit, problem)
          },
        },
      ),
      listeners: undefined,
    }
    waiting.add(spare)
  }
}
