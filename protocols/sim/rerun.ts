/**
 * A recorded simulation had again, up to any of its events, and on from there. The simulation that stands at the cut is
 * whole by its making: states, disks, timers, messages on their way, faults, clients and whatever was drawn are in it as they
 * were. From there the run goes on as it was recorded, or in another future: what was done to it afterwards is done at the
 * same times, and chance is drawn anew.
 */
import type { Load } from '../core/config.ts'
import type { ActionEvent } from '../core/event.ts'
import type { NetworkFault } from '../core/fault.ts'
import type { DatedDeed, Deed } from './deeds.ts'
import { Simulation, SimulationError, type SimulationSetup } from './simulation.ts'

/** The simulation went another way than the recording: another version made it, or it is none of a simulation. */
export class RerunError extends Error {
  override readonly name = 'RerunError'
}

export interface Past {
  /** All that was done to the run, in order. */
  readonly deeds: readonly DatedDeed[]
  /** When the recording ends. */
  readonly endUs: number
  /** Where chance was drawn anew: from after so many events on, with this seed. In order. */
  readonly reseeds?: readonly { readonly after: number; readonly seed: number }[]
}

/** In the future of a run a node may still be starting when something is done to it. */
const AGAIN_US = 1000
const AGAIN_MAX = 200

export class Rerun {
  readonly simulation: Simulation
  readonly #past: Past
  #done = 0
  #reseeded = 0

  constructor(setup: SimulationSetup, past: Past) {
    this.#past = past
    this.simulation = new Simulation(setup)
  }

  /**
   * As recorded, until so many events have happened: no more than what came with the last of them. `onCut` is told how many
   * there are whenever the run could be cut: what happens at once cannot be taken apart. Throws RerunError.
   */
  to(count: number, onCut?: (events: number) => void): void {
    const { deeds, reseeds = [] } = this.#past
    for (;;) {
      const deed = deeds[this.#done]
      const reseed = reseeds[this.#reseeded]
      const next = Math.min(count, deed?.after ?? count, reseed?.after ?? count)
      this.#happen(next, onCut)
      if (reseed && reseed.after === next && reseed.after < count) {
        this.#reseeded += 1
        this.simulation.reseed(reseed.seed)
      } else if (deed && deed.after === next && deed.after < count) {
        this.#done += 1
        this.#follow(deed)
        onCut?.(this.simulation.events)
      } else return
    }
  }

  /**
   * Another future, up to a time: what was done afterwards is done at its time, and chance is drawn from `seed`. Stops when
   * `isDone`, asked after everything that happens, says so: then true.
   */
  goOn(untilUs: number, seed: number, isDone?: () => boolean): boolean {
    const { simulation } = this
    simulation.reseed(seed)
    return goOnWith(simulation, this.#past.deeds.slice(this.#done), untilUs, isDone)
  }

  #happen(count: number, onCut?: (events: number) => void): void {
    const { simulation } = this
    if (simulation.events >= count) return
    simulation.run(this.#past.endUs, () => {
      onCut?.(simulation.events)
      return simulation.events >= count
    })
  }

  #follow({ seq, after, atUs, isUponEvent, deed }: DatedDeed): void {
    const { simulation } = this
    // Whoever waited for a time let everything happen that comes until then, and nothing of it is recorded.
    if (!isUponEvent) simulation.run(atUs)
    if (simulation.events !== after || simulation.nowUs !== atUs) {
      const where = `event ${seq}, at ${(atUs / 1e3).toFixed(3)} ms after ${after} events`
      throw new RerunError(
        `Simulated again, the run is another before ${where}: then it has had ${simulation.events} events at ${(simulation.nowUs / 1e3).toFixed(3)} ms.`,
      )
    }
    try {
      carryOut(simulation, deed)
    } catch (error) {
      if (error instanceof SimulationError) throw new RerunError(`Simulated again, the run does not allow event ${seq}: ${error.message}`)
      throw error
    }
  }
}

/** Up to a time, with what was done in another execution done at its times. True when `isDone` said so. */
export function goOnWith(
  simulation: Simulation,
  deeds: readonly Pick<DatedDeed, 'atUs' | 'deed'>[],
  untilUs: number,
  isDone?: () => boolean,
): boolean {
  for (const { atUs, deed } of deeds) {
    if (atUs > untilUs) break
    if (simulation.run(atUs, isDone) || attempt(simulation, deed, isDone)) return true
  }
  return simulation.run(untilUs, isDone)
}

/** What a future does not allow is left out; what it does not allow yet waits a little. */
function attempt(simulation: Simulation, deed: Deed, isDone?: () => boolean): boolean {
  for (let tries = 0; tries < AGAIN_MAX; tries++) {
    if (deed.do === 'act' && deed.action.do === 'node' && simulation.node(deed.action.node).status === 'starting') {
      if (simulation.run(simulation.nowUs + AGAIN_US, isDone)) return true
      continue
    }
    try {
      carryOut(simulation, deed)
    } catch (error) {
      if (!(error instanceof SimulationError)) throw error
    }
    return false
  }
  return false
}

/** Does it to the simulation. Throws SimulationError when it cannot be done in its state. */
export function carryOut(simulation: Simulation, deed: Deed): void {
  if (deed.do === 'operate') {
    const { op, client: by, of } = deed
    return simulation.operate(op, () => {}, { by, ...(of === undefined ? {} : { of: simulation.nodes.indexOf(of) }) })
  }
  act(simulation, deed.action)
}

function act(simulation: Simulation, action: Exclude<ActionEvent['action'], { do: 'end' }>): void {
  switch (action.do) {
    case 'arm': {
      const { id: _, ...fault } = action.fault
      simulation.arm(fault as NetworkFault)
      return
    }
    case 'lift':
      return simulation.lift(action.fault)
    case 'release':
      return void simulation.release(action.fault, action.message)
    case 'node':
      return simulation.act(action.node, action.what)
    case 'timeScale':
      return simulation.setTimeScale(action.scale)
    case 'load':
      return simulation.setLoad(action.load as Load | null)
    case 'control':
      return simulation.tell(action.node, action.control)
    case 'clock':
      return simulation.setClock(action.node, { skewMs: action.skewMs, driftPpm: action.driftPpm })
    case 'disk':
      return simulation.setSync(action.node, action.syncMs ?? undefined)
    default:
      action satisfies never
  }
}
