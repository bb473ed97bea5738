/** The recorder's thread as lab.ts holds it. */
import type { MessagePort, Worker } from 'node:worker_threads'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { RunSummary, Violation } from '../contract/commands.ts'
import { LabError, type LabFailure } from '../contract/errors.ts'
import { startThread } from '../programs/thread.ts'
import type { RecorderReport, RunHeader } from './header.ts'
import type { SequencedPast } from './sequencer.ts'

export interface RecorderOptions {
  /** The run file; must not exist. Its folder must. */
  readonly file: string
  readonly header: RunHeader
  /** Brings FeedBatch from the proxy and takes FeedAck back. Changes hands. */
  readonly feed: MessagePort
  /** The file is there and has its past: what the run looked like then (JSON of a `MomentData`), and what stands in it of those who go on. */
  readonly past?: { readonly moment: Uint8Array<ArrayBuffer>; readonly sequenced: SequencedPast }
  /** The file may not grow beyond: reached, the disk counts as full. */
  readonly sizeBytesMax?: number
  onReport?(report: RecorderReport): void
  /** Once: the disk is full or failed, or the thread died. What was committed stays; nothing more is recorded. */
  onFailure?(failure: LabFailure): void
}

export interface RecorderThread {
  /** Keeps what the judge found, so that the file carries it. Found again changes nothing. */
  findings(violations: readonly Violation[]): void
  /** The verdict of the scenario that the run came from. */
  verdict(is: NonNullable<RunSummary['verdict']>): void
  rename(name: string): void
  /** All bookmarks of the run, as they are from now on. */
  bookmarks(bookmarks: Bookmarks): void
  /** Resolves when all that was fed before is in the file. Rejects with a LabError when recording has failed. */
  flush(): Promise<{ readonly lastSeq: number }>
  /** Records what is still in the feed, marks the run as ended, leaves one whole file. Never rejects; safe to call twice. */
  close(): Promise<{ readonly lastSeq: number; readonly lengthUs: number }>
}

export type RecorderSettings = Pick<RecorderOptions, 'file' | 'header' | 'feed' | 'sizeBytesMax' | 'past'>

export type ToRecorder =
  | { readonly kind: 'findings'; readonly violations: readonly Violation[] }
  | { readonly kind: 'verdict'; readonly is: NonNullable<RunSummary['verdict']> }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'bookmarks'; readonly bookmarks: Bookmarks }
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'close' }

export type FromRecorder =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly failure: LabFailure }
  | { readonly kind: 'report'; readonly report: RecorderReport }
  | { readonly kind: 'failed'; readonly failure: LabFailure }
  | { readonly kind: 'flushed'; readonly id: number; readonly lastSeq: number; readonly failure?: LabFailure }
  | { readonly kind: 'closed'; readonly lastSeq: number; readonly lengthUs: number }

/** A thread that waits to be told what to record. */
export function startRecorderThread(): Worker {
  return startThread('recorder')
}

/** Creates the run file, in a thread that waits. Rejects with a LabError (`disk`) when the file cannot be created. */
export function startRecorder(options: RecorderOptions, worker = startRecorderThread()): Promise<RecorderThread> {
  const { file, header, feed, sizeBytesMax, past } = options
  const settings: RecorderSettings = {
    file,
    header,
    feed,
    ...(past ? { past } : {}),
    ...(sizeBytesMax === undefined ? {} : { sizeBytesMax }),
  }
  worker.postMessage(settings, [feed, ...(past ? [past.moment.buffer] : [])])
  return new Promise((resolve, reject) => {
    const thread = new Thread(worker, options)
    worker.once('message', (word: FromRecorder) => {
      if (word.kind === 'ready') return resolve(thread)
      thread.refused()
      void worker.terminate()
      reject(word.kind === 'refused' ? errorOf(word.failure) : new LabError('internal', 'The recorder did not start.'))
    })
    worker.once('error', (error) => reject(new LabError('internal', `The recorder did not start: ${error.message}`)))
  })
}

class Thread implements RecorderThread {
  readonly #worker: Worker
  readonly #options: RecorderOptions
  readonly #flushes = new Map<number, { resolve(flushed: { lastSeq: number }): void; reject(error: LabError): void }>()
  readonly #ended: Promise<{ lastSeq: number; lengthUs: number }>
  #last = { lastSeq: 0, lengthUs: 0 }
  #failed = false
  #closing = false
  #calls = 0

  constructor(worker: Worker, options: RecorderOptions) {
    this.#worker = worker
    this.#options = options
    worker.on('message', (word: FromRecorder) => this.#hear(word))
    worker.on('error', (error) => this.#fail({ code: 'internal', message: `The recorder failed: ${error.message}` }))
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        const gone = new LabError('internal', 'The recorder has ended.')
        for (const { reject } of this.#flushes.values()) reject(gone)
        this.#flushes.clear()
        if (!this.#closing) this.#fail(gone.toFailure())
        resolve(this.#last)
      })
    })
  }

  /** It never recorded: its end is no failure of its own. */
  refused(): void {
    this.#closing = true
  }

  findings(violations: readonly Violation[]): void {
    this.#say({ kind: 'findings', violations })
  }

  verdict(is: NonNullable<RunSummary['verdict']>): void {
    this.#say({ kind: 'verdict', is })
  }

  rename(name: string): void {
    this.#say({ kind: 'rename', name })
  }

  bookmarks(bookmarks: Bookmarks): void {
    this.#say({ kind: 'bookmarks', bookmarks })
  }

  flush(): Promise<{ lastSeq: number }> {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      this.#flushes.set(id, { resolve, reject })
      this.#say({ kind: 'flush', id })
    })
  }

  close(): Promise<{ lastSeq: number; lengthUs: number }> {
    if (!this.#closing) this.#say({ kind: 'close' })
    this.#closing = true
    return this.#ended
  }

  #say(word: ToRecorder): void {
    this.#worker.postMessage(word)
  }

  #hear(word: FromRecorder): void {
    switch (word.kind) {
      case 'ready':
      case 'refused':
        return
      case 'report':
        this.#last = { lastSeq: word.report.lastSeq, lengthUs: word.report.lengthUs }
        return this.#options.onReport?.(word.report)
      case 'failed':
        return this.#fail(word.failure)
      case 'flushed': {
        const flush = this.#flushes.get(word.id)
        this.#flushes.delete(word.id)
        if (word.failure) flush?.reject(errorOf(word.failure))
        else flush?.resolve({ lastSeq: word.lastSeq })
        return
      }
      case 'closed':
        this.#last = { lastSeq: word.lastSeq, lengthUs: word.lengthUs }
        return
      default:
        return word satisfies never
    }
  }

  #fail(failure: LabFailure): void {
    if (this.#failed) return
    this.#failed = true
    this.#options.onFailure?.(failure)
  }
}

const errorOf = ({ code, message, hint }: LabFailure): LabError => new LabError(code, message, hint)
