/**
 * Where a scenario is carried out: a live run of real processes (live.ts), or a simulation (main/simulate/stage.ts). The
 * steps mean the same on both. Deadlines are counted on the stage's own clock.
 */
import type { Load } from '../../protocols/core/config.ts'
import type { ClockSetting, NetworkFault, NodeAction, SyncMs } from '../../protocols/core/fault.ts'
import type { FaultId, NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Moment, NodeMoment } from '../../protocols/core/moment.ts'
import type { Watch } from '../../protocols/sim/lookout.ts'
import type { Omen } from '../../protocols/sim/misfortune.ts'
import type { ClientAnswer, Verdict } from '../contract/commands.ts'
import type { Expectations, JudgedExpectation } from './format.ts'

/** The deadline of a step or of the whole scenario went by. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError'
  readonly whole: boolean
  /** `why`: what was missing at the end. */
  constructor(whole: boolean, why = '') {
    super(`the time limit of the ${whole ? 'scenario' : 'step'} went by${why === '' ? '' : `: ${why}`}`)
    this.whole = whole
  }
}

/** A step that did not do what was expected of it. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError'
}

export interface Deadline {
  /** `nowMs` of the stage at which it ends. */
  readonly atMs: number
  /** The scenario's own limit, not that of one step. */
  readonly whole: boolean
}

/** Who asks, and which node is asked first: `you`, and whoever is likely to lead, when absent. */
export interface Asked {
  readonly by?: string
  readonly of?: NodeId
}

export interface Judged {
  readonly expectations: readonly JudgedExpectation[]
  /** The judgement of a whole recording, when there is one. */
  readonly verdict?: Verdict
  /** The first invariant that was found broken. */
  readonly violated?: string
  /** All that were. */
  readonly broken?: readonly string[]
}

export interface Stage {
  readonly run: RunId
  readonly seed: number
  /** What the run looks like now. */
  readonly moment: Moment
  /** Its clock is the run's alone: what comes too late there was not held up by a slow machine. */
  readonly isExact: boolean
  nowMs(): number
  open(): Promise<void>
  close(): Promise<void>
  /** Resolves when `look` finds something (anything but undefined and false); looked at again whenever something happened. Rejects with TooLateError. */
  until<T>(look: () => T | undefined | false, deadline: Deadline): Promise<T>
  /** Until an event that happens from now on matches; says which. */
  untilEvent(where: string, deadline: Deadline): Promise<string>
  /** Until no load runs and every operation has returned. */
  untilIdle(deadline: Deadline): Promise<void>
  /** Until an operation that was invoked from now on has returned with a result. */
  untilProgress(deadline: Deadline): Promise<void>
  /** For so long, or until an invariant is found broken: then says which. */
  watch(runMs: number, deadline: Deadline): Promise<string | undefined>
  sleep(runMs: number, deadline: Deadline): Promise<void>
  /** What was done shows in `moment` when these resolve. What cannot be done is a StepFailedError. */
  operate(text: string, asked: Asked, deadline: Deadline): Promise<ClientAnswer>
  /** As `operate`, and nobody waits for the answer. */
  ask(text: string, asked: Asked, deadline: Deadline): Promise<void>
  load(load: Load | null, deadline: Deadline): Promise<void>
  node(node: NodeId, action: NodeAction, deadline: Deadline): Promise<void>
  arm(fault: NetworkFault, deadline: Deadline): Promise<FaultId>
  lift(fault: FaultId, deadline: Deadline): Promise<void>
  release(fault: FaultId): Promise<number>
  heal(deadline: Deadline): Promise<void>
  timeScale(scale: number, deadline: Deadline): Promise<void>
  /** Tells a node one of the protocol's controls. */
  tell(node: NodeId, control: Control, deadline: Deadline): Promise<void>
  /** Does it at once, whatever the node is about, and waits for nothing: where processes are real, there is no such thing. */
  strike?(node: NodeId, action: NodeAction): void
  /** Sees every step and every message; on real processes nobody does in time. */
  readonly omens?: { readonly messageTypes: readonly string[]; watch(omen: Omen): Watch }
  /** Clocks of real machines are not ours to set: then absent. */
  setClock?(node: NodeId, setting: ClockSetting): void | Promise<void>
  /** Neither is the speed of their disks. */
  setSync?(node: NodeId, syncMs: SyncMs | undefined): void | Promise<void>
  /** Ends the run in good order. */
  end(): Promise<void>
  /** Judges what happened from the beginning on. */
  judge(expected: Expectations): Promise<Judged>
}

/** The moment shows what was done to a node. `life`: that before it. */
export function isDoneTo(action: NodeAction, node: NodeMoment, life: number): boolean {
  switch (action) {
    case 'crash':
      return node.status === 'down'
    case 'restart':
      return node.status === 'up' && node.life > life
    case 'pause':
      return node.status === 'paused'
    case 'resume':
      return node.status === 'up'
    case 'wipe':
      return node.wiped
    case 'add':
      return node.status === 'up'
    case 'remove':
      return node.status === 'empty'
    default:
      return action satisfies never
  }
}
