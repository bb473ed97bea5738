/** A scenario's stage in simulated time: what a step waits for is reached by computing, and a deadline is the run's own. */
import '../signing/lookingOn.ts'
import type { Asking } from '../../protocols/clients/bar.ts'
import type { Load, RunConfig } from '../../protocols/core/config.ts'
import { messageTypesOf } from '../../protocols/core/event.ts'
import type { NetworkFault, NodeAction } from '../../protocols/core/fault.ts'
import type { FaultId, NodeId, RunId } from '../../protocols/core/ids.ts'
import { endpointIds, nodeIds } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { NodeMoment } from '../../protocols/core/moment.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import type { ClockSetting } from '../../protocols/sim/clock.ts'
import { Judging } from '../../protocols/sim/judging.ts'
import { Lookout } from '../../protocols/sim/lookout.ts'
import { type Range, Simulation, SimulationError } from '../../protocols/sim/simulation.ts'
import { type Sink, tee } from '../../protocols/sim/sink.ts'
import type { ClientAnswer } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import { readControl } from '../liveRun.ts'
import { HOLD } from '../scenario/expect.ts'
import type { Expectations, JudgedExpectation } from '../scenario/format.ts'
import { type Asked, type Deadline, isDoneTo, type Judged, type Stage, StepFailedError, TooLateError } from '../scenario/stage.ts'
import { Heard, LINEARIZABILITY } from './heard.ts'
import { Tail } from './tail.ts'
import { Tally } from './tally.ts'
import { SimMoment } from './view.ts'

/** Happenings between two looks at the world outside. */
const SLICE = 5000

export interface SimStageOptions {
  readonly run: RunId
  readonly config: RunConfig
  readonly protocol: AnyProtocol
  readonly service: AnyService
  /** Records, or looks on; what happens is only judged and counted when absent. */
  readonly sink?: Sink
  /** Goes no further when an invariant is broken. */
  readonly stopsAtViolation?: boolean
  /** Goes no further when so many events have happened. */
  readonly eventsMax?: number
  /** Now and then while it computes. */
  onSlice?(): void
  /** When the run has ended. */
  onEnd?(): void
  /** Instead of what was judged on the way: reads the recording. */
  judge?(expected: Expectations): ReturnType<Stage['judge']>
  readonly signal?: AbortSignal
}

export class SimStage implements Stage {
  readonly run: RunId
  readonly seed: number
  readonly isExact = true
  readonly simulation: Simulation
  readonly tally = new Tally()
  readonly judging: Judging
  readonly heard: Heard
  readonly moment: SimMoment
  readonly omens: NonNullable<Stage['omens']>
  readonly #options: SimStageOptions
  readonly #tail: Tail
  /** Records that crashes have taken. */
  #lost = 0

