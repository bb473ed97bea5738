/** A logical client of whatever sort: one operation at a time, in the manner that its protocol asks for. */
import type { Json } from '../core/json.ts'
import type { Compass } from './compass.ts'
import type { ClientWorld } from './desk.ts'
import { type Finished, LogicalClient } from './session.ts'
import { WitnessClient } from './witness.ts'

export interface RunClient {
  readonly name: string
  /** Whom it asks: the compass of all, unless it has one of its own. */
  compass: Compass
  readonly isBusy: boolean
  /** It need not, or need no longer, open one. */
  readonly hasSession: boolean
  /** Opens a session ahead of the first command. */
  register(done: () => void): void
  /** Invokes an operation. Not while another is under way. `first`: which node is asked first, whoever leads. */
  operate(op: Json, done: (finished: Finished) => void, first?: number): void
  /** To be called now and then while the client is busy. */
  wake(nowMs: number): void
  /** The run ends: what is under way stays without a result. */
  abandon(): void
}

/** `place`: its number among clients of its sort, from 0. */
export const newClient = (name: string, world: ClientWorld, place: number): RunClient =>
  world.manners.asks === 'leader-then-all' ? new WitnessClient(name, world) : new LogicalClient(name, world, place)
