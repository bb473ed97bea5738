/**
 * One live run of real processes: its recorder and its proxy, started side by side, then its processes; ended in the other order. It wires
 * them and keeps the register of faults; what happens to the run is recorded by the parts at the place where it happens.
 */

import { randomBytes } from 'node:crypto'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Load, RunConfig } from '../protocols/core/config.ts'
import { messageTypesOf } from '../protocols/core/event.ts'
import type { ArmedFault, NetworkFault, NodeAction } from '../protocols/core/fault.ts'
import { type EndpointId, type FaultId, faultId, type MessageId, type NodeId, nodeIds, type RunId } from '../protocols/core/ids.ts'
import type { Control } from '../protocols/core/input.ts'
import { whyNot } from '../protocols/sim/whyNot.ts'
import { continuedClients, finishing, proxyPast, sequencedPast } from './branch/processes.ts'
import type { Beginning } from './branch/words.ts'
import { type NodeLauncher, type ProcessEntries, Supervisor } from './cluster/index.ts'
import type { Bookmarks } from './contract/bookmarks.ts'
import type { ClientAnswer, RunSummary, Violation } from './contract/commands.ts'
import { LabError, type LabFailure } from './contract/errors.ts'
import { asLabError } from './labBorder.ts'
import { VERSION } from './labInfo.ts'
import {
  type Asked,
  askingOf,
  checkEndpoint,
  checkFault,
  type LiveRun,
  type LiveRunSettings,
  readControl,
  readOperation,
  tellAnswer,
} from './liveRun.ts'
import { type ProxyThread, startProxy } from './proxy/index.ts'
import { headerOf, type RecorderThread, startRecorder } from './recorder/index.ts'

export interface ProcessRunSettings extends LiveRunSettings {
  /** For the nodes' disks. */
  readonly folder: string
  readonly launcher: NodeLauncher
  readonly entries: ProcessEntries
  /** Threads that wait. */
  readonly threads: { readonly recorder: Worker; readonly proxy: Worker }
}

/** Microseconds of the machine's one monotonic clock, as every process of the run reads it. */
const nowUs = (): number => Number(process.hrtime.bigint() / 1000n)

export class ProcessRun implements LiveRun {
  readonly run: RunId
  readonly config: RunConfig
  readonly nodes: readonly NodeId[]
  readonly #settings: ProcessRunSettings
  readonly #faults = new Map<FaultId, ArmedFault>()
  #lastFault = 0
  #epochUs = nowUs()
  #recorder: RecorderThread | undefined
  #proxy: ProxyThread | undefined
  #cluster: Supervisor | undefined
  #ending: Promise<void> | undefined
  #failed = false

  constructor(settings: ProcessRunSettings) {
    this.#settings = settings
    const { branch } = settings
    if (branch) {
      this.#epochUs -= branch.beginning.atUs
      this.#lastFault = branch.beginning.cut.armed
      for (const fault of branch.beginning.cut.faults) this.#faults.set(fault.id, fault)
    }
    this.run = settings.run
    this.config = settings.config
    this.nodes = nodeIds(settings.config.nodes)
  }

