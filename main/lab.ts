/**
 * The lab: the composition root of the engine. It holds the library of runs, the replay thread that reads them, and the
 * one run that is live; it answers the commands of the contract and publishes its changes. Hosts hold a Lab and
 * nothing else of the engine.
 */
import type { RunId } from '../protocols/core/ids.ts'
import type { AnyProtocol } from '../protocols/core/machine.ts'
import { findProtocol } from '../protocols/registry.ts'
import { forkLauncher, type NodeLauncher } from './cluster/index.ts'
import type { ParsedRequest, RunSummary, Verdict } from './contract/commands.ts'
import { LabError, type LabFailure } from './contract/errors.ts'
import type { HistoryReport, JudgeProgress } from './contract/history.ts'
import { keepHeapsSmall } from './engineHeap.ts'
import { formatInfos } from './exchange/index.ts'
import { actingCommands, done } from './labActing.ts'
import type { ChangeListener, Lab, LabConnection, LabFiles, LabOptions, ScenarioStart, StartedScenario } from './labApi.ts'
import { LabBookmarks } from './labBookmarks.ts'
import { asLabError, dispatch, type Handlers } from './labBorder.ts'
import { LabBranches } from './labBranches.ts'
import { choose } from './labChoice.ts'
import { LabCompare } from './labCompare.ts'
import { type Connection, Connections } from './labConnections.ts'
import { LabExchange } from './labExchange.ts'
import { LabFutures } from './labFutures.ts'
import { judgeHistory } from './labHistory.ts'
import { protocolInfos, serviceInfos, VERSION } from './labInfo.ts'
import { LabLive } from './labLive.ts'
import { readingCommands } from './labReading.ts'
import { Views } from './labViews.ts'
import { openLibrary, type RunLibrary } from './recorder/index.ts'
import { besideConfig } from './scenario/beside.ts'
import { LiveStage } from './scenario/live.ts'
import { parseScenario } from './scenario/parse.ts'
import { runScenario, type ScenarioOutcome } from './scenario/runner.ts'
import { varied } from './scenario/vary.ts'
import { checkMode } from './scenario/whereabouts.ts'
import { simulated } from './simulate/begin.ts'
import { recordSimulation } from './simulate/record.ts'
import { SimulatedRun } from './simulate/run.ts'

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
  readonly #live: LabLive
  readonly #comparing: LabCompare
  readonly #handlers: Handlers<Connection>
  #closing: Promise<void> | undefined

  constructor(options: CreateLabOptions, library: RunLibrary) {
    this.#options = options
    this.#library = library
    this.#views = new Views({ library, judgesAside: options.host === 'cli' })
    this.#live = new LabLive({
      library,
      views: this.#views,
      launcher: options.launcher ?? forkLauncher(),
      mayWrite: () => this.#mayWrite(),
      onReport: (run, report) => this.#connections.publish({ kind: 'grew', run, ...report }),
      onTrouble: (failure, run, goesOn) => this.#trouble(failure, run, goesOn),
      onTurn: () => this.#publishRuns(),
    })
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
      keep: (run, bookmarks) => {
        const live = this.#live.of(run)
        if (live) live.bookmarks(bookmarks)
        else library.bookmarks(run, bookmarks)
      },
      tell: (run, bookmarks) => this.#connections.publish({ kind: 'bookmarks', run, bookmarks }),
    })
    this.#branches = new LabBranches({
      library,
      live: this.#live,
      mayWrite: () => this.#mayWrite(),
      fileOf: (run) => this.#views.fileOf(run),
      summaryOf: (run) => this.#summaryOf(run),
      tell: (run, progress) => this.#connections.publish({ kind: 'branching', run, progress }),
    })
    this.#comparing = new LabCompare({
      fileOf: (run) => this.#views.fileOf(run),
      summaryOf: async (run) => {
        await this.#live.settled(run)
        return (await (await this.#views.get(run)).overview(this.#live.of(run) !== undefined)).summary
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
    const run = await this.#live.start(config, text)
    const connection = this.connect({ change: () => undefined })
    const { fileName, onProgress } = options
    const live = this.#live.of(run)
    const machines = live instanceof SimulatedRun ? live : undefined
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
      'runs.start': async ({ config }) => ({ run: await this.#live.start(config) }),
      'runs.foresee': ({ mode, nodes }) => {
        if (!this.#options.readOnly && !this.#live.current) this.#live.foresee(mode, nodes)
        return null
      },
      'runs.scenario': async ({ text, mode }) => ({ run: (await this.startScenario(text, mode === undefined ? {} : { mode })).run }),
      'runs.stop': ({ run }) => this.#live.stop(run),
      'runs.rename': ({ run, name }) => this.#rename(run, name),
      'runs.delete': ({ run }) => this.#delete(run),
      'runs.import': ({ path }) => this.#changed(this.#library.import(path)),
      'runs.export': async ({ run, path }) => {
        await this.#live.of(run)?.flush()
        await this.#library.export(run, path)
        return null
      },
      ...this.#exchange.commands(),
      ...actingCommands((run) => this.#live.acting(run)),
      ...readingCommands(this.#views, (run) => this.#live.of(run) !== undefined),
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

  /** From the library where that knows it: the thread that reads recordings may be busy with one. */
  async #summaryOf(run: RunId): Promise<RunSummary> {
    if (this.#views.isStranger(run)) return (await (await this.#views.get(run)).overview(false)).summary
    return this.#library.summary(run)
  }

  #mayWrite(): void {
    if (this.#options.readOnly) throw new LabError('start-failed', 'This lab only reads.')
  }

  async #rename(run: RunId, name: string): Promise<RunSummary> {
    const live = this.#live.of(run)
    if (!live) return this.#changed(this.#library.rename(run, name))
    live.rename(name)
    await live.flush()
    return this.#changed(this.#library.summary(run))
  }

  async #delete(run: RunId): Promise<null> {
    this.#mustHaveEnded(run)
    this.#library.fileOf(run)
    await this.#views.forget(run)
    this.#foundIn.delete(run)
    this.#bookmarks.forget(run)
    this.#library.delete(run)
    this.#publishRuns()
    return null
  }

  async #check(run: RunId, wanted: ParsedRequest<'run.check'>['history']): Promise<Verdict> {
    await this.#live.settled(run)
    const view = await this.#views.get(run)
    const verdict = await view.check()
    if (!this.#options.readOnly) this.#keepFindings(run, verdict)
    const history = wanted ? await judgeHistory(view, wanted) : undefined
    return history === undefined ? verdict : { ...verdict, history }
  }

  /** What is still recorded is exported as far as it is. */
  async #exported(run: RunId) {
    const live = this.#live.of(run)
    await live?.flush()
    const file = this.#views.fileOf(run)
    const { summary } = await (await this.#views.get(run)).overview(live !== undefined)
    const status = summary.status === 'interrupted' ? ('interrupted' as const) : ('ended' as const)
    return { file, name: summary.name, status }
  }

  /** What is still recorded has no futures yet that could be told from its own. */
  #endedFile(run: RunId): string {
    this.#mustHaveEnded(run)
    return this.#views.fileOf(run)
  }

  #mustHaveEnded(run: RunId): void {
    if (this.#live.of(run)) throw new LabError('bad-request', `The run ${run} is live.`, 'Stop it first.')
  }

  async #keepFuture(request: ParsedRequest<'run.future'>): Promise<RunSummary> {
    this.#mayWrite()
    const { summary } = await (await this.#views.get(request.run)).overview(false)
    return this.#changed(await this.#futures.keep(request, summary.name))
  }

  /** With the order, and with news of how far it is for those who watch the run. */
  async #history(run: RunId, limitMs: number): Promise<HistoryReport | null> {
    await this.#live.settled(run)
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
    const live = this.#live.of(run)
    if (live) live.findings(verdict.violations)
    else this.#library.findings(run, verdict.violations)
    this.#publishRuns()
  }

  /** Into the file of the run: its recorder holds it while it is live, the library afterwards. */
  #keepOutcome(outcome: ScenarioOutcome): ScenarioOutcome {
    try {
      const live = this.#live.of(outcome.run)
      if (live) live.verdict(outcome.is)
      else this.#library.verdict(outcome.run, outcome.is)
      this.#publishRuns()
    } catch (error) {
      this.#trouble(asLabError(error).toFailure(), outcome.run) // known all the same, only not kept
    }
    return outcome
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
    await this.#live.alone(() => this.#live.end()).catch((error) => this.#options.onTrouble?.(asLabError(error).message))
    await this.#futures.stop()
    await this.#exchange.close()
    await this.#branches.stop()
    this.#live.close()
    this.#comparing.stop()
    this.#connections.close()
    await this.#views.close()
    this.#library.close()
  }
}

/** A script that two runs share is carried out with the words that both understand. */
const sharing = (beside: ScenarioStart['beside'], protocol: AnyProtocol | undefined): { beside?: AnyProtocol } =>
  beside && protocol ? { beside: protocol } : {}
