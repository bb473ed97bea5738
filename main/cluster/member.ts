/** One process of a run through its lives: started, spoken to, ended, and what became of it. Knows nothing of what it runs. */
import { LabError } from '../contract/errors.ts'
import type { FromProcess, ToProcess } from '../contract/process.ts'
import type { NodeLauncher, ProcessExit, ProcessHandle } from './launcher.ts'

export interface MemberOptions {
  /** For people: `n1`, `clients`. */
  readonly name: string
  readonly entry: string
  readonly launcher: NodeLauncher
  /** Lives that it had before, in another run. */
  readonly lives?: number
  /** The environment of a life. */
  environment(life: number): { readonly [name: string]: string }
  /** Anything but `ready` and `fatal`. */
  onMessage(message: FromProcess): void
  onLine(stream: 'out' | 'err', line: string): void
  /** It ended after it was up. Not called for a life that never came up: its start rejects. */
  onEnd(life: number, end: End): void
}

export interface End {
  /** Somebody wanted it to end. */
  readonly asked: boolean
  readonly reason: string
  readonly hint: string | undefined
}

export interface Up {
  readonly pid: number
  readonly life: number
  readonly port: number
}

/** A process that is not ready by then never will be. */
const READY_MS = 30_000

export class Member {
  readonly name: string
  readonly #options: MemberOptions
  #life = 0
  #handle: ProcessHandle | undefined
  #why: string | undefined
  #fatal: Extract<FromProcess, { kind: 'fatal' }> | undefined
  #onEnded: (() => void)[] = []

  constructor(options: MemberOptions) {
    this.name = options.name
    this.#options = options
    this.#life = options.lives ?? 0
  }

  /** Counts the starts. */
  get life(): number {
    return this.#life
  }

  get isRunning(): boolean {
    return this.#handle !== undefined
  }

  get pid(): number | undefined {
    return this.#handle?.pid
  }

  /** Begins the next life. Resolves when the process is ready; rejects with the reason when it ends before. */
  start(): Promise<Up> {
    this.#life += 1
    const life = this.#life
    this.#why = undefined
    this.#fatal = undefined
    return new Promise((resolve, reject) => {
      let isUp = false
      const timer = setTimeout(() => this.kill('it was not ready in time'), READY_MS)
      const ended = (exit: ProcessExit, problem?: string) => {
        clearTimeout(timer)
        this.#handle = undefined
        const end = this.#end(exit, problem)
        for (const done of this.#onEnded.splice(0)) done()
        if (isUp) this.#options.onEnd(life, end)
        else reject(new StartFailure(end))
      }
      this.#handle = this.#options.launcher.start(this.#options.entry, this.#options.environment(life), {
        onMessage: (message) => {
          if (message.kind === 'fatal') this.#fatal = message
          else if (message.kind !== 'ready') this.#options.onMessage(message)
          else if (!isUp) {
            isUp = true
            clearTimeout(timer)
            resolve({ pid: this.#handle?.pid ?? 0, life, port: message.port })
          }
        },
        onLine: (stream, line) => this.#options.onLine(stream, line),
        onExit: ended,
      })
    })
  }

  send(message: ToProcess): void {
    this.#handle?.send(message)
  }

  /** False when it is not running, or the system has no such signal. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): boolean {
    return this.#handle?.kill(signal) ?? false
  }

  /** Ends the process at once. `why` is what its end will be put down to. Resolves when it has ended. */
  kill(why: string): Promise<void> {
    if (!this.#handle) return Promise.resolve()
    this.#why = why
    this.#handle.kill('SIGKILL')
    return this.#ended()
  }

  /** Asks the process to end, and ends it when it has not after a while. Resolves when it has ended. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#handle) return
    this.#why = 'the run ended'
    const ended = this.#ended()
    const timer = setTimeout(() => this.#handle?.kill('SIGKILL'), graceMs)
    this.send({ kind: 'stop' })
    await ended
    clearTimeout(timer)
  }

  #ended(): Promise<void> {
    return new Promise((done) => this.#onEnded.push(done))
  }

  #end({ code, signal }: ProcessExit, problem: string | undefined): End {
    const asked = this.#why !== undefined
    if (this.#fatal && !asked) return { asked, reason: this.#fatal.message, hint: this.#fatal.hint }
    const how =
      problem ?? (signal === null ? `it ended by itself with exit code ${code}` : `something outside Synod ended it with ${signal}`)
    return { asked, reason: this.#why ?? how, hint: undefined }
  }
}

/** A life that ended before it was up. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
  readonly end: End

  constructor(end: End) {
    super(end.reason)
    this.end = end
  }
}

/** What a process that did not come up means to whoever asked for it. */
export function startFailed(what: string, error: unknown): LabError {
  if (!(error instanceof StartFailure)) return new LabError('internal', `${what} could not be started: ${String(error)}`)
  return new LabError('start-failed', `${what} could not be started: ${error.end.reason}`, error.end.hint)
}
