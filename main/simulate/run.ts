/**
 * A live run in simulated time, as the lab holds it: the same deeds as on real processes, in a thread of its own that
 * simulates at the pace of whoever watches. What a process has and a simulation has not (a pid, what it prints) is not there;
 * what only a simulation has (clocks and disks that can be set) is there, too.
 */

import type { Worker } from 'node:worker_threads'
import type { Load } from '../../protocols/core/config.ts'
import type { ArmedFault, ClockSetting, NetworkFault, NodeAction, SyncMs } from '../../protocols/core/fault.ts'
import { type FaultId, type MessageId, type NodeId, nodeIds, type RunId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import { buffersOf } from '../branch/words.ts'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { ClientAnswer, RunSummary, Violation } from '../contract/commands.ts'
import { LabError, type LabFailure } from '../contract/errors.ts'
import { asLabError } from '../labBorder.ts'
import { VERSION } from '../labInfo.ts'
import {
  type Asked,
  askingOf,
  checkEndpoint,
  checkFault,
  type LiveRun,
  type LiveRunSettings,
  type OperationAnswer,
  readControl,
  readOperation,
  tellAnswer,
} from '../liveRun.ts'
import { startThread } from '../programs/thread.ts'
import { headerOf } from '../recorder/header.ts'
import type { Deed, FromSimulator, LiveSimulation, ToSimulator } from './liveWords.ts'

export class SimulatedRun implements LiveRun {
  readonly run: RunId
  readonly nodes: readonly NodeId[]
  readonly #settings: LiveRunSettings
  readonly #thread: Worker
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: LabError): void }>()
  #lastCall = 0
  #worker: Worker | undefined
  #exited: Promise<void> = Promise.resolve()
  #ending: Promise<void> | undefined
  #failed = false

  /** `thread`: one that `startSimulator` started and that waits. */
  constructor(settings: LiveRunSettings, thread: Worker) {
    this.#settings = settings
    this.#thread = thread
    this.run = settings.run
    this.nodes = nodeIds(settings.config.nodes)
  }

  async start(): Promise<void> {
    const { run, name, file, config, protocol, scenario, branch } = this.#settings
    const header = branch?.header ?? headerOf({ run, name, config, protocol, epochUs: 0, appVersion: VERSION, scenario })
    const data: LiveSimulation = { file, header, ...(branch ? { beginning: branch.beginning } : {}) }
    const worker = this.#thread
    this.#worker = worker
    this.#exited = new Promise((resolve) => worker.on('exit', () => resolve(this.#onExit())))
    const begun = new Promise<void>((resolve, reject) => {
      worker.on('message', (word: FromSimulator) => {
        if (word.kind === 'ready') resolve()
        else if (word.kind === 'refused') reject(errorOf(word.failure))
        else this.#hear(word)
      })
      worker.on('error', (error) => {
        const failure = { code: 'internal', message: `The thread that simulates the run failed: ${error.message}` } as const
        reject(errorOf(failure))
        this.#fail(failure)
      })
    })
    worker.postMessage(data, branch ? buffersOf(branch.beginning) : [])
    await begun.catch(async (error: unknown) => {
      this.#failed = true // said by this rejection
      await worker.terminate()
      this.#worker = undefined
      throw error
    })
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
    return tellAnswer(service, op, await this.#do<OperationAnswer>({ do: 'operate', op, asking: askingOf(asked, this.nodes) }))
  }

  setLoad(load: Load | null): Promise<void> {
    return this.#do({ do: 'load', load })
  }

  act(node: NodeId, action: NodeAction): Promise<void> {
    return this.#do({ do: 'node', node, action })
  }

  async arm(fault: NetworkFault): Promise<ArmedFault> {
    checkFault(fault, this.#settings.protocol, this.nodes)
    return await this.#do<ArmedFault>({ do: 'arm', fault })
  }

  lift(fault: FaultId): Promise<void> {
    return this.#do({ do: 'lift', fault })
  }

  release(fault: FaultId, message: MessageId | undefined): Promise<number> {
    return this.#do({ do: 'release', fault, message })
  }

  heal(): Promise<void> {
    return this.#do({ do: 'heal' })
  }

  setTimeScale(scale: number): Promise<void> {
    return this.#do({ do: 'timeScale', scale })
  }

  async tell(node: NodeId, control: Control): Promise<void> {
    checkEndpoint(node, 'node', this.nodes)
    await this.#do({ do: 'control', node, control: readControl(control, this.#settings.protocol, this.nodes) })
  }

  async setClock(node: NodeId, setting: ClockSetting): Promise<void> {
    checkEndpoint(node, 'node', this.nodes)
    await this.#do({ do: 'clock', node, setting })
  }

  async setSync(node: NodeId, syncMs: SyncMs | undefined): Promise<void> {
    checkEndpoint(node, 'node', this.nodes)
    await this.#do({ do: 'disk', node, syncMs })
  }

  findings(violations: readonly Violation[]): void {
    this.#say({ do: 'findings', violations })
  }

  verdict(is: NonNullable<RunSummary['verdict']>): void {
    this.#say({ do: 'verdict', is })
  }

  rename(name: string): void {
    this.#say({ do: 'rename', name })
  }

  bookmarks(bookmarks: Bookmarks): void {
    this.#say({ do: 'bookmarks', bookmarks })
  }

  flush(): Promise<void> {
    return this.#do({ do: 'flush' })
  }

  async #end(): Promise<void> {
    if (!this.#worker) return
    await this.#call({ do: 'end' }).catch((error) => this.#settings.onTrouble(asLabError(error).toFailure()))
    await this.#exited
  }

  /** Nobody waits for it; what goes wrong with it is said to all. */
  #say(deed: Deed): void {
    this.#do(deed).catch((error) => this.ending || this.#settings.onTrouble(asLabError(error).toFailure()))
  }

  async #do<T = void>(deed: Deed): Promise<T> {
    if (this.ending || !this.#worker) throw ended(this.run)
    return (await this.#call(deed)) as T
  }

  #call(deed: Deed): Promise<unknown> {
    const call = ++this.#lastCall
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject })
      this.#worker?.postMessage({ call, deed } satisfies ToSimulator)
    })
  }

  #hear(word: Exclude<FromSimulator, { kind: 'ready' | 'refused' }>): void {
    switch (word.kind) {
      case 'report':
        return this.#settings.onReport(word.report)
      case 'answer': {
        const call = this.#calls.get(word.call)
        this.#calls.delete(word.call)
        return word.failure ? call?.reject(errorOf(word.failure)) : call?.resolve(word.value)
      }
      case 'failed':
        return this.#fail(word.failure)
      default:
        return word satisfies never
    }
  }

  #onExit(): void {
    for (const { reject } of this.#calls.values()) reject(ended(this.run))
    this.#calls.clear()
    if (!this.ending) this.#fail({ code: 'internal', message: 'The thread that simulates the run has ended.' })
  }

  #fail(failure: LabFailure): void {
    if (this.#failed) return
    this.#failed = true
    this.#settings.onFailure(failure)
  }
}

/** A thread that waits to be told what to simulate. */
export function startSimulator(): Worker {
  return startThread('simulate')
}

const ended = (run: RunId): LabError => new LabError('run-ended', `The run ${run} has ended.`, 'Start another run.')
const errorOf = ({ code, message, hint }: LabFailure): LabError => new LabError(code, message, hint)
