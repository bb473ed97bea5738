/** The moment of a simulation: a window onto its nodes, faults and load as they are when one looks. Nothing is copied, for scenarios look after everything that happens. */
import type { Load } from '../../protocols/core/config.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import type { InFlight, Moment, NodeMoment, NodeStatus } from '../../protocols/core/moment.ts'
import type { SimNode } from '../../protocols/sim/node.ts'
import type { Simulation } from '../../protocols/sim/simulation.ts'

export class SimMoment implements Moment {
  readonly nodes: Map<NodeId, NodeMoment>
  /** Not kept: no scenario asks for it. */
  readonly inFlight = new Map<MessageId, InFlight>()
  readonly timeScale = 1
  ended = false
  readonly #run: Simulation

  constructor(run: Simulation) {
    this.#run = run
    this.nodes = new Map(run.nodes.map((id) => [id, new SimNodeMoment(run, run.node(id))]))
  }

  get seq(): number {
    return this.#run.events
  }

  get atUs(): number {
    return this.#run.nowUs
  }

  get faults(): Map<FaultId, ArmedFault> {
    return this.#run.faults
  }

  get load(): Load | undefined {
    return this.#run.load
  }
}

class SimNodeMoment implements NodeMoment {
  readonly pid = undefined
  readonly #run: Simulation
  readonly #node: SimNode

  constructor(run: Simulation, node: SimNode) {
    this.#run = run
    this.#node = node
  }

  get status(): NodeStatus {
    return this.#node.status
  }

  get life(): number {
    return this.#node.life
  }

  get step(): number {
    return this.#node.step
  }

  get observation(): Observation | undefined {
    return this.#run.observation(this.#node.id)
  }

  get reason(): string | undefined {
    return this.#node.status === 'down' ? 'killed' : undefined
  }

  get wiped(): boolean {
    return this.#node.wiped
  }
}
