/** The clients of a recorded run, followed by numbers: what they have asked for, what is still open, how they are stamped. */

import type { ClientsCut } from '../../protocols/core/clientsCut.ts'
import type { ClientRequestBody, InvokeEvent, ReturnEvent } from '../../protocols/core/event.ts'
import { messageIdParts, type NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { isOfLoad } from '../../protocols/sim/deeds.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import type { SentMessage } from './sentMessage.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Open = Mutable<ClientsCut['open'][number]>

export class ClientsTrace {
  #asks = 0
  #messages = 0
  #step = 0
  #lamport = 0
  #clock: Uint32Array
  #operations = 0
  #serial = 0
  #begun = 0
  #open = new Map<number, Open>()
  #asking: { readonly open: Open; readonly lamport: number } | undefined

  constructor(endpoints: number) {
    this.#clock = new Uint32Array(endpoints)
  }

  /** A request left. */
  sent({ lamport, clock, body, message, to }: SentMessage): void {
    this.#asks = Math.max(this.#asks, (body as unknown as ClientRequestBody).id)
    this.#messages = Math.max(this.#messages, messageIdParts(message).number)
    this.#stamp(lamport, clock)
    if (this.#asking?.lamport === lamport) this.#asking.open.of ??= to as NodeId
  }

  /** They are given an answer that carries these stamps. */
  heard({ lamport, clock }: SentMessage): void {
    const own = this.#clock.length - 1
    const mine = this.#clock[own] as number
    this.#stamp(Math.max(this.#lamport, lamport) + 1, clock)
    this.#clock[own] = mine + 1
  }

  invoked(reader: ChunkReader): void {
    const { operation, client, op } = (reader.json() ?? {}) as unknown as InvokeEvent
    this.#operations = Math.max(this.#operations, operation)
    const again = !isOfLoad(client)
    if (!again) {
      this.#serial += 1
      this.#begun += 1
    }
    const open: Open = { operation, client, op: op as Json, of: undefined, again }
    this.#open.set(operation, open)
    this.#asking = { open, lamport: reader.lamport }
    this.#spoke(reader)
  }

  returned(reader: ChunkReader): void {
    const { operation } = (reader.json() ?? {}) as unknown as ReturnEvent
    this.#open.delete(operation)
    this.#spoke(reader)
  }

  /** Another load, or none. */
  loaded(): void {
    this.#begun = 0
  }

  cut(): ClientsCut {
    return {
      ...{ asks: this.#asks, messages: this.#messages, step: this.#step, lamport: this.#lamport, clock: [...this.#clock] },
      ...{ operations: this.#operations, serial: this.#serial, begun: this.#begun },
      open: [...this.#open.values()].map((open) => ({ ...open })),
    }
  }

  copy(): ClientsTrace {
    const copy = new ClientsTrace(this.#clock.length)
    copy.#asks = this.#asks
    copy.#messages = this.#messages
    copy.#step = this.#step
    copy.#lamport = this.#lamport
    copy.#clock = this.#clock.slice()
    copy.#operations = this.#operations
    copy.#serial = this.#serial
    copy.#begun = this.#begun
    copy.#open = new Map([...this.#open].map(([operation, open]) => [operation, { ...open }]))
    const asking = this.#asking
    const open = asking && copy.#open.get(asking.open.operation)
    copy.#asking = open && asking ? { open, lamport: asking.lamport } : undefined
    return copy
  }

  #spoke(reader: ChunkReader): void {
    this.#step = reader.step
    this.#stamp(reader.lamport, reader.clock)
  }

  /** What the clients sent and what they heard is recorded in two places, and not always in order. */
  #stamp(lamport: number, clock: ArrayLike<number>): void {
    if (lamport > this.#lamport) this.#lamport = lamport
    const own = this.#clock
    for (let i = 0; i < own.length; i++) if ((clock[i] as number) > (own[i] as number)) own[i] = clock[i] as number
  }
}
