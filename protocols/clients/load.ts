/**
 * The background load: clients c1..ck, each with one operation outstanding. As fast as answers come (rate 0), or at so
 * many operations per second of run time whether answers come or not, as far as clients are free. Each operation is
 * drawn from the run's seed and its own number, whichever client carries it out.
 */
import type { Load } from '../core/config.ts'
import { draw, Purpose } from '../core/prng.ts'
import { newClient, type RunClient } from './client.ts'
import type { Alarm, ClientWorld } from './desk.ts'
import type { Finished } from './session.ts'

export interface LoadOptions {
  readonly world: ClientWorld
  readonly seed: number
  /** Operations of the run's loads that others began before. */
  readonly serial?: number
  /** Calls `onAlarm` when it rings. */
  readonly alarm: Alarm
  /** All operations of the load are done. */
  onDone(): void
}

export class LoadGenerator {
  readonly #options: LoadOptions
  /** c1, c2, ...: kept when the load changes, and their sessions with them. */
  readonly #clients: RunClient[] = []
  #load: Load | undefined
  /** Free clients among the first `load.clients`. */
  #free: RunClient[] = []
  /** Operations begun within this run, and within this load; those of this load that returned. */
  #serial: number
  #begun = 0
  #finished = 0
  /** Run time at which the next operation is due. */
  #nextMs = 0

  constructor(options: LoadOptions) {
    this.#options = options
    this.#serial = options.serial ?? 0
  }

  /** All that were ever needed. */
  get clients(): readonly RunClient[] {
    return this.#clients
  }

  /** Changes the load, or stops it; operations under way are carried through. `done`: so many of its operations others have had. */
  set(load: Load | undefined, done = 0): void {
    this.#options.alarm.clear()
    this.#load = load
    this.#begun = done
    this.#finished = done
    this.#free = []
    if (!load) return
    if (load.operations !== undefined && done >= load.operations) return this.#options.onDone()
    while (this.#clients.length < load.clients) this.#clients.push(this.#newClient())
    for (const [index, client] of this.#clients.entries()) {
      const { compass, manners } = this.#options.world
      client.compass = load.gossip === false || manners.asks === 'any' ? compass.own(index) : compass
    }
    this.#nextMs = this.#nowMs()
    for (const client of this.#clients.slice(0, load.clients)) if (!client.isBusy) this.#onFree(client, load)
    this.#pace()
  }

  #newClient(): RunClient {
    const place = this.#clients.length
    return newClient(`c${place + 1}`, this.#options.world, place)
  }

  /** The clock's scale has changed: what is due comes at another time. */
  rescale(): void {
    this.#pace()
  }

  onAlarm(): void {
    this.#pace()
  }

  #nowMs(): number {
    return this.#options.world.desk.nowMs()
  }

  #onFree(client: RunClient, load: Load): void {
    if (!client.hasSession && load.mix.write + load.mix.cas > 0) return client.register(() => this.#afterRegistration(client))
    if (load.rate === 0) this.#operate(client, load)
    else this.#free.push(client)
  }

  /** Without a session still, its first command tries again, and says so when that fails. */
  #afterRegistration(client: RunClient): void {
    const load = this.#load
    if (!load || !this.#isWanted(client, load)) return
    if (load.rate === 0) return this.#operate(client, load)
    this.#free.push(client)
    this.#pace()
  }

  #operate(client: RunClient, load: Load): void {
    if (load.operations !== undefined && this.#begun >= load.operations) return
    this.#begun += 1
    const serial = ++this.#serial
    let coin = 0
    const { mix, keys, valueBytes } = load
    const op = this.#options.world.service.draw(
      { readMix: mix.read, writeMix: mix.write, casMix: mix.cas, keys, valueBytes },
      () => draw(this.#options.seed, Purpose.load, serial, coin++),
      serial,
    )
    client.operate(op, (finished) => this.#onFinished(client, load, finished))
  }

  #onFinished(client: RunClient, begunUnder: Load, _finished: Finished): void {
    const load = this.#load
    if (!load) return
    if (load === begunUnder) {
      this.#finished += 1
      if (this.#finished === load.operations) return this.#options.onDone()
    }
    if (this.#isWanted(client, load)) this.#onFree(client, load)
    if (load.rate > 0 && this.#nextMs <= this.#nowMs()) this.#pace() // one was due and nobody was free
  }

  #isWanted(client: RunClient, load: Load): boolean {
    return this.#clients.indexOf(client) < load.clients
  }

  /** Begins what is due and waits for what is next. */
  #pace(): void {
    this.#options.alarm.clear()
    const load = this.#load
    if (!load || load.rate === 0) return
    const nowMs = this.#nowMs()
    const everyMs = 1000 / load.rate
    // What could not be begun for want of a free client is not made up for without bound.
    this.#nextMs = Math.max(this.#nextMs, nowMs - load.clients * everyMs)
    while (this.#nextMs <= nowMs) {
      const client = this.#free.shift()
      if (!client) return
      this.#nextMs += everyMs
      this.#operate(client, load)
    }
    if (load.operations !== undefined && this.#begun >= load.operations) return
    this.#options.alarm.set(this.#nextMs - nowMs)
  }
}
