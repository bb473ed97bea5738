/** The engine's threads: started by name, and ended, by whom they serve or with the process, only between two pieces of `unbroken` work. */
import { setEnvironmentData, Worker, type WorkerOptions } from 'node:worker_threads'
import { threadProgram } from './index.ts'
import type { threadSources } from './sources.ts'
import { AT_WORK, ENDING, GATE } from './unbroken.ts'

/** Such work takes milliseconds: after so long the thread is no longer at it, having died of something else. */
const PATIENCE_MS = 5000

export function startThread(name: keyof typeof threadSources, options: Omit<WorkerOptions, 'name'> = {}): Thread {
  return new Thread(threadProgram(name), { ...options, name })
}

export class Thread extends Worker {
  readonly #gate: Int32Array<SharedArrayBuffer>

  constructor(program: URL, options: WorkerOptions) {
    const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    setEnvironmentData(GATE, gate as never) // what it is now is given to each new thread
    super(program, options)
    this.#gate = gate
    if (running.size === 0) process.on('exit', standStill)
    running.add(this)
    this.once('exit', () => {
      running.delete(this)
      if (running.size === 0) process.off('exit', standStill)
    })
  }

  override async terminate(): Promise<number> {
    Atomics.or(this.#gate, 0, ENDING)
    await Atomics.waitAsync(this.#gate, 0, AT_WORK | ENDING, PATIENCE_MS).value
    return await super.terminate()
  }

  /** Returns when the process may end: the thread is at no such work, and begins none. */
  standStill(): void {
    Atomics.or(this.#gate, 0, ENDING)
    Atomics.wait(this.#gate, 0, AT_WORK | ENDING, PATIENCE_MS)
  }
}

const running = new Set<Thread>()
const standStill = (): void => {
  for (const thread of running) thread.standStill()
}
