/**
 * Clients that ask for what a person or a scenario asks for: `you`, and others that a scenario names. What one of them is
 * asked for is done in the order in which it was asked; they do not wait for one another.
 */
import type { Json } from '../core/json.ts'
import { newClient, type RunClient } from './client.ts'
import type { ClientWorld } from './desk.ts'
import type { Finished } from './session.ts'

/** Who asks, and which node (its index) is asked first: `you`, and whoever is likely to lead, when absent. */
export interface Asking {
  readonly by?: string
  readonly of?: number
}

interface Asked {
  readonly op: Json
  readonly of: number | undefined
  readonly done: (finished: Finished) => void
}

export class ClientBars {
  readonly #world: ClientWorld
  readonly #bars = new Map<string, ClientBar>()

  constructor(world: ClientWorld) {
    this.#world = world
    this.#bar('you')
  }

  *clients(): Iterable<RunClient> {
    for (const { client } of this.#bars.values()) yield client
  }

  operate(op: Json, done: (finished: Finished) => void, { by = 'you', of }: Asking = {}): void {
    this.#bar(by).operate(op, done, of)
  }

  /** What was not begun yet never will be. */
  close(): void {
    for (const bar of this.#bars.values()) bar.close()
  }

  #bar(name: string): ClientBar {
    const known = this.#bars.get(name)
    if (known) return known
    const bar = new ClientBar(newClient(name, this.#world, this.#bars.size))
    this.#bars.set(name, bar)
    return bar
  }
}

class ClientBar {
  readonly client: RunClient
  readonly #waiting: Asked[] = []

  constructor(client: RunClient) {
    this.client = client
  }

  operate(op: Json, done: (finished: Finished) => void, of: number | undefined): void {
    this.#waiting.push({ op, done, of })
    this.#next()
  }

  close(): void {
    this.#waiting.length = 0
  }

  #next(): void {
    if (this.client.isBusy) return
    const asked = this.#waiting.shift()
    if (!asked) return
    const done = (finished: Finished) => {
      asked.done(finished)
      this.#next()
    }
    this.client.operate(asked.op, done, asked.of)
  }
}
