/**
 * A cluster for a window that has no lab: the protocol and the simulator that the lab itself has, with its events and the
 * state after every step kept in memory. Nothing of what it does is imitated but what is said to be: `accuse` and `sayNo`.
 */
import type { ClientAnswer, Violation } from '../../../main/contract/commands.ts'
import { LabError, REFUSED } from '../../../main/contract/errors.ts'
import { type Load, membersOf, type RunConfig, runConfigSchema } from '../../../protocols/core/config.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { ArmedFault, ClockSetting, NetworkFault, NodeAction, SyncMs } from '../../../protocols/core/fault.ts'
import { type FaultId, type MessageId, type NodeId, nodeIds } from '../../../protocols/core/ids.ts'
import type { Control } from '../../../protocols/core/input.ts'
import { invariant } from '../../../protocols/core/invariant.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import type { Mark } from '../../../protocols/core/mark.ts'
import type { AnyService } from '../../../protocols/core/service.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import { findService } from '../../../protocols/services/index.ts'
import { EventLog } from '../../../protocols/sim/eventLog.ts'
import { Simulation, SimulationError } from '../../../protocols/sim/simulation.ts'
import { Listener, type StepSeen, tee } from '../../../protocols/sim/sink.ts'
import { verbsOf } from '../../../protocols/words/marks.ts'
import { speechOf } from '../../../protocols/words/speech.ts'
import { MarkWatch } from './marks.ts'

/** The state of a node from one step to its next. */
export interface KnownState {
  readonly seq: number
  readonly node: NodeId
  readonly life: number
  readonly step: number
  /** As the protocol has it; `World.protocol` encodes it. */
  readonly state: unknown
}

/** A booting cluster is there within this time. */
const BOOT_US = 60_000_000

export class World {
  readonly config: RunConfig
  readonly protocol: AnyProtocol
  readonly service: AnyService
  readonly violations: Violation[] = []
  /** Every node's state after every step, in order of events. */
  readonly states: readonly KnownState[]
  /** Real microseconds to one of the recording. */
  pace: number
  ended = false
  readonly #log: EventLog
  readonly #marks: MarkWatch
  readonly #simulation: Simulation