  constructor(options: SimStageOptions) {
    const { run, config, protocol, service, sink } = options
    this.run = run
    this.seed = config.seed
    this.#options = options
    this.judging = new Judging(protocol, service)
    this.heard = new Heard(service.name, protocol.promises)
    const nodes = nodeIds(config.nodes)
    const timers = protocol.timers.map(({ name }) => name)
    const messageTypes = messageTypesOf(protocol)
    this.#tail = new Tail({ endpoints: endpointIds(nodes), messageTypes, timers }, protocol)
    const lookout = new Lookout(nodes, messageTypes)
    this.omens = { messageTypes, watch: (omen) => lookout.watch(omen) }
    const all = tee(...(sink ? [sink] : []), this.judging, this.tally, this.#tail, this.heard, lookout)
    this.simulation = new Simulation({ protocol, service, config, sink: all })
    this.moment = new SimMoment(this.simulation)
  }

  nowMs(): number {
    return this.simulation.nowUs / 1e3
  }

  /** As a live run is begun: the steps begin when every process is up. */
  async open(): Promise<void> {
    await this.until(() => this.simulation.isBegun, { atMs: this.nowMs() + 60_000, whole: true })
  }

  async close(): Promise<void> {}

  async until<T>(look: () => T | undefined | false, deadline: Deadline): Promise<T> {
    let found = look()
    const isFound = () => {
      found = look()
      return found !== undefined && found !== false
    }
    if (found === undefined || found === false) await this.#compute(Math.round(deadline.atMs * 1e3), isFound)
    if (found === undefined || found === false) throw new TooLateError(deadline.whole)
    return found
  }

  async untilEvent(where: string, deadline: Deadline): Promise<string> {
    this.#tail.look(where)
    try {
      const { kind, atUs } = await this.until(() => this.#tail.found, deadline)
      return `${kind} at ${(atUs / 1e3).toFixed(1)} ms`
    } finally {
      this.#tail.stop()
    }
  }

  async untilIdle(deadline: Deadline): Promise<void> {
    await this.until(() => this.simulation.load === undefined && this.tally.operations.open.size === 0, deadline)
  }

  async untilProgress(deadline: Deadline): Promise<void> {
    const before = this.simulation.operations
    await this.until(() => this.tally.operations.lastOk > before, deadline)
  }

  /** Ends as well when what clients heard cannot be explained any more, as long as they asked for little. */
  async watch(runMs: number, deadline: Deadline): Promise<string | undefined> {
    const { judging, heard, simulation } = this
    const violated = () => judging.found[0]?.invariant ?? (heard.areFew && heard.violatedAtUs !== undefined ? LINEARIZABILITY : undefined)
    const untilUs = simulation.nowUs + Math.round(runMs * 1e3)
    const lastUs = Math.round(deadline.atMs * 1e3)
    if (!violated()) await this.#compute(Math.min(untilUs, lastUs), () => violated() !== undefined)
    const found = violated()
    if (!found && untilUs > lastUs) throw new TooLateError(deadline.whole)
    return found
  }

  async sleep(runMs: number, deadline: Deadline): Promise<void> {
    const untilUs = this.simulation.nowUs + Math.round(runMs * 1e3)
    await this.#compute(Math.min(untilUs, deadline.atMs * 1e3))
    if (untilUs > deadline.atMs * 1e3) throw new TooLateError(deadline.whole)
  }

  async operate(text: string, asked: Asked, deadline: Deadline): Promise<ClientAnswer> {
    const { service } = this.#options
    const op = this.#read(text)
    let answer: ClientAnswer | undefined
    this.simulation.operate(
      op,
      ({ operation, outcome, latencyMs }) => {
        const said = outcome.is === 'ok' ? service.formatResult(op, outcome.result) : outcome.why
        answer = { operation, op: service.format(op), is: outcome.is, text: said, latencyMs }
      },
      this.#asking(asked),
    )
    return await this.until(() => answer, deadline)
  }

  async ask(text: string, asked: Asked): Promise<void> {
    this.simulation.operate(this.#read(text), () => undefined, this.#asking(asked))
  }

  #asking({ by, of }: Asked): Asking {
    return { ...(by === undefined ? {} : { by }), ...(of === undefined ? {} : { of: this.simulation.node(of).endpoint }) }
  }

  async load(load: Load | null): Promise<void> {
    this.simulation.setLoad(load)
  }

  strike(id: NodeId, action: NodeAction): void {
    this.#do(() => this.simulation.act(id, action))
    if (action === 'crash') this.tally.count('lost records', this.#lostSince())
  }

  async node(id: NodeId, action: NodeAction, deadline: Deadline): Promise<void> {
    const { life } = this.simulation.node(id)
    // A step may come while the process is still starting: whoever does it on a machine waits as well.
    await this.until(() => this.simulation.node(id).status !== 'starting', deadline)
    this.strike(id, action)
    await this.until(() => {
      const node = this.moment.nodes.get(id)
      return node !== undefined && isDoneTo(action, node, life)
    }, deadline)
  }

  async arm(fault: NetworkFault): Promise<FaultId> {
    return this.#do(() => this.simulation.arm(fault)).id
  }

  async lift(fault: FaultId): Promise<void> {
    this.#do(() => this.simulation.lift(fault))
  }

  async release(fault: FaultId): Promise<number> {
    return this.#do(() => this.simulation.release(fault))
  }

  async heal(deadline: Deadline): Promise<void> {
    this.simulation.heal()
    const isHealed = ({ status }: NodeMoment) => status === 'up' || status === 'empty'
    await this.until(() => [...this.moment.nodes.values()].every(isHealed), deadline)
  }

  async timeScale(scale: number): Promise<void> {
    this.simulation.setTimeScale(scale)
  }

  async tell(node: NodeId, control: Control): Promise<void> {
    this.#do(() => this.simulation.tell(node, readControl(control, this.#options.protocol, this.simulation.nodes)))
    this.tally.count(control.name)
  }

  setClock(node: NodeId, setting: ClockSetting): void {
    this.simulation.setClock(node, setting)
    this.tally.count('clock')
  }

  setSync(node: NodeId, syncMs: Range | undefined): void {
    this.simulation.setSync(node, syncMs)
    if (syncMs !== undefined) this.tally.count('slow disk')
  }

  async end(): Promise<void> {
    this.simulation.end()
    this.moment.ended = true
    this.#options.onEnd?.()
  }

  /** What clients saw is judged here in any case; the invariants too, unless somebody reads them from a recording. */
  async judge(expected: Expectations): ReturnType<Stage['judge']> {
    const judged = (await this.#options.judge?.(expected)) ?? this.#judgeOnTheWay(expected)
    if (judged.violated !== undefined) return judged
    const history = this.heard.judge()
    if (!history) return judged
    const expectations = [...judged.expectations, history]
    return history.is === 'fail'
      ? { ...judged, expectations, violated: LINEARIZABILITY, broken: [LINEARIZABILITY] }
      : { ...judged, expectations }
  }

  #judgeOnTheWay(expected: Expectations): Judged {
    const expectations: JudgedExpectation[] = []
    if (expected.operations !== undefined) expectations.push(this.tally.operations.judge(expected.operations === 'ok'))
    const [first] = this.judging.found
    const [text] = HOLD
    if (!first) {
      const { broken } = this.judging
      expectations.push(broken === undefined ? { text, is: 'pass' } : { text, is: 'unknown', why: `The judge of ${broken} failed.` })
      return { expectations }
    }
    const why = `${first.invariant} at ${(first.atUs / 1e3).toFixed(1)} ms: ${first.text}`
    const broken = [...new Set(this.judging.found.map(({ invariant }) => invariant))]
    return { expectations: [...expectations, { text, is: 'fail', why }], violated: first.invariant, broken }
  }

  #read(text: string): Json {
    const parsed = this.#options.service.parse(text)
    if ('error' in parsed) throw new StepFailedError(parsed.error)
    return parsed.op
  }

  /** Computes up to `untilUs` or until `isDone`, with room between the slices for whatever else the process does. */
  async #compute(untilUs: number, isDone?: () => boolean): Promise<void> {
    const { signal, onSlice, stopsAtViolation, eventsMax = Number.POSITIVE_INFINITY } = this.#options
    const { simulation } = this
    for (;;) {
      let left = SLICE
      let done = false
      const stops = this.simulation.run(untilUs, () => {
        done = isDone?.() ?? false
        return done || --left === 0 || (stopsAtViolation === true && this.judging.found.length > 0) || simulation.events > eventsMax
      })
      if (simulation.events > eventsMax) throw new LabError('run-ended', `more than ${eventsMax} events`)
      if (stopsAtViolation && this.judging.found.length > 0) throw new LabError('run-ended', 'an invariant was broken')
      if (done || !stops) return
      onSlice?.()
      await new Promise((resume) => setImmediate(resume))
      if (signal?.aborted) throw new LabError('run-ended', 'the simulation was interrupted')
    }
  }

  /** Records that crashes took since this was last asked. */
  #lostSince(): number {
    const before = this.#lost
    this.#lost = this.simulation.nodes.reduce((sum, id) => sum + this.simulation.node(id).lostRecords, 0)
    return this.#lost - before
  }

  #do<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof SimulationError || error instanceof LabError) throw new StepFailedError(error.message)
      throw error
    }
  }
}
