/** A background load: so many clients, one operation each, at a rate or as fast as answers come. Every choice is drawn from the run's seed. */
import type { Load } from '../../protocols/core/config.ts'
import type { Json } from '../../protocols/core/json.ts'
import { draw, Purpose } from '../../protocols/core/prng.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import type { ClientSession } from './client.ts'

export interface LoadHost {
  readonly service: AnyService
  readonly seed: number
  nowMs(): number
  /** The load client of this number, from 1, idle or with an operation of an earlier load under way. */
  client(number: number): ClientSession
  /** Carries the operation out and records it; `done` is called once. */
  operate(client: ClientSession, op: Json, done: () => void): void
  /** All operations that were asked for are done. */
  onDone(): void
}

export class BackgroundLoad {
  readonly #host: LoadHost
  readonly #load: Load
  readonly #clients: readonly ClientSession[]
  #serial: number
  #begun = 0
  #ended = 0
  #allowed: number
  #lastMs: number
  #stopped = false
  #nextClient = 0

  /** `serial`: how many operations earlier loads of this run have drawn, so that no two draw the same. */
  constructor(host: LoadHost, load: Load, serial: number) {
    this.#host = host
    this.#load = load
    this.#serial = serial
    this.#clients = Array.from({ length: load.clients }, (_, index) => host.client(index + 1))
    this.#allowed = 1
    this.#lastMs = host.nowMs()
    this.tick(this.#lastMs)
  }

  get serial(): number {
    return this.#serial
  }

  stop(): void {
    this.#stopped = true
  }

  /** To be called every few milliseconds: begins what the rate allows by now on clients that are idle. */
  tick(nowMs: number): void {
    const { rate } = this.#load
    if (rate === 0) this.#allowed = Number.POSITIVE_INFINITY
    else {
      // what could not begin because every client waited is not made up for later: the load is what its clients bear
      this.#allowed = Math.min(this.#allowed + ((nowMs - this.#lastMs) / 1000) * rate, Math.max(1, rate / 10))
    }
    this.#lastMs = nowMs
    for (let tried = 0; tried < this.#clients.length && this.#allowed >= 1; tried++) {
      const client = this.#clients[this.#nextClient++ % this.#clients.length] as ClientSession
      if (client.isIdle) this.#begin(client)
    }
  }

  #begin(client: ClientSession): void {
    if (this.#stopped || this.#begun === this.#load.operations) return
    this.#begun += 1
    this.#allowed -= 1
    const serial = this.#serial++
    let draws = 0
    const { keys, mix, valueBytes } = this.#load
    const coins = () => draw(this.#host.seed, Purpose.load, serial, draws++)
    const op = this.#host.service.draw({ readMix: mix.read, writeMix: mix.write, casMix: mix.cas, keys, valueBytes }, coins, serial) as Json
    this.#host.operate(client, op, () => {
      this.#ended += 1
      if (this.#ended === this.#load.operations) {
        this.#stopped = true
        this.#host.onDone()
      } else if (this.#load.rate === 0) this.#begin(client)
    })
  }
}