  /** Resolves when all processes are up. Rejects with a LabError, everything ended again. */
  async start(): Promise<void> {
    const { config, protocol, branch } = this.#settings
    const messageTypes = messageTypesOf(protocol)
    const secret = randomBytes(24).toString('base64url')
    try {
      const { port1, port2 } = new MessageChannel()
      // Side by side: a run begins as soon as both are there.
      const [recorder, proxied] = await Promise.allSettled([this.#startRecorder(port1), this.#startProxy(messageTypes, secret, port2)])
      if (recorder.status === 'fulfilled') this.#recorder = recorder.value
      if (proxied.status === 'fulfilled') this.#proxy = proxied.value
      if (recorder.status === 'rejected') throw recorder.reason
      if (proxied.status === 'rejected') throw proxied.reason
      const proxy = proxied.value
      this.#cluster = new Supervisor({
        run: this.run,
        secret,
        epochUs: this.#epochUs,
        config: branch ? { ...config, seed: branch.beginning.seed } : config,
        nodes: this.nodes,
        messageTypes,
        disksFolder: this.#settings.folder,
        launcher: this.#settings.launcher,
        entries: this.#settings.entries,
        network: proxy,
        ...(branch ? { past: { nodes: branch.beginning.was.nodes, timeScale: branch.beginning.timeScale } } : {}),
        // it has stopped by itself; this records that it has
        onLoadDone: () => this.ending || this.#cluster?.setLoad(null),
        onTrouble: (text) => this.#trouble(text),
      })
      await this.#cluster.start()
      if (branch) await this.#goOn(branch.beginning, proxy, this.#cluster)
    } catch (error) {
      await this.stop()
      const known = asLabError(error)
      throw known.code === 'internal' ? new LabError('start-failed', `The run could not be started: ${known.message}`) : known
    }
  }

