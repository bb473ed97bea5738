/** The replay thread as lab.ts holds it. */
import type { Worker } from 'node:worker_threads'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { MessageId, RunId } from '../../protocols/core/ids.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { ColumnsBlock } from '../contract/causality.ts'
import type { Overview, ParsedRequest, Responses, Verdict } from '../contract/commands.ts'
import { LabError, type LabFailure } from '../contract/errors.ts'
import type { PanelAnswer, PanelResponses } from '../contract/panel.ts'
import type { FieldChanges, Lane, NodeStates, StateDiff } from '../contract/state.ts'
import { startThread } from '../programs/thread.ts'
import type { PanelQuestion, SinceQuestion } from './panels.ts'
import type { Asked, FromReplay } from './words.ts'

export interface ReplayOptions {
  /** The thread runs when nothing else wants a processor: not one to wait for. */
  readonly givesWay?: boolean
  /** What the judge knows by now: a few times a second while it follows or checks, and whenever it finds something. */
  onVerdict?(run: RunId, verdict: Verdict): void
  /** The file of a run turned out to be damaged while nobody waited for an answer. */
  onTrouble?(run: RunId, failure: LabFailure): void
  /** The thread died. Calls under way reject. */
  onFailure?(error: Error): void
}

export interface ReplayWorkerData {
  readonly givesWay: boolean
}

/** One open recording. Every method rejects with a LabError. */
export interface RunView {
  readonly run: RunId
  /** `live`: this lab is recording it now; otherwise a file that was not closed counts as interrupted. */
  overview(live: boolean): Promise<Overview>
  events(request: Omit<ParsedRequest<'run.events'>, 'run'>): Promise<Responses['run.events']>
  event(seq: number): Promise<RunEvent | undefined>
  find(request: Omit<ParsedRequest<'run.find'>, 'run'>): Promise<Responses['run.find']>
  pick(seqs: readonly number[]): Promise<Responses['run.pick']>
  message(message: MessageId): Promise<Responses['run.message']>
  causes(seq: number): Promise<Responses['run.event']>
  moment(seq: number): Promise<MomentData>
  seek(atUs: number): Promise<{ readonly seq: number }>
  /** Events as rows of columns, from event `from` on; with `rows`, so many without those before them. */
  columns(from: number, rows?: number): Promise<ColumnsBlock>
  panel(request: PanelQuestion): Promise<PanelAnswer>
  since(request: SinceQuestion): Promise<PanelResponses['run.panel.since']>
  /** `whole` (the default): long lists too. */
  states(seq: number, whole?: boolean): Promise<NodeStates>
  bookmarks(): Promise<Bookmarks>
  /** Begins the pass after which any state is reached at once. */
  prepare(): void
  statePart(request: Omit<ParsedRequest<'run.state.part'>, 'run'>): Promise<Responses['run.state.part']>
  diff(request: Omit<ParsedRequest<'run.diff'>, 'run'>): Promise<StateDiff>
  changes(request: Omit<ParsedRequest<'run.changes'>, 'run'>): Promise<FieldChanges>
  lane(request: Omit<ParsedRequest<'run.lane'>, 'run'>): Promise<Lane>
  /** Judges to the end of what is recorded now, as fast as it can. */
  check(): Promise<Verdict>
  /** On: judges in the background as the recording grows, within a small share of one core. Off, once it has ended: judges the rest of it. */
  follow(on: boolean): void
  close(): void
}

export interface ReplayThread {
  /** Opens a run file read-only. Rejects with a LabError (`bad-run-file`, `newer-run-file`, `not-found`). */
  open(run: RunId, file: string): Promise<RunView>
  close(): Promise<void>
}

export async function startReplay(options: ReplayOptions = {}): Promise<ReplayThread> {
  const workerData: ReplayWorkerData = { givesWay: options.givesWay ?? false }
  const worker = startThread('replay', { workerData })
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve)
    worker.once('error', reject)
  })
  return new Thread(worker, options)
}

class Thread implements ReplayThread {
  readonly #worker: Worker
  readonly #calls = new Map<number, { resolve(answer: unknown): void; reject(error: LabError): void }>()
  #lastCall = 0
  #lastView = 0
  #gone: LabError | undefined

  constructor(worker: Worker, options: ReplayOptions) {
    this.#worker = worker
    worker.on('message', (word: FromReplay) => {
      if ('verdict' in word) return options.onVerdict?.(word.run, word.verdict)
      if ('trouble' in word) return options.onTrouble?.(word.run, word.trouble)
      const call = this.#calls.get(word.id)
      this.#calls.delete(word.id)
      if ('failure' in word) call?.reject(new LabError(word.failure.code, word.failure.message, word.failure.hint))
      else call?.resolve(word.answer)
    })
    worker.on('error', (error) => {
      this.#end(new LabError('internal', `The thread that reads recordings failed: ${error.message}`))
      options.onFailure?.(error)
    })
    worker.on('exit', () => this.#end(new LabError('internal', 'The thread that reads recordings has ended.')))
  }

  async open(run: RunId, file: string): Promise<RunView> {
    const view = ++this.#lastView
    const ask = <T>(asked: Asked): Promise<T> => this.#ask<T>(view, asked)
    await ask({ ask: 'open', run, file })
    return {
      run,
      overview: (live) => ask({ ask: 'overview', live }),
      events: (request) => ask({ ask: 'events', request }),
      event: (seq) => ask({ ask: 'event', seq }),
      find: (request) => ask({ ask: 'find', request }),
      pick: (seqs) => ask({ ask: 'pick', seqs }),
      message: (message) => ask({ ask: 'message', message }),
      causes: (seq) => ask({ ask: 'causes', seq }),
      moment: (seq) => ask({ ask: 'moment', seq }),
      seek: (atUs) => ask({ ask: 'seek', atUs }),
      columns: (from, rows) => ask({ ask: 'columns', from, rows }),
      panel: (request) => ask({ ask: 'panel', request }),
      since: (request) => ask({ ask: 'since', request }),
      states: (seq, whole = true) => ask({ ask: 'states', seq, whole }),
      bookmarks: () => ask({ ask: 'bookmarks' }),
      prepare: () => quietly(ask({ ask: 'prepare' })),
      statePart: (request) => ask({ ask: 'statePart', request }),
      diff: (request) => ask({ ask: 'diff', request }),
      changes: (request) => ask({ ask: 'changes', request }),
      lane: (request) => ask({ ask: 'lane', request }),
      check: () => ask({ ask: 'check' }),
      follow: (on) => quietly(ask({ ask: 'follow', on })),
      close: () => quietly(ask({ ask: 'close' })),
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask<T>(view: number, asked: Asked): Promise<T> {
    if (this.#gone) return Promise.reject(this.#gone)
    const id = ++this.#lastCall
    return new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (answer: unknown) => void, reject })
      this.#worker.postMessage({ view, id, ...asked })
    })
  }

  #end(error: LabError): void {
    this.#gone ??= error
    for (const { reject } of this.#calls.values()) reject(error)
    this.#calls.clear()
  }
}

/** Nobody waits for it, and if the thread is gone others say so. */
function quietly(answer: Promise<unknown>): void {
  answer.catch(() => undefined)
}
