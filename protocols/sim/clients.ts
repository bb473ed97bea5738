/** All logical clients of a simulated run: the one of the client bar, and those of the load. As main/clients/program.ts. */
import { type Asking, ClientBars } from '../clients/bar.ts'
import type { RunClient } from '../clients/client.ts'
import { Compass } from '../clients/compass.ts'
import type { ClientWorld } from '../clients/desk.ts'
import { LoadGenerator } from '../clients/load.ts'
import type { Finished } from '../clients/session.ts'
import type { ClientsCut } from '../core/clientsCut.ts'
import type { Load } from '../core/config.ts'
import { type NodeId, nodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { ClientManners } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import type { Agenda } from './agenda.ts'
import { AgendaAlarm, type SimDesk } from './desk.ts'

/** How often clients that wait look at their clocks. */
const TICK_US = 10_000

export interface ClientsOptions {
  readonly agenda: Agenda
  readonly desk: SimDesk
  readonly service: AnyService
  readonly manners: ClientManners
  /** Equal answers of different nodes that make a result. */
  readonly accepts: number
  readonly readsAnywhere: boolean
  readonly nodes: readonly NodeId[]
  /** Indexes of those that are not there. */
  readonly empty: readonly number[]
  readonly seed: number
  /** Where other clients were, in whose place these go on. */
  readonly cut?: ClientsCut
  /** All operations of the load are done. */
  onLoadDone(): void
}

export class SimClients {
  readonly #options: ClientsOptions
  readonly #bars: ClientBars
  readonly #load: LoadGenerator
  readonly #compass: Compass
  #operations: number
  #isTicking = false
  readonly #tick = { happen: () => this.#onTick() }

  constructor(options: ClientsOptions) {
    this.#options = options
    const { agenda, desk, service, manners, accepts, readsAnywhere, nodes, empty, seed, cut, onLoadDone } = options
    this.#operations = cut?.operations ?? 0
    this.#compass = new Compass(nodes.length, 0, new Set(empty))
    const world: ClientWorld = {
      ...{ desk, service, manners, accepts, readsAnywhere, compass: this.#compass },
      nodeIndex: (node) => nodes.indexOf(nodeId(node)),
      nextOperation: () => ++this.#operations,
    }
    const alarm = new AgendaAlarm(agenda, () => this.#load.onAlarm())
    this.#load = new LoadGenerator({ world, seed, serial: cut?.serial ?? 0, alarm, onDone: onLoadDone })
    this.#bars = new ClientBars(world)
  }

  /** Operations begun. */
  get operations(): number {
    return this.#operations
  }

  operate(op: Json, done: (finished: Finished) => void, asking?: Asking): void {
    this.#beginTicking()
    this.#bars.operate(op, done, asking)
  }

  /** `done`: so many of its operations others have had. */
  set(load: Load | undefined, done?: number): void {
    this.#beginTicking()
    this.#load.set(load, done)
  }

  /** A node was added, or removed. */
  seat(node: number, isTaken: boolean): void {
    this.#compass.seat(node, isTaken)
  }

  /** The run ends: what is under way stays without a result. */
  end(): void {
    this.#load.set(undefined)
    this.#bars.close()
    for (const client of this.#clients()) client.abandon()
  }

  *#clients(): Iterable<RunClient> {
    yield* this.#bars.clients()
    yield* this.#load.clients
  }

  #beginTicking(): void {
    if (this.#isTicking) return
    this.#isTicking = true
    const { agenda } = this.#options
    agenda.add(agenda.nowUs + TICK_US, this.#tick)
  }

  #onTick(): void {
    const { agenda, desk } = this.#options
    const nowMs = desk.nowMs()
    for (const client of this.#clients()) if (client.isBusy) client.wake(nowMs)
    agenda.add(agenda.nowUs + TICK_US, this.#tick)
  }
}
