/** The recordings that are open for reading, one view a run, opened when first asked for. */
import path from 'node:path'
import { type RunId, runId } from '../protocols/core/ids.ts'
import { LabError } from './contract/errors.ts'
import type { RunLibrary } from './recorder/index.ts'
import { type ReplayOptions, type ReplayThread, type RunView, startReplay } from './replay/index.ts'

/** Views that nobody asked for lately are closed beyond this many. */
const OPEN_MAX = 16

export interface ViewsOptions {
  readonly library: RunLibrary
  /** Nobody looks on: live runs are judged in a thread that gives way to their nodes. It is not the one that reads, and judges what is waited for. */
  readonly judgesAside: boolean
}

export class Views {
  readonly #library: RunLibrary
  readonly #open = new Map<RunId, Promise<RunView>>()
  /** Files that are not in the library. */
  readonly #strangers = new Map<RunId, string>()
  #replay: ReplayThread | undefined
  #options: ReplayOptions = {}
  /** States have a thread of their own, so that nobody who looks at one waits for a judgement. */
  readonly #states = this.#lazily(() => (this.#options.onFailure ? { onFailure: this.#options.onFailure } : {}))
  readonly #aside: LazyThread | undefined

  constructor({ library, judgesAside }: ViewsOptions) {
    this.#library = library
    this.#aside = judgesAside ? this.#lazily(() => ({ ...this.#options, givesWay: true })) : undefined
  }

  async start(options: ReplayOptions): Promise<void> {
    this.#options = options
    this.#replay = await startReplay(options)
  }

  /** Rejects with a LabError when there is no such run or its file cannot be read. */
  get(run: RunId): Promise<RunView> {
    const known = this.#open.get(run)
    const view = known ?? this.#read(run)
    this.#open.delete(run) // and in again at the end: the first ones are those that nobody asks for
    this.#open.set(run, view)
    if (!known) {
      view.catch(() => this.#open.delete(run))
      this.#closeOldest()
    }
    return view
  }

  /** For what is asked of states: in a thread beside the one that reads and judges. */
  async states(run: RunId): Promise<RunView> {
    if (!this.#states.has(run)) await this.get(run) // says what is wrong with the file, and closes what nobody asked for lately
    return await this.#states.view(run)
  }

  /** Judges a live run as it grows (true); when it has ended, the rest of it (false). */
  async follow(run: RunId, isLive: boolean): Promise<void> {
    const view = await (this.#aside ? this.#aside.view(run) : this.get(run))
    view.follow(isLive)
  }

  /** A file that is not in the library: it is read and never changed. */
  isStranger(run: RunId): boolean {
    return this.#strangers.has(run)
  }

  /** Opens a file from anywhere; its path stands for the run from then on. */
  async openFile(file: string): Promise<RunId> {
    const run = runId(path.resolve(file))
    this.#strangers.set(run, run)
    await this.get(run)
    return run
  }

  fileOf(run: RunId): string {
    return this.#strangers.get(run) ?? this.#library.fileOf(run)
  }

  async forget(run: RunId): Promise<void> {
    const view = this.#open.get(run)
    this.#open.delete(run)
    for (const thread of [this.#states, this.#aside]) thread?.forget(run)
    const opened = await view?.catch(() => undefined)
    opened?.close()
  }

  async close(): Promise<void> {
    for (const thread of [this.#replay, this.#states, this.#aside]) await thread?.close()
  }

  #lazily(options: () => ReplayOptions): LazyThread {
    return new LazyThread({ start: () => startReplay(options()), fileOf: (run) => this.fileOf(run) })
  }

  async #read(run: RunId): Promise<RunView> {
    if (!this.#replay) throw new LabError('internal', 'The lab is not open.')
    return await this.#replay.open(run, this.fileOf(run))
  }

  #closeOldest(): void {
    for (const run of this.#open.keys()) {
      if (this.#open.size <= OPEN_MAX) return
      void this.forget(run)
    }
  }
}

interface LazyThreadOptions {
  start(): Promise<ReplayThread>
  /** Throws when there is no such run. */
  fileOf(run: RunId): string
}

/** A thread that is started when it is first needed, and the runs that are open in it. */
class LazyThread {
  readonly #options: LazyThreadOptions
  readonly #open = new Map<RunId, Promise<RunView>>()
  #thread: Promise<ReplayThread> | undefined

  constructor(options: LazyThreadOptions) {
    this.#options = options
  }

  has(run: RunId): boolean {
    return this.#open.has(run)
  }

  /** Opens the run at its first call. */
  view(run: RunId): Promise<RunView> {
    const known = this.#open.get(run)
    if (known) return known
    const file = this.#options.fileOf(run)
    this.#thread ??= this.#options.start()
    const view = this.#thread.then((thread) => thread.open(run, file))
    this.#open.set(run, view)
    view.catch(() => this.#open.delete(run))
    return view
  }

  forget(run: RunId): void {
    const view = this.#open.get(run)
    this.#open.delete(run)
    view?.then((opened) => opened.close()).catch(() => undefined)
  }

  async close(): Promise<void> {
    await (await this.#thread?.catch(() => undefined))?.close()
  }
}
