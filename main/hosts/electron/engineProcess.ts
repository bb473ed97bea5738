/**
 * The engine as the main process sees it: a utility process of its own, so that no work of the lab ever holds up the
 * window. It gets a message port for each window, and has the lab's processes started here on its behalf, because only
 * the main process can start utility processes. If it dies it is started again; what was recorded is on disk.
 */
import path from 'node:path'
import { MessageChannelMain, type UtilityProcess, utilityProcess, type WebContents } from 'electron'
import type { LabFailure } from '../../contract/errors.ts'
import { isOurProgram, startProcess } from './processes.ts'
import { channels, type FromEngine, type ToEngine } from './words.ts'

export interface EngineOptions {
  /** The folder with everything built. */
  readonly dist: string
  /** The lab could not be opened: a broken disk, a second lab on the same library. */
  readonly onFailure: (failure: LabFailure) => void
  /** The engine ended by itself so soon after it began that another try would be pointless. */
  readonly onGivenUp: (code: number) => void
}

/** An engine that ends more often than this within a minute is not started again. */
const RESTARTS = 3
const MINUTE_MS = 60_000
/** An engine that has not ended so long after it was asked to is stuck: the run's file is whole up to its last commit. */
const CLOSE_MS = 15_000

export class EngineProcess {
  private readonly options: EngineOptions
  private child: UtilityProcess | undefined
  private ended: Promise<void> = Promise.resolve()
  private isReady = false
  private closing = false
  /** Windows that asked for a port. */
  private readonly windows = new Set<WebContents>()
  private readonly processes = new Map<number, UtilityProcess>()
  private endings: number[] = []

  constructor(options: EngineOptions) {
    this.options = options
  }

  /** Once the app is ready. */
  start(): void {
    const child = utilityProcess.fork(path.join(this.options.dist, 'main', 'engine.js'), [], {
      serviceName: 'Synod engine',
      stdio: 'inherit',
    })
    this.child = child
    child.on('message', (word: FromEngine) => this.hear(word))
    this.ended = new Promise((resolve) => {
      child.once('exit', (code) => {
        this.onExit(code)
        resolve()
      })
    })
  }

  /** Gives a window its port, now or as soon as the engine is ready, and a new one after a restart. */
  connect(window: WebContents): void {
    if (!this.windows.has(window)) window.once('destroyed', () => this.windows.delete(window))
    this.windows.add(window)
    if (this.isReady) this.givePort(window)
  }

  /** Ends live runs in good order, then the engine. Resolves when it has ended. */
  async close(): Promise<void> {
    this.closing = true
    if (this.child) this.tell({ kind: 'close' })
    const stuck = setTimeout(() => this.child?.pid && process.kill(this.child.pid, 'SIGKILL'), CLOSE_MS)
    await this.ended
    clearTimeout(stuck)
  }

  private hear(word: FromEngine): void {
    switch (word.kind) {
      case 'ready':
        this.isReady = true
        for (const window of this.windows) this.givePort(window)
        return
      case 'failed':
        this.closing = true
        this.options.onFailure(word.failure)
        return
      case 'trouble':
        console.error(`synod: ${word.text}`)
        return
      case 'launch':
        this.launch(word)
        return
      case 'tell':
        this.processes.get(word.process)?.postMessage(word.message)
        return
      default:
        word satisfies never
    }
  }

  private launch(word: Extract<FromEngine, { kind: 'launch' }>): void {
    const { process: number, entry, environment } = word
    if (!isOurProgram(this.options.dist, entry)) {
      this.tell({ kind: 'exited', process: number, code: -1, problem: `${entry} is no program of the lab` })
      return
    }
    const started = startProcess(entry, environment, (report) => {
      if (report.kind === 'exited') this.processes.delete(number)
      this.tell({ ...report, process: number })
    })
    this.processes.set(number, started)
  }

  private givePort(window: WebContents): void {
    const { port1, port2 } = new MessageChannelMain()
    this.child?.postMessage({ kind: 'connect' } satisfies ToEngine, [port1])
    window.postMessage(channels.port, null, [port2])
  }

  private onExit(code: number): void {
    this.child = undefined
    this.isReady = false
    for (const process of this.processes.values()) process.kill() // they would notice within two seconds by themselves
    this.processes.clear()
    for (const window of this.windows) window.send(channels.lost)
    if (this.closing) return
    const now = Date.now()
    this.endings = [...this.endings.filter((at) => now - at < MINUTE_MS), now]
    if (this.endings.length > RESTARTS) this.options.onGivenUp(code)
    else this.start()
  }

  private tell(word: ToEngine): void {
    this.child?.postMessage(word)
  }
}