  constructor(config: Partial<RunConfig>) {
    this.config = runConfigSchema.parse(config)
    this.pace = this.config.timeScale
    this.protocol = known(findProtocol(this.config.protocol))
    this.service = known(findService(this.config.service))
    this.#log = new EventLog(this.protocol, this.config.nodes)
    const empty = nodeIds(this.config.nodes).slice(membersOf(this.config).length)
    this.#marks = new MarkWatch(verbsOf(this.protocol.notes), speechOf(this.protocol.name, undefined), empty)
    const states = new States(this.#log)
    this.states = states.all
    const { protocol, service } = this
    this.#simulation = new Simulation({ protocol, service, config: this.config, sink: tee(states, this.#log.sink) })
    this.#simulation.run(BOOT_US, () => this.#simulation.isBegun)
  }

  get nodes(): readonly NodeId[] {
    return this.#simulation.nodes
  }

  get nowUs(): number {
    return this.#simulation.nowUs
  }

  get events(): readonly RunEvent[] {
    return this.#log.events
  }

  get marks(): readonly Mark[] {
    return this.#marks.upTo(this.events)
  }

  get lastSeq(): number {
    return this.#log.count
  }

  get faults(): ReadonlyMap<FaultId, ArmedFault> {
    return this.#simulation.faults
  }

  /** One of those who believe that they lead. */
  get leader(): NodeId | undefined {
    return this.nodes.find((node) => this.leads(node))
  }

  leads(node: NodeId): boolean {
    return this.#simulation.node(node).status === 'up' && this.#simulation.observation(node)?.role === 'leader'
  }

  /** Lets the run go on until a time. */
  runTo(untilUs: number): void {
    this.#simulation.run(untilUs)
  }

  end(): void {
    this.#simulation.end()
    this.ended = true
  }

  act(id: NodeId, what: NodeAction): void {
    asked(() => this.#simulation.act(id, what))
  }

  tell(id: NodeId, control: Control): void {
    asked(() => this.#simulation.tell(id, control))
  }

  arm(fault: NetworkFault): ArmedFault {
    return asked(() => this.#simulation.arm(fault))
  }

  lift(id: FaultId): void {
    asked(() => this.#simulation.lift(id))
  }

  release(fault: FaultId, message?: MessageId): number {
    return asked(() => this.#simulation.release(fault, message))
  }

  heal(): void {
    this.#simulation.heal()
  }

  setClock(node: NodeId, setting: ClockSetting): void {
    this.#refuseReal(node, 'clock')
    asked(() => this.#simulation.setClock(node, setting))
  }

  setSync(node: NodeId, syncMs: SyncMs | null): void {
    this.#refuseReal(node, 'disk')
    asked(() => this.#simulation.setSync(node, syncMs ?? undefined))
  }

  setTimeScale(scale: number): void {
    this.pace = scale
    this.#simulation.setTimeScale(scale)
  }

  setLoad(load: Load | null): void {
    this.#simulation.setLoad(load)
  }

  /** One operation in the words of the client bar. `of`: the node that is asked first. */
  ask(text: string, { by = 'you', of }: { readonly by?: string; readonly of?: NodeId } = {}): Promise<ClientAnswer> {
    const parsed = this.service.parse(text)
    if ('error' in parsed) throw new LabError('bad-request', parsed.error)
    const { op } = parsed
    const asking = { by, ...(of === undefined ? {} : { of: this.nodes.indexOf(of) }) }
    return new Promise((answer) => {
      this.#simulation.operate(
        op,
        ({ operation, outcome, latencyMs }) => {
          const said = outcome.is === 'ok' ? this.service.formatResult(op, outcome.result) : outcome.why
          answer({ operation, op: this.service.format(op), is: outcome.is, text: said, latencyMs })
        },
        asking,
      )
    })
  }

  /** Says that an invariant was broken by the last step of a node, as a judge would: to see what that looks like. */
  accuse(name: string, text: string): void {
    const step = this.events.findLast((event) => event.kind === 'step')
    const { source } = known(this.protocol.invariants.find((each) => each.name === name))
    if (step?.kind !== 'step') return
    this.violations.push({ invariant: name, seq: step.seq, node: step.node, text, source })
    this.#marks.add({ seq: step.seq, atUs: step.atUs, kind: 'violation', text: `${name}: ${text}`, node: step.node })
  }

  /** Says that a node refused what it was told: to see what that looks like. */
  sayNo(node: NodeId, no: NonNullable<Mark['no']>): void {
    this.#marks.add({ seq: this.lastSeq, atUs: this.nowUs, kind: 'no', text: `${node} refuses: ${no.why}`, node, no })
  }

  /** As the lab does, for which such a run has processes of this machine. */
  #refuseReal(node: NodeId, what: string): void {
    if (this.config.mode === 'simulation') return
    const hint = `Start the run as a simulation: there every node has a ${what} of its own.`
    throw new LabError('bad-request', `The ${what} of ${node} cannot be set: ${node} is a real process.`, hint)
  }
}

/** Keeps what every step led to; it is told of a step before the log is. */
class States extends Listener {
  readonly all: KnownState[] = []
  readonly #log: EventLog

  constructor(log: EventLog) {
    super()
    this.#log = log
  }

  override stepped({ node, life, step, after }: StepSeen): void {
    this.all.push({ seq: this.#log.count + 1, node, life, step, state: after })
  }
}

function known<T>(found: T | undefined): T {
  invariant(found !== undefined, 'a fake lab has runs of what Synod has')
  return found
}

function asked<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof SimulationError ? new LabError(REFUSED[error.why], error.message) : error
  }
}