  stop(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  get ending(): boolean {
    return this.#ending !== undefined
  }

  async operate(text: string, asked: Asked = {}): Promise<ClientAnswer> {
    const { service } = this.#settings
    const op = readOperation(service, text)
    return tellAnswer(service, op, await this.#up(this.#cluster).operate(op, askingOf(asked, this.nodes)))
  }

  setLoad(load: Load | null): void {
    this.#up(this.#cluster).setLoad(load)
  }

  async act(node: NodeId, action: NodeAction): Promise<void> {
    checkEndpoint(node, 'node', this.nodes)
    const problem = action === 'remove' ? whyNot(node, 'up', action, this.#settings.protocol) : undefined
    if (problem) throw new LabError('bad-request', problem.text)
    await this.#up(this.#cluster).act(node, action)
  }

  async tell(node: NodeId, control: Control): Promise<void> {
    checkEndpoint(node, 'node', this.nodes)
    this.#up(this.#cluster).tell(node, readControl(control, this.#settings.protocol, this.nodes))
  }

  async setClock(node: NodeId): Promise<void> {
    throw this.#notOurs(node, 'clock', 'its clock is that of this machine, which all nodes and you yourself go by')
  }

  async setSync(node: NodeId): Promise<void> {
    throw this.#notOurs(node, 'disk', 'its disk is that of this machine, and as fast as that is')
  }

  async arm(fault: NetworkFault): Promise<ArmedFault> {
    checkFault(fault, this.#settings.protocol, this.nodes)
    const armed: ArmedFault = { ...fault, id: faultId(`f${++this.#lastFault}`) }
    await this.#up(this.#proxy).arm(armed)
    this.#faults.set(armed.id, armed)
    return armed
  }

  async lift(id: FaultId): Promise<void> {
    this.#armed(id)
    await this.#up(this.#proxy).lift(id)
    this.#faults.delete(id)
  }

  async release(id: FaultId, message: MessageId | undefined): Promise<number> {
    const fault = this.#armed(id)
    if (fault.kind !== 'hold') throw new LabError('bad-request', `fault: ${id} is a ${fault.kind}: only a hold has messages to release.`)
    const released = await this.#up(this.#proxy).release(id, message)
    if (message !== undefined && released === 0) throw new LabError('not-found', `Message ${message} does not wait at ${id}.`)
    return released
  }

  async heal(): Promise<void> {
    for (const id of [...this.#faults.keys()]) await this.lift(id)
    await this.#up(this.#cluster).heal()
  }

  setTimeScale(scale: number): void {
    this.#up(this.#proxy).setTimeScale(scale)
    this.#up(this.#cluster).setTimeScale(scale)
  }

  findings(violations: readonly Violation[]): void {
    this.#recorder?.findings(violations)
  }

  verdict(is: NonNullable<RunSummary['verdict']>): void {
    this.#recorder?.verdict(is)
  }

  rename(name: string): void {
    this.#recorder?.rename(name)
  }

  bookmarks(bookmarks: Bookmarks): void {
    this.#recorder?.bookmarks(bookmarks)
  }

  async flush(): Promise<void> {
    await this.#up(this.#proxy).flush()
    await this.#up(this.#recorder).flush()
  }

  /** Time goes on where the other run was. */
  async #goOn(beginning: Beginning, proxy: ProxyThread, cluster: Supervisor): Promise<void> {
    const { cut, atUs, heal, was } = beginning
    const onset = { epochUs: nowUs() - atUs, atUs, nowMs: cut.atUs / 1e3 }
    this.#epochUs = onset.epochUs
    proxy.begin(onset)
    if (was.timeScale !== beginning.timeScale) proxy.setTimeScale(beginning.timeScale)
    if (heal) for (const id of [...this.#faults.keys()]) await this.lift(id)
    await cluster.begin(onset, continuedClients(cut), finishing(beginning))
    if (cut.isLoadAwaited && this.config.load) cluster.setLoad(this.config.load)
    if (heal) await cluster.heal()
  }

  #startProxy(messageTypes: readonly string[], secret: string, recorder: MessagePort): Promise<ProxyThread> {
    const { config, branch } = this.#settings
    return startProxy(
      {
        run: this.run,
        secret,
        epochUs: this.#epochUs,
        seed: branch?.beginning.seed ?? config.seed,
        nodes: this.nodes,
        messageTypes,
        timeScale: config.timeScale,
        network: config.network,
        ...(branch ? { past: proxyPast(branch.beginning) } : {}),
        recorder,
        onTapClosed: (endpoint: EndpointId, life: number) => this.#cluster?.tapClosed(endpoint, life),
        onTrouble: (text) => this.#trouble(text),
        onFailure: (error) => this.#fail({ code: 'internal', message: `The proxy of the run failed: ${error.message}` }),
      },
      this.#settings.threads.proxy,
    )
  }

  #startRecorder(feed: MessagePort): Promise<RecorderThread> {
    const { run, name, file, config, protocol, scenario, branch } = this.#settings
    return startRecorder(
      {
        ...{ file, feed },
        ...(branch ? { past: { moment: branch.beginning.moment, sequenced: sequencedPast(branch.beginning.cut) } } : {}),
        header: branch?.header ?? headerOf({ run, name, config, protocol, epochUs: this.#epochUs, appVersion: VERSION, scenario }),
        onReport: this.#settings.onReport,
        onFailure: (failure) => this.#fail(failure),
      },
      this.#settings.threads.recorder,
    )
  }

  async #end(): Promise<void> {
    const quietly = (error: unknown) => this.#trouble(asLabError(error).message)
    await this.#cluster?.stop().catch(quietly)
    if (this.#proxy) {
      if (!this.#failed) this.#proxy.event({ kind: 'action', atUs: nowUs() - this.#epochUs, action: { do: 'end' } })
      await this.#proxy.close().catch(quietly)
    }
    await this.#recorder?.close().catch(quietly)
  }

  #trouble(message: string): void {
    this.#settings.onTrouble({ code: 'internal', message })
  }

  #fail(failure: LabFailure): void {
    if (this.#failed) return
    this.#failed = true
    this.#settings.onFailure(failure)
  }

  #notOurs(node: NodeId, what: string, why: string): LabError {
    checkEndpoint(node, 'node', this.nodes)
    const hint = `Start the run as a simulation: there every node has a ${what} of its own.`
    return new LabError('bad-request', `The ${what} of ${node} cannot be set: ${node} is a real process, and ${why}.`, hint)
  }

  #up<T>(part: T | undefined): T {
    if (part === undefined || this.ending) throw new LabError('run-ended', `The run ${this.run} is ending.`)
    return part
  }

  #armed(id: FaultId): ArmedFault {
    const fault = this.#faults.get(id)
    if (fault) return fault
    const ids = [...this.#faults.keys()]
    throw new LabError('not-found', `fault: ${id} is not armed.`, ids.length === 0 ? 'No fault is armed.' : `Armed are ${ids.join(', ')}.`)
  }
}
