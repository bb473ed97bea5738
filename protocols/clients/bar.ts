/** The client `you`: what a person (or a scenario) asks for is done in the order in which it was asked. */
import type { Json } from '../core/json.ts'
import type { Finished, LogicalClient } from './session.ts'

interface Asked {
  readonly op: Json
  readonly done: (finished: Finished) => void
}

export class ClientBar {
  readonly client: LogicalClient
  readonly #waiting: Asked[] = []

  constructor(client: LogicalClient) {
    this.client = client
  }

  operate(op: Json, done: (finished: Finished) => void): void {
    this.#waiting.push({ op, done })
    this.#next()
  }

  /** What was not begun yet never will be. */
  close(): void {
    this.#waiting.length = 0
  }

  #next(): void {
    if (this.client.isBusy) return
    const asked = this.#waiting.shift()
    if (!asked) return
    this.client.operate(asked.op, (finished) => {
      asked.done(finished)
      this.#next()
    })
  }
}
