/** The one run that is live: how it begins and ends, what it needs foreseen, and that starts and stops come one after the other. */
import { membersOf, type RunConfig } from '../protocols/core/config.ts'
import type { RunId } from '../protocols/core/ids.ts'
import type { MadeBranch } from './branch/words.ts'
import { type NodeLauncher, SpareProcesses } from './cluster/index.ts'
import type { RunSummary } from './contract/commands.ts'
import { LabError, type LabFailure } from './contract/errors.ts'
import { asLabError } from './labBorder.ts'
import { choose } from './labChoice.ts'
import { programs } from './labPrograms.ts'
import type { Views } from './labViews.ts'
import type { LiveRun, LiveRunSettings } from './liveRun.ts'
import { startProxyThread } from './proxy/index.ts'
import { type RunLibrary, startRecorderThread } from './recorder/index.ts'
import { ProcessRun } from './run.ts'
import { SimulatedRun, startSimulator } from './simulate/run.ts'
import { SpareThread } from './spareThread.ts'

/** Where a run is recorded, and what it is called. */
export interface RunPlace {
  readonly run: RunId
  readonly file: string
  readonly folder: string
  readonly name: string
}

export interface LabLiveOptions {
  readonly library: RunLibrary
  readonly views: Views
  readonly launcher: NodeLauncher
  /** Throws where the lab only reads. */
  mayWrite(): void
  onReport(run: RunId, report: Parameters<LiveRunSettings['onReport']>[0]): void
  onTrouble(failure: LabFailure, run: RunId, goesOn?: boolean): void
  /** Another run is live, or none. */
  onTurn(): void
}

export class LabLive {
  readonly #options: LabLiveOptions
  readonly #spare: SpareProcesses
  /** What a run needs, started where one is foreseen. */
  readonly #threads = {
    simulator: new SpareThread(startSimulator),
    recorder: new SpareThread(startRecorderThread),
    proxy: new SpareThread(startProxyThread),
  }
  #live: LiveRun | undefined
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(options: LabLiveOptions) {
    this.#options = options
    this.#spare = new SpareProcesses(options.launcher)
  }

  get current(): LiveRun | undefined {
    return this.#live
  }

  /** The run, if it is the one that is live. */
  of(run: RunId): LiveRun | undefined {
    return this.#live?.run === run ? this.#live : undefined
  }

  /** The run, to act upon. Throws `not-found`, or `run-not-live`. */
  acting(run: RunId): LiveRun {
    const live = this.of(run)
    if (live && !live.ending) return live
    this.#options.library.fileOf(run) // says not-found for what does not exist
    throw new LabError('run-not-live', `The run ${run} is not live: it can be read, not acted upon.`, 'Start a new run to try something.')
  }

  /** All that the run has done so far is in its file, whether it is live or not. */
  async settled(run: RunId): Promise<void> {
    const live = this.of(run)
    if (live && !live.ending) await live.flush()
  }

  async start(wanted: RunConfig, scenario?: string): Promise<RunId> {
    const { library, mayWrite } = this.#options
    const choice = choose(wanted)
    mayWrite()
    return await this.alone(async () => {
      if (this.#live) {
        const { name } = library.summary(this.#live.run)
        throw new LabError('start-failed', `The run "${name}" is live, and a lab runs one at a time.`, 'Stop it first.')
      }
      const name = wanted.name ?? `${choice.protocol.title}, ${membersOf(wanted).length} nodes`
      const place = library.create(name)
      const live = this.#newRun(place.folder, {
        ...{ run: place.run, file: place.file, name },
        ...choice,
        ...(scenario === undefined ? {} : { scenario }),
        ...this.#hearing(place.run),
      })
      await this.#begin(live)
      return live.run
    })
  }

  /** Within a turn of its own. */
  async startBranch({ run, file, folder, name }: RunPlace, branch: MadeBranch): Promise<void> {
    const settings = { run, file, name, branch, ...choose(branch.header.config), ...this.#hearing(run) }
    await this.#begin(this.#newRun(folder, settings))
  }

  foresee(mode: RunConfig['mode'], nodes: number): void {
    if (mode === 'simulation') return this.#threads.simulator.prepare()
    this.#threads.recorder.prepare()
    this.#threads.proxy.prepare()
    this.#spare.prepare(programs().node, nodes)
    this.#spare.prepare(programs().clients, 1)
  }

  async stop(run: RunId): Promise<RunSummary> {
    const { library } = this.#options
    if (this.of(run)) await this.alone(async () => this.of(run) && (await this.end()))
    return library.summary(run)
  }

  /** Within a turn of its own. */
  async end(): Promise<void> {
    const live = this.#live
    if (!live) return
    await live.stop()
    await this.#options.views.follow(live.run, false).catch(() => undefined)
    this.#live = undefined
    this.#options.library.setLive(live.run, false)
    this.#options.onTurn()
  }

  /** Does the work once all that was begun before is done. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  close(): void {
    this.#spare.close()
    for (const thread of Object.values(this.#threads)) thread.close()
  }

  /** Everybody is told what a live run says of itself. */
  #hearing(run: RunId): Pick<LiveRunSettings, 'onReport' | 'onTrouble' | 'onFailure'> {
    const { onReport, onTrouble } = this.#options
    return {
      onReport: (report) => onReport(run, report),
      onTrouble: (failure) => onTrouble(failure, run, true),
      onFailure: (failure) => this.#lost(run, failure),
    }
  }

  #newRun(folder: string, settings: LiveRunSettings): LiveRun {
    if (settings.config.mode === 'simulation') return new SimulatedRun(settings, this.#threads.simulator.take())
    const threads = { recorder: this.#threads.recorder.take(), proxy: this.#threads.proxy.take() }
    return new ProcessRun({ ...settings, folder, launcher: this.#spare, entries: programs(), threads })
  }

  async #begin(live: LiveRun): Promise<void> {
    const { library, views, onTurn } = this.#options
    this.#live = live
    library.setLive(live.run, true)
    try {
      await live.start()
      await views.follow(live.run, true)
    } catch (error) {
      await live.stop()
      this.#live = undefined
      library.setLive(live.run, false)
      library.tidy(live.run)
      throw error
    } finally {
      onTurn()
    }
  }

  /** The run cannot go on: what is recorded stays, the processes go, and everybody is told. */
  #lost(run: RunId, failure: LabFailure): void {
    const { onTrouble } = this.#options
    onTrouble(failure, run)
    if (this.of(run))
      this.alone(async () => this.of(run) && (await this.end())).catch((error) => onTrouble(asLabError(error).toFailure(), run))
  }
}
