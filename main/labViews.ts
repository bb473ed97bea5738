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
  #replay: ReplayThread | undefined

  constructor(library: RunLibrary) {
    this.#library = library
  }

  async start(options: ReplayOptions): Promise<void> {
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
    const opened = await view?.catch(() => undefined)
    opened?.close()
  }

  async close(): Promise<void> {
    await this.#replay?.close()
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
