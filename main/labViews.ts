/** The recordings that are open for reading, one view a run, opened when first asked for. */
import path from 'node:path'
import { type RunId, runId } from '../protocols/core/ids.ts'
import { LabError } from './contract/errors.ts'
import type { RunLibrary } from './recorder/index.ts'
import { type ReplayOptions, type ReplayThread, type RunView, startReplay } from './replay/index.ts'

/** Views that nobody asked for lately are closed beyond this many. */
const OPEN_MAX = 16

export class Views {
  readonly #library: RunLibrary
  readonly #open = new Map<RunId, Promise<RunView>>()
  /** Files that are not in the library. */
  readonly #strangers = new Map<RunId, string>()
  readonly #openStates = new Map<RunId, Promise<RunView>>()
  #replay: ReplayThread | undefined
  /** States have a thread of their own, so that nobody who looks at one waits for a judgement. Started when first needed. */
  #states: Promise<ReplayThread> | undefined
  #onFailure: ReplayOptions['onFailure']

  constructor(library: RunLibrary) {
    this.#library = library
  }

  async start(options: ReplayOptions): Promise<void> {
    this.#replay = await startReplay(options)
    this.#onFailure = options.onFailure
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
    const known = this.#openStates.get(run)
    if (known) return await known
    await this.get(run) // says what is wrong with the file, and closes what nobody asked for lately
    this.#states ??= startReplay(this.#onFailure ? { onFailure: this.#onFailure } : {})
    const file = this.fileOf(run)
    const view = this.#openStates.get(run) ?? this.#states.then((thread) => thread.open(run, file))
    this.#openStates.set(run, view)
    view.catch(() => this.#openStates.delete(run))
    return await view
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
    const [view, states] = [this.#open.get(run), this.#openStates.get(run)]
    this.#open.delete(run)
    this.#openStates.delete(run)
    states?.then((opened) => opened.close()).catch(() => undefined)
    const opened = await view?.catch(() => undefined)
    opened?.close()
  }

  async close(): Promise<void> {
    await this.#replay?.close()
    await (await this.#states?.catch(() => undefined))?.close()
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
