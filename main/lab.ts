/**
 * The lab: the composition root of the engine. It holds the library of runs, the replay thread that reads them, and the
 * one run that is live; it answers the commands of the contract and publishes its changes. Hosts hold a Lab and
 * nothing else of the engine.
 */

import { membersOf, type RunConfig } from '../protocols/core/config.ts'
import type { RunId } from '../protocols/core/ids.ts'
import type { AnyProtocol } from '../protocols/core/machine.ts'
import { findProtocol } from '../protocols/registry.ts'
import type { MadeBranch } from './branch/words.ts'
import { forkLauncher, type NodeLauncher, SpareProcesses } from './cluster/index.ts'
import type { ParsedRequest, RunSummary, Verdict } from './contract/commands.ts'
import { LabError, type LabFailure } from './contract/errors.ts'
import type { HistoryReport, JudgeProgress } from './contract/history.ts'
import { keepHeapsSmall } from './engineHeap.ts'
import { formatInfos } from './exchange/index.ts'
import { actingCommands, done } from './labActing.ts'
import type { ChangeListener, Lab, LabConnection, LabFiles, LabOptions, ScenarioStart, StartedScenario } from './labApi.ts'
import { LabBookmarks } from './labBookmarks.ts'
import { asLabError, dispatch, type Handlers } from './labBorder.ts'
import { type BranchPlace, LabBranches } from './labBranches.ts'
import { choose } from './labChoice.ts'
import { LabCompare } from './labCompare.ts'
import { type Connection, Connections } from './labConnections.ts'
import { LabExchange } from './labExchange.ts'
import { LabFutures } from './labFutures.ts'
import { judgeHistory } from './labHistory.ts'
import { protocolInfos, serviceInfos, VERSION } from './labInfo.ts'
import { programs } from './labPrograms.ts'
import { readingCommands } from './labReading.ts'
import { Views } from './labViews.ts'
import type { LiveRun, LiveRunSettings } from './liveRun.ts'
import { startProxyThread } from './proxy/index.ts'
import { openLibrary, type RunLibrary, startRecorderThread } from './recorder/index.ts'
import { ProcessRun } from './run.ts'
import { besideConfig } from './scenario/beside.ts'
import { LiveStage } from './scenario/live.ts'
import { parseScenario } from './scenario/parse.ts'
import { runScenario, type ScenarioOutcome } from './scenario/runner.ts'
import { varied } from './scenario/vary.ts'
import { checkMode } from './scenario/whereabouts.ts'
import { simulated } from './simulate/begin.ts'
import { recordSimulation } from './simulate/record.ts'
import { SimulatedRun, startSimulator } from './simulate/run.ts'
import { SpareThread } from './spareThread.ts'

export { type JudgeOptions, judgeFile } from './check/index.ts'
export type { NodeLauncher } from './cluster/index.ts'
export { textOf as exportedText } from './exchange/exporting.ts'
export { formats } from './exchange/index.ts'
export type { ChangeListener, Lab, LabConnection, LabOptions, ScenarioStart, StartedScenario } from './labApi.ts'
export { defaultDataFolder } from './recorder/index.ts'
export { headerIn, noViolation, type Rate, type ShrunkReal, shrinkFile } from './reproduce/index.ts'
export type { ScenarioOutcome, ScenarioProgress } from './scenario/runner.ts'
export { type SeedResult, type ShrinkOptions, type Shrunk, shrink, sweep } from './simulate/index.ts'

export interface CreateLabOptions extends LabOptions {
  /** How processes are started; by default with child_process.fork. */
  readonly launcher?: NodeLauncher
}

/** Rejects with a LabError: `library-locked` when another lab holds the folder, `disk` when it cannot be used. */
export async function createLab(options: CreateLabOptions): Promise<Lab> {
  const library = openLibrary(options.dataFolder, { readOnly: options.readOnly ?? false })
  // A terminal's work is short, and some of it (sweeps) wants all the memory that makes it fast.
  if (options.host !== 'cli') keepHeapsSmall()
  const lab = new SynodLab(options, library)
  try {
    await lab.open()
  } catch (error) {
    library.close()
    throw asLabError(error)
  }
  return lab
}

