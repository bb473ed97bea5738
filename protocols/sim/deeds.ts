/**
 * What was done to a recorded run, in its order: faults, deeds to nodes, clocks and disks, loads, and the operations of
 * clients that somebody asked for one by one. It is all that a simulation is given besides its setup, so with it the run can
 * be had again. What a run does of itself is left out: the load of its configuration that begins, a load that is done.
 */
import type { Load, RunConfig } from '../core/config.ts'
import type { ActionEvent, RunEvent } from '../core/event.ts'
import { CLIENTS, type NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'

export type Deed =
  | { readonly do: 'act'; readonly action: Exclude<ActionEvent['action'], { do: 'end' }> }
  /** `of`: the node that was asked first. */
  | { readonly do: 'operate'; readonly client: string; readonly op: Json; of?: NodeId }

export interface DatedDeed {
  /** The event by which it is recorded. */
  readonly seq: number
  /** Events of the simulation before it: checkpoints are the recording's own. */
  readonly after: number
  readonly atUs: number
  /** Something else happened at the very same time before it: whoever did it waited for that. */
  readonly isUponEvent: boolean
  readonly deed: Deed
}

/** Clients of the load are called c1, c2, ... */
const OF_LOAD = /^c[0-9]+$/
export const isOfLoad = (client: string): boolean => OF_LOAD.test(client)

/** Takes the events of a run in order. */
export class DeedReader {
  readonly deeds: DatedDeed[] = []
  readonly #config: RunConfig
  #count = 0
  #lastUs = -1
  #lastSeq = 0
  #isLoadAwaited: boolean
  #load: Load | null = null
  #endUs = 0
  /** The last operation that was asked for, and the time on the clients' logical clock: its first request carries the same. */
  #asking: { readonly deed: Extract<Deed, { do: 'operate' }>; readonly lamport: number } | undefined

  constructor(config: RunConfig) {
    this.#config = config
    this.#isLoadAwaited = config.load !== undefined
  }

  /** Events of the simulation up to the last that was taken. */
  get count(): number {
    return this.#count
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** When the last of them happened. */
  get endUs(): number {
    return this.#endUs
  }

  take(event: RunEvent): void {
    this.#lastSeq = event.seq
    if (event.kind === 'checkpoint') return
    if (event.kind === 'send' && event.from === CLIENTS && event.lamport === this.#asking?.lamport) {
      this.#asking.deed.of ??= event.to as NodeId
    }
    const deed = this.#deedOf(event)
    if (deed) {
      const { seq, atUs } = event
      this.deeds.push({ seq, after: this.#count, atUs, isUponEvent: atUs === this.#lastUs, deed })
    }
    this.#count += 1
    this.#lastUs = event.atUs
    this.#endUs = Math.max(this.#endUs, event.atUs)
  }

  #deedOf(event: RunEvent): Deed | undefined {
    if (event.kind === 'invoke') {
      if (isOfLoad(event.client)) return undefined
      const deed: Deed = { do: 'operate', client: event.client, op: event.op }
      this.#asking = { deed, lamport: event.lamport }
      return deed
    }
    if (event.kind !== 'action' || event.action.do === 'end') return undefined
    const { action } = event
    if (action.do === 'load' && this.#isItsOwn(action.load)) return undefined
    return { do: 'act', action }
  }

  #isItsOwn(load: Load | null): boolean {
    const before = this.#load
    this.#load = load
    if (this.#isLoadAwaited) {
      this.#isLoadAwaited = false
      return JSON.stringify(load) === JSON.stringify(this.#config.load)
    }
    return load === null && before?.operations !== undefined
  }
}
