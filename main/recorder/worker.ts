/** The recorder's thread: takes batches of the feed off its port, commits and reports some thirty times a second, acknowledges what is stored. */
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads'
import { readText } from '../../protocols/wire/bytes.ts'
import type { FeedAck, FeedBatch } from '../../protocols/wire/feed.ts'
import type { LabFailure } from '../contract/errors.ts'
import { continueFile } from './pastCopy.ts'
import { Recorder } from './recorder.ts'
import { diskError, RunStore } from './store.ts'
import type { FromRecorder, RecorderSettings, ToRecorder } from './thread.ts'

const COMMIT_EVERY_MS = 33

class RecorderWorker {
  readonly #feed: MessagePort
  readonly #store: RunStore
  readonly #recorder: Recorder
  #committedMs = 0
  #unackedBytes = 0
  #spent: ArrayBuffer[] = []
  #timer: NodeJS.Timeout | undefined
  #failure: LabFailure | undefined

  constructor({ file, header, sizeBytesMax, feed, past }: RecorderSettings) {
    this.#feed = feed
    this.#store = past ? continueFile(file, header) : new RunStore(file, header, sizeBytesMax)
    this.#recorder = new Recorder(this.#store, header, past && JSON.parse(readText(past.moment)))
    if (past) this.#recorder.continue(past.sequenced)
    feed.on('message', (batch: FeedBatch) => {
      this.#take(batch)
      if (performance.now() - this.#committedMs >= COMMIT_EVERY_MS) this.#commit()
      else this.#commitSoon()
    })
  }

  handle(word: ToRecorder): void {
    switch (word.kind) {
      case 'findings':
        this.#trying(() => this.#store.findings(word.violations))
        return this.#commitSoon()
      case 'verdict':
        this.#trying(() => this.#store.set('verdict', word.is))
        return this.#commitSoon()
      case 'rename':
        this.#trying(() => this.#store.set('name', word.name))
        return this.#commitSoon()
      case 'bookmarks':
        this.#trying(() => this.#store.set('bookmarks', word.bookmarks))
        return this.#commitSoon()
      case 'flush':
        this.#drain()
        this.#commit()
        return tell({ kind: 'flushed', id: word.id, lastSeq: this.#recorder.lastSeq, ...(this.#failure ? { failure: this.#failure } : {}) })
      case 'close':
        return this.#close()
      default:
        return word satisfies never
    }
  }

  #take({ feed }: FeedBatch): void {
    this.#unackedBytes += feed.length
    if (this.#failure)
      this.#ack() // nothing more is recorded, and nobody shall wait for it
    else this.#trying(() => this.#recorder.take(feed))
    if (feed.length < feed.buffer.byteLength) this.#spent.push(feed.buffer)
  }

  #drain(): void {
    for (let word = receiveMessageOnPort(this.#feed); word; word = receiveMessageOnPort(this.#feed)) this.#take(word.message as FeedBatch)
  }

  #commitSoon(): void {
    this.#timer ??= setTimeout(() => this.#commit(), COMMIT_EVERY_MS)
  }

  #commit(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#committedMs = performance.now()
    this.#trying(() => {
      this.#recorder.commit()
      this.#report()
    })
    this.#ack()
  }

  #report(): void {
    const report = this.#recorder.report(this.#committedMs)
    if (report) tell({ kind: 'report', report })
  }

  #ack(): void {
    if (this.#unackedBytes === 0) return
    this.#feed.postMessage({ ackedBytes: this.#unackedBytes, spent: this.#spent } satisfies FeedAck, this.#spent)
    this.#unackedBytes = 0
    this.#spent = []
  }

  #close(): void {
    this.#drain()
    clearTimeout(this.#timer)
    if (this.#failure) this.#store.abandon()
    else {
      this.#trying(() => {
        this.#recorder.finish()
        this.#committedMs = performance.now()
        this.#report()
        this.#store.close('ended')
      })
    }
    this.#ack()
    tell({ kind: 'closed', lastSeq: this.#recorder.lastSeq, lengthUs: this.#recorder.lengthUs })
    this.#feed.close()
    parentPort?.close()
  }

  /** The first failure ends the recording: what was committed stays, the rest of the run is refused. */
  #trying(work: () => void): void {
    if (this.#failure) return
    try {
      work()
    } catch (error) {
      this.#store.rollback()
      this.#failure = diskError(error, this.#store.file, 'The run can no longer be recorded').toFailure()
      tell({ kind: 'failed', failure: this.#failure })
    }
  }
}

function tell(word: FromRecorder): void {
  parentPort?.postMessage(word)
}

/** The first word says what is recorded; it may be long in coming. */
parentPort?.once('message', (settings: RecorderSettings) => {
  try {
    const worker = new RecorderWorker(settings)
    parentPort?.on('message', (word: ToRecorder) => worker.handle(word))
    tell({ kind: 'ready' })
  } catch (error) {
    tell({ kind: 'refused', failure: diskError(error, settings.file, 'The run cannot be recorded').toFailure() })
  }
})
