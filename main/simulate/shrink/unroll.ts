/**
 * A scenario under one seed, written out: its storms, waits and words become deeds at the times at which they were done,
 * its background load the operations that clients began. What is left can be taken apart deed by deed.
 */

import type { Load } from '../../../protocols/core/config.ts'
import type { InvokeEvent } from '../../../protocols/core/event.ts'
import type { NetworkFault, NodeAction } from '../../../protocols/core/fault.ts'
import type { FaultId, NodeId } from '../../../protocols/core/ids.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { Control } from '../../../protocols/core/input.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { ClockSetting } from '../../../protocols/sim/clock.ts'
import { isOfLoad } from '../../../protocols/sim/deeds.ts'
import type { Range } from '../../../protocols/sim/simulation.ts'
import { Listener, tee, type Word } from '../../../protocols/sim/sink.ts'
import type { ClientAnswer } from '../../contract/commands.ts'
import type { Step } from '../../scenario/format.ts'
import type { Asked, Deadline } from '../../scenario/stage.ts'
import { Letters } from './letters.ts'
import { type Attempt, type AttemptOptions, attempted, type Bench, carryOut, type Trial, TrialStage } from './trial.ts'

export interface Unrolled extends Attempt {
  /** What was done until it failed, each deed with its time. */
  readonly deeds: readonly Step[]
  /** The steps as they were written, storms apart, and in place of those what they did: as far as it came. */
  readonly steps: readonly Step[]
  /** What clients of the load asked for, each with its time. */
  readonly asks: readonly Step[]
}

/** Carries a trial out and writes down what is done. */
export async function unroll(trial: Trial, bench: Bench, options: AttemptOptions = {}): Promise<Unrolled> {
  const words: Heard[] = []
  const letters = new Letters()
  const stage = new NotedStage({ run: runId('trial'), config: trial.run, ...bench, ...options, sink: tee(new Ear(words), letters) })
  const spans: { step: number; from: number; fromMs: number }[] = []
  const outcome = await carryOut(stage, trial, (step) => {
    spans.push({ step, from: stage.deeds.length, fromMs: stage.sinceOpened(stage.nowMs() * 1e3) })
  })
  const steps = spans.flatMap(({ step: index, from, fromMs }, at): Step[] => {
    const step = trial.steps[index] as Step
    if (step.do === 'storm') return stage.deeds.slice(from, spans[at + 1]?.from)
    // What follows a storm begins when it is over.
    return [trial.steps[index - 1]?.do === 'storm' ? { ...step, atMs: fromMs } : step]
  })
  const asks = words.map(
    ({ op, client, atUs }): Step => ({ do: 'ask', ask: bench.service.format(op), by: nameOf(client), atMs: stage.sinceOpened(atUs) }),
  )
  return { ...attempted(stage, outcome, { trial, letters }), deeds: stage.deeds, steps, asks }
}

/** The names c1, c2, ... are kept for the load. */
const nameOf = (client: string): string => client.replace(/^c(?=[0-9])/, 'client')

type Heard = Pick<InvokeEvent, 'op' | 'client'> & { readonly atUs: number }

/** Hears the operations of the load. */
class Ear extends Listener {
  readonly #heard: Heard[]

  constructor(heard: Heard[]) {
    super()
    this.#heard = heard
  }

  override spoke({ said, atUs }: Word): void {
    if (said.is === 'invoke' && isOfLoad(said.client)) this.#heard.push({ op: said.op, client: said.client, atUs })
  }
}

/** A stage that notes each deed before it is done. */
class NotedStage extends TrialStage {
  readonly deeds: Step[] = []

  override async operate(text: string, asked: Asked, deadline: Deadline): Promise<ClientAnswer> {
    this.#note({ do: 'ask', ask: text, ...asked })
    return await super.operate(text, asked, deadline)
  }

  override async ask(text: string, asked: Asked): Promise<void> {
    this.#note({ do: 'ask', ask: text, ...asked })
    await super.ask(text, asked)
  }

  override async load(load: Load | null): Promise<void> {
    this.#note({ do: 'load', load: load ?? 'off' })
    await super.load(load)
  }

  override strike(id: NodeId, action: NodeAction): void {
    super.strike(id, action) // first, for what cannot be done is no deed
    this.#note({ do: action, [action]: id } as unknown as Step)
  }

  override async arm(fault: NetworkFault): Promise<FaultId> {
    const index = this.deeds.length
    this.#note({ do: 'arm', arm: fault })
    const id = await super.arm(fault)
    this.deeds[index] = { ...(this.deeds[index] as Extract<Step, { do: 'arm' }>), as: id }
    return id
  }

  override async lift(fault: FaultId): Promise<void> {
    this.#note({ do: 'lift', lift: fault })
    await super.lift(fault)
  }

  override async release(fault: FaultId): Promise<number> {
    this.#note({ do: 'release', release: fault })
    return await super.release(fault)
  }

  override async heal(deadline: Deadline): Promise<void> {
    this.#note({ do: 'heal', heal: true })
    await super.heal(deadline)
  }

  override async tell(node: NodeId, control: Control): Promise<void> {
    const { name, ...fields } = control
    const { deeds } = this
    const index = deeds.length
    this.#note({ do: 'tell', tell: node, control: name, with: fields as { [field: string]: Json } })
    try {
      await super.tell(node, control)
    } catch (error) {
      deeds.splice(index, 1) // a storm leaves out what cannot be done to a node as it is
      throw error
    }
  }

  override setClock(node: NodeId, setting: ClockSetting): void {
    this.#note({ do: 'clock', clock: node, ...setting })
    super.setClock(node, setting)
  }

  override setSync(node: NodeId, syncMs: Range | undefined): void {
    this.#note({ do: 'disk', disk: node, syncMs: syncMs ?? 'usual' })
    super.setSync(node, syncMs)
  }

  #note(step: Step): void {
    this.deeds.push({ ...step, atMs: this.sinceOpened(this.nowMs() * 1e3) })
  }
}
