/** What the clients of a run did up to a moment, in whose stead others go on: simulated ones, or those of a process. */
import type { NodeId } from './ids.ts'
import type { Json } from './json.ts'

export interface ClientsCut {
  readonly asks: number
  readonly messages: number
  readonly step: number
  readonly lamport: number
  readonly clock: readonly number[]
  /** Operations begun; those of loads; those of the load that runs. */
  readonly operations: number
  readonly serial: number
  readonly begun: number
  /** Begun, and without a return. `again`: nobody but a client of the load asks for others of itself, so this one is asked for again. */
  readonly open: readonly {
    readonly operation: number
    readonly client: string
    readonly op: Json
    readonly of: NodeId | undefined
    readonly again: boolean
  }[]
}
