/**
 * A thread started before it is known what it is to do: its programs are loaded and it waits for its first word, which says what. So what is
 * about to be wanted does not wait for it.
 */
import type { Worker } from 'node:worker_threads'

/** What nobody takes for so long is ended. */
const KEPT_MS = 120_000

export class SpareThread {
  readonly #start: () => Worker
  #waiting: Worker | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(start: () => Worker) {
    this.#start = start
  }

  /** Sees to it that one waits. */
  prepare(): void {
    if (!this.#waiting) {
      const worker = this.#start()
      worker.unref()
      // One that ends before it is taken is none; why it ended, whoever starts the next one hears.
      const gone = () => {
        if (this.#waiting === worker) this.#waiting = undefined
      }
      worker.once('exit', gone).once('error', gone)
      this.#waiting = worker
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(), KEPT_MS)
    this.#timer.unref()
  }

  /** The one that waits, or else a new one. */
  take(): Worker {
    clearTimeout(this.#timer)
    const worker = this.#waiting ?? this.#start()
    this.#waiting = undefined
    worker.ref()
    return worker
  }

  /** Ends the one that nobody took. */
  close(): void {
    clearTimeout(this.#timer)
    void this.#waiting?.terminate()
    this.#waiting = undefined
  }
}