class SynodLab implements Lab {
  readonly dataFolder: string
  readonly #options: CreateLabOptions
  readonly #library: RunLibrary
  readonly #connections = new Connections()
  readonly #views: Views
  readonly #futures: LabFutures
  readonly #exchange: LabExchange
  readonly #bookmarks: LabBookmarks
  readonly #branches: LabBranches
  readonly #spare: SpareProcesses
  /** What a run needs, started where one is foreseen. */
  readonly #threads = {
    simulator: new SpareThread(startSimulator),
    recorder: new SpareThread(startRecorderThread),
    proxy: new SpareThread(startProxyThread),
  }
  readonly #comparing: LabCompare
  readonly #handlers: Handlers<Connection>
  #live: LiveRun | undefined
  /** Starts and stops of runs come one after the other. */
  #lastTurn: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(options: CreateLabOptions, library: RunLibrary) {
    this.#options = options
    this.#library = library
    this.#views = new Views(library)
    this.#futures = new LabFutures({
      library,
      fileOf: (run) => this.#endedFile(run),
      check: (run) => this.#check(run, undefined),
      tell: (run, report) => this.#connections.publish({ kind: 'futures', run, report }),
    })
    this.#exchange = new LabExchange({
      library,
      source: (run) => this.#exported(run),
      tell: (job, progress) => this.#connections.publish({ kind: 'exchange', job, progress }),
      added: (summary) => this.#changed(summary),
    })
    this.#bookmarks = new LabBookmarks({
      view: (run) => this.#views.get(run),
      fixed: (run) => {
        if (options.readOnly) return 'This lab only reads.'
        return this.#views.isStranger(run) ? 'This run was opened from elsewhere: its file is read and never changed.' : undefined
      },
      keep: (run, bookmarks) => (this.#live?.run === run ? this.#live.bookmarks(bookmarks) : library.bookmarks(run, bookmarks)),
      tell: (run, bookmarks) => this.#connections.publish({ kind: 'bookmarks', run, bookmarks }),
    })
    this.#spare = new SpareProcesses(options.launcher ?? forkLauncher())
    this.#branches = new LabBranches({
      library,
      mayWrite: () => this.#mayWrite(),
      fileOf: (run) => this.#views.fileOf(run),
      summaryOf: (run) => this.#summaryOf(run),
      alone: (work) => this.#alone(work),
      live: () => this.#live,
      endLive: async () => this.#live && (await this.#end(this.#live)),
      begin: (place, branch) => this.#beginBranch(place, branch),
      foresee: (mode, nodes) => {
        if (mode === 'simulation') return this.#threads.simulator.prepare()
        this.#threads.recorder.prepare()
        this.#threads.proxy.prepare()
        this.#spare.prepare(programs().node, nodes)
        this.#spare.prepare(programs().clients, 1)
      },
      tell: (run, progress) => this.#connections.publish({ kind: 'branching', run, progress }),
    })
    this.#comparing = new LabCompare({
      fileOf: (run) => this.#views.fileOf(run),
      summaryOf: async (run) => {
        await this.#settled(run)
        return (await (await this.#views.get(run)).overview(this.#live?.run === run)).summary
      },
      simulate: async (text, beside, name) => (await this.simulateScenario(text, { beside, name })).run,
      tell: (a, b, progress) => this.#connections.publish({ kind: 'comparing', a, b, progress }),
    })
    this.dataFolder = library.dataFolder
    this.#handlers = this.#commands()
  }

  async open(): Promise<void> {
    if (!this.#options.readOnly) this.#exchange.tidy()
    await this.#views.start({
      onVerdict: (run, verdict) => this.#judged(run, verdict),
      onFailure: (error) =>
        this.#trouble({
          code: 'internal',
          message: `The thread that reads recordings failed: ${error.message}`,
          hint: 'Start the lab anew.',
        }),
    })
  }

  async dispatch(command: string, request: unknown, from?: Connection): Promise<unknown> {
    if (this.#closing !== undefined) throw new LabError('internal', 'The lab is closing.')
    return await dispatch(this.#handlers, command, request, from)
  }

  connect(listener: ChangeListener): LabConnection {
    return this.#connections.open(
      listener,
      (command, request, from) => this.dispatch(command, request, from),
      async (run, seq) => await (await this.#views.get(run)).moment(seq),
    )
  }

  fileOf(run: RunId): string {
    return this.#library.fileOf(run)
  }

  async exported(run: RunId) {
    return await this.#exported(run)
  }

  get files(): LabFiles {
    return this.#exchange
  }

  async openFile(file: string): Promise<RunId> {
    return await this.#views.openFile(file)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async startScenario(text: string, options: ScenarioStart = {}): Promise<StartedScenario> {
    const { beside } = options
    const parsed = parseScenario(text, options.fileName)
    const scenario = beside ? { ...parsed, run: besideConfig(parsed.run, beside) } : parsed
    const { run: written, vary } = scenario
    const mode = options.mode ?? written.mode
    const name = options.name ?? written.name ?? scenario.name
    checkMode(scenario, mode, options.fileName)
    const config = { ...varied(written, vary, options.seed ?? written.seed), mode, name }
    const run = await this.#start(config, text)
    const connection = this.connect({ change: () => undefined })
    const { fileName, onProgress } = options
    const machines = this.#live instanceof SimulatedRun ? this.#live : undefined
    const carriedOut = runScenario(new LiveStage(connection, run, config.seed, machines), scenario, {
      ...sharing(beside, findProtocol(config.protocol)),
      ...(fileName === undefined ? {} : { fileName }),
      ...(onProgress === undefined ? {} : { onProgress }),
    })
    const outcome = carriedOut.then((found) => this.#keepOutcome(found)).finally(() => connection.close())
    outcome.catch((error) => this.#closing ?? this.#trouble(asLabError(error).toFailure(), run))
    return { run, outcome }
  }

  async simulateScenario(text: string, options: ScenarioStart & { readonly signal?: AbortSignal } = {}): Promise<ScenarioOutcome> {
    const { beside, ...rest } = options
    const { scenario, config } = simulated(text, options)
    const choice = choose(config)
    const name = config.name ?? scenario.name
    const { run, file } = this.#library.create(name)
    this.#library.setLive(run, true)
    const client = this.connect({ change: () => undefined })
    const onRecorded = () => this.#library.setLive(run, false)
    try {
      return this.#keepOutcome(
        await recordSimulation({
          ...rest,
          ...sharing(beside, choice.protocol),
          run,
          name,
          file,
          choice,
          scenario,
          text,
          client,
          onRecorded,
        }),
      )
    } finally {
      onRecorded()
      client.close()
      this.#publishRuns()
    }
  }

  #commands(): Handlers<Connection> {
    return {
      'lab.info': () => ({
        version: VERSION,
        host: this.#options.host,
        dataFolder: this.dataFolder,
        protocols: protocolInfos(),
        services: serviceInfos(),
        formats: formatInfos(),
      }),
      'runs.list': () => this.#library.list(),
      'runs.start': async ({ config }) => ({ run: await this.#start(config) }),
      'runs.scenario': async ({ text, mode }) => ({ run: (await this.startScenario(text, mode === undefined ? {} : { mode })).run }),
      'runs.stop': ({ run }) => this.#stop(run),
      'runs.rename': ({ run, name }) => this.#rename(run, name),
      'runs.delete': ({ run }) => this.#delete(run),
      'runs.import': ({ path }) => this.#changed(this.#library.import(path)),
      'runs.export': async ({ run, path }) => {
        if (this.#live?.run === run) await this.#live.flush()
        await this.#library.export(run, path)
        return null
      },
      ...this.#exchange.commands(),
      ...actingCommands((run) => this.#liveRun(run)),
      ...readingCommands(this.#views, (run) => this.#live?.run === run),
      'run.check': async ({ run, history }) => await this.#check(run, history),
      'run.futures': (request) => this.#futures.look(request),
      'run.futures.stop': async ({ run }) => done(await this.#futures.stop(run)),
      'run.future': async (request) => await this.#keepFuture(request),
      ...this.#bookmarks.commands(),
      ...this.#branches.commands(),
      ...this.#comparing.commands(),
      'run.history': async ({ run, limitMs }) => await this.#history(run, limitMs),
      'run.watch': async ({ run, on }, from) => {
        if (!from) throw new LabError('bad-request', 'run.watch belongs to a connection, and this call came over none.')
        if (on) await this.#views.get(run) // a run that cannot be read is said now
        return done(from.watch(run, on))
      },
    }
  }

  async #start(wanted: RunConfig, scenario?: string): Promise<RunId> {
    const choice = choose(wanted)
    this.#mayWrite()
    return await this.#alone(async () => {
      if (this.#live) {
        const { name } = this.#library.summary(this.#live.run)
        throw new LabError('start-failed', `The run "${name}" is live, and a lab runs one at a time.`, 'Stop it first.')
      }
      const name = wanted.name ?? `${choice.protocol.title}, ${membersOf(wanted).length} nodes`
      const place = this.#library.create(name)
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

  async #beginBranch({ run, file, folder, name }: BranchPlace, branch: MadeBranch): Promise<void> {
    const settings = { run, file, name, branch, ...choose(branch.header.config), ...this.#hearing(run) }
    await this.#begin(this.#newRun(folder, settings))
  }

  /** From the library where that knows it: the thread that reads recordings may be busy with one. */
  async #summaryOf(run: RunId): Promise<RunSummary> {
    if (this.#views.isStranger(run)) return (await (await this.#views.get(run)).overview(false)).summary
    return this.#library.summary(run)
  }

  #mayWrite(): void {
    if (this.#options.readOnly) throw new LabError('start-failed', 'This lab only reads.')
  }

  /** All that a run has done so far is in its file. */
  async #settled(run: RunId): Promise<void> {
    if (this.#live?.run === run && !this.#live.ending) await this.#live.flush()
  }

  /** Everybody is told what a live run says of itself. */
  #hearing(run: RunId): Pick<LiveRunSettings, 'onReport' | 'onTrouble' | 'onFailure'> {
    return {
      onReport: (report) => this.#connections.publish({ kind: 'grew', run, ...report }),
      onTrouble: (failure) => this.#trouble(failure, run, true),
      onFailure: (failure) => this.#lost(run, failure),
    }
  }

  #newRun(folder: string, settings: LiveRunSettings): LiveRun {
    if (settings.config.mode === 'simulation') return new SimulatedRun(settings, this.#threads.simulator.take())
    const threads = { recorder: this.#threads.recorder.take(), proxy: this.#threads.proxy.take() }
    return new ProcessRun({ ...settings, folder, launcher: this.#spare, entries: programs(), threads })
  }

  async #begin(live: LiveRun): Promise<void> {
    this.#live = live
    this.#library.setLive(live.run, true)
    try {
      await live.start()
      const view = await this.#views.get(live.run)
      view.follow(true)
    } catch (error) {
      await live.stop()
      this.#live = undefined
      this.#library.setLive(live.run, false)
      this.#library.tidy(live.run)
      throw error
    } finally {
      this.#publishRuns()
    }
  }

  async #stop(run: RunId): Promise<RunSummary> {
    if (this.#live?.run !== run) return this.#library.summary(run)
    return await this.#alone(async () => {
      const live = this.#live
      if (live?.run !== run) return this.#library.summary(run)
      await this.#end(live)
      return this.#library.summary(run)
    })
  }

  async #end(live: LiveRun): Promise<void> {
    await live.stop()
    const view = await this.#views.get(live.run).catch(() => undefined)
    view?.follow(false)
    this.#live = undefined
    this.#library.setLive(live.run, false)
    this.#publishRuns()
  }

  /** The run cannot go on: what is recorded stays, the processes go, and everybody is told. */
  #lost(run: RunId, failure: LabFailure): void {
    this.#trouble(failure, run)
    const live = this.#live
    if (live?.run !== run) return
    this.#alone(() => this.#end(live)).catch((error) => this.#trouble(asLabError(error).toFailure(), run))
  }

  async #rename(run: RunId, name: string): Promise<RunSummary> {
    if (this.#live?.run !== run) return this.#changed(this.#library.rename(run, name))
    this.#live.rename(name)
    await this.#live.flush()
    return this.#changed(this.#library.summary(run))
  }

  async #delete(run: RunId): Promise<null> {
    if (this.#live?.run === run) throw new LabError('bad-request', `The run ${run} is live.`, 'Stop it first.')
    this.#library.fileOf(run)
    await this.#views.forget(run)
    this.#foundIn.delete(run)
    this.#bookmarks.forget(run)
    this.#library.delete(run)
    this.#publishRuns()
    return null
  }

  async #check(run: RunId, wanted: ParsedRequest<'run.check'>['history']): Promise<Verdict> {
    await this.#settled(run)
    const view = await this.#views.get(run)
    const verdict = await view.check()
    if (!this.#options.readOnly) this.#keepFindings(run, verdict)
    const history = wanted ? await judgeHistory(view, wanted) : undefined
    return history === undefined ? verdict : { ...verdict, history }
  }

  /** What is still recorded is exported as far as it is. */
  async #exported(run: RunId) {
    const isLive = this.#live?.run === run
    if (isLive) await this.#live?.flush()
    const file = this.#views.fileOf(run)
    const { summary } = await (await this.#views.get(run)).overview(isLive)
    const status = summary.status === 'interrupted' ? ('interrupted' as const) : ('ended' as const)
    return { file, name: summary.name, status }
  }

  /** What is still recorded has no futures yet that could be told from its own. */
  #endedFile(run: RunId): string {
    if (this.#live?.run === run) throw new LabError('bad-request', `The run ${run} is live.`, 'Stop it first.')
    return this.#views.fileOf(run)
  }

  async #keepFuture(request: ParsedRequest<'run.future'>): Promise<RunSummary> {
    this.#mayWrite()
    const { summary } = await (await this.#views.get(request.run)).overview(false)
    return this.#changed(await this.#futures.keep(request, summary.name))
  }

  /** With the order, and with news of how far it is for those who watch the run. */
  async #history(run: RunId, limitMs: number): Promise<HistoryReport | null> {
    await this.#settled(run)
    const onProgress = (progress: JudgeProgress) => this.#connections.publish({ kind: 'judging', run, progress })
    return (await judgeHistory(await this.#views.get(run), { limitMs, order: true, onProgress })) ?? null
  }

  #judged(run: RunId, verdict: Verdict): void {
    this.#connections.publish({ kind: 'verdict', run, verdict })
    if (this.#options.readOnly) return
    try {
      this.#keepFindings(run, verdict)
    } catch (error) {
      this.#trouble(asLabError(error).toFailure(), run)
    }
  }

  readonly #foundIn = new Map<RunId, number>()

  #keepFindings(run: RunId, verdict: Verdict): void {
    if (verdict.violations.length <= (this.#foundIn.get(run) ?? 0)) return
    this.#foundIn.set(run, verdict.violations.length)
    if (this.#live?.run === run) this.#live.findings(verdict.violations)
    else this.#library.findings(run, verdict.violations)
    this.#publishRuns()
  }

  /** Into the file of the run: its recorder holds it while it is live, the library afterwards. */
  #keepOutcome(outcome: ScenarioOutcome): ScenarioOutcome {
    try {
      if (this.#live?.run === outcome.run) this.#live.verdict(outcome.is)
      else this.#library.verdict(outcome.run, outcome.is)
      this.#publishRuns()
    } catch (error) {
      this.#trouble(asLabError(error).toFailure(), outcome.run) // known all the same, only not kept
    }
    return outcome
  }

  #liveRun(run: RunId): LiveRun {
    if (this.#live?.run === run && !this.#live.ending) return this.#live
    this.#library.fileOf(run) // says not-found for what does not exist
    throw new LabError('run-not-live', `The run ${run} is not live: it can be read, not acted upon.`, 'Start a new run to try something.')
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  #changed(summary: RunSummary): RunSummary {
    this.#publishRuns()
    return summary
  }

  #publishRuns(): void {
    try {
      this.#connections.publish({ kind: 'runs', runs: this.#library.list() })
    } catch (error) {
      this.#trouble(asLabError(error).toFailure())
    }
  }

  #trouble(failure: LabFailure, run?: RunId, goesOn = false): void {
    this.#connections.publish({ kind: 'trouble', failure, ...(run === undefined ? {} : { run }), ...(goesOn ? { goesOn } : {}) })
    this.#options.onTrouble?.(failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`)
  }

  async #close(): Promise<void> {
    await this.#alone(async () => {
      if (this.#live) await this.#end(this.#live)
    }).catch((error) => this.#options.onTrouble?.(asLabError(error).message))
    await this.#futures.stop()
    await this.#exchange.close()
    await this.#branches.stop()
    this.#spare.close()
    for (const thread of Object.values(this.#threads)) thread.close()
    this.#comparing.stop()
    this.#connections.close()
    await this.#views.close()
    this.#library.close()
  }
}

/** A script that two runs share is carried out with the words that both understand. */
const sharing = (beside: ScenarioStart['beside'], protocol: AnyProtocol | undefined): { beside?: AnyProtocol } =>
  beside && protocol ? { beside: protocol } : {}
