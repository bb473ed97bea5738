/** What a service has a client remember between operations. */
import type { Json } from '../core/json.ts'
import type { ClientWorld } from './desk.ts'

export class Memory {
  readonly #client: string
  readonly #world: ClientWorld
  #held: Json = null

  constructor(client: string, world: ClientWorld) {
    this.#client = client
    this.#world = world
  }

  /** The operation as it is sent. */
  recall(op: Json, operation: number): Json {
    const { service, desk } = this.#world
    if (!service.memory) return op
    return service.memory.recall(this.#held, op, { operation, client: this.#client, nowMs: Math.floor(desk.nowMs()) })
  }

  learn(op: Json, result: Json): void {
    this.#held = this.#world.service.memory?.learn(this.#held, op, result) ?? this.#held
  }
}
