/**
 * A run as it is now, seen through a LabClient alone: a moment that follows the stream of changes. What a scenario
 * waits for is looked at again whenever the recording grew; nothing is polled by the clock.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { advance, decodeMoment, type Moment } from '../../protocols/core/moment.ts'
import type { LabClient } from '../contract/client.ts'
import { LabError } from '../contract/errors.ts'
import type { Change } from '../contract/stream.ts'
import { type Deadline, TooLateError } from './stage.ts'

export class RunView {
  readonly #client: LabClient
  readonly #run: RunId
  readonly #looks = new Set<() => void>()
  #moment: Moment | undefined
  #stopListening: (() => void) | undefined
  #refreshing: Promise<void> | undefined
  #lost: Error | undefined

  constructor(client: LabClient, run: RunId) {
    this.#client = client
    this.#run = run
  }

  get moment(): Moment {
    if (!this.#moment) throw new Error('the view was not opened')
    return this.#moment
  }

  async open(): Promise<void> {
    this.#stopListening = this.#client.onChange((change) => this.#take(change))
    await this.#client.call('run.watch', { run: this.#run, on: true })
    await this.refresh()
  }

  async close(): Promise<void> {
    this.#stopListening?.()
    await this.#client.call('run.watch', { run: this.#run, on: false }).catch(() => undefined)
  }

  /** Reads the newest recorded moment. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
  }

  /** Resolves when `look` finds something (anything but undefined and false); looked at again whenever the recording grew. */
  async until<T>(look: () => T | undefined | false | Promise<T | undefined | false>, deadline: Deadline): Promise<T> {
    for (;;) {
      const grew = this.#nextGrowth(deadline)
      try {
        const found = await look()
        if (found !== undefined && found !== false) return found as T
        await grew.promise
      } finally {
        grew.cancel()
      }
    }
  }

  /** Resolves after so many real milliseconds; rejects when the run is lost meanwhile, or with TooLateError at the deadline. */
  async pass(realMs: number, deadline: Deadline): Promise<void> {
    const endMs = performance.now() + realMs
    const timer = setTimeout(() => this.#wake(), realMs + 1) // a timer may fire a fraction early
    try {
      await this.until(() => performance.now() >= endMs, deadline)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Every event from `from` on that matches, page by page, up to what is recorded now. Ends early when `visit` returns true. */
  async scan(from: number, where: string, visit: (event: RunEvent) => boolean | undefined): Promise<number> {
    let next = from
    for (;;) {
      const page = await this.#client.call('run.events', { run: this.#run, from: next, limit: 2000, where })
      for (const event of page.events) if (visit(event)) return event.seq + 1
      next = page.next ?? next + page.scanned
      if (page.next === undefined) return next
    }
  }

  #nextGrowth(deadline: Deadline): { promise: Promise<void>; cancel: () => void } {
    let cancel = () => {}
    const promise = new Promise<void>((resolve, reject) => {
      const look = () => (this.#lost ? reject(this.#lost) : resolve())
      const timer = setTimeout(() => reject(new TooLateError(deadline.whole)), Math.max(0, deadline.atMs - performance.now()))
      this.#looks.add(look)
      cancel = () => {
        clearTimeout(timer)
        this.#looks.delete(look)
      }
      if (this.#lost) look()
    })
    promise.catch(() => undefined) // it may lose the race against what is looked for
    return { promise, cancel }
  }

  async #read(): Promise<void> {
    const { lastSeq } = await this.#client.call('run.overview', { run: this.#run })
    const moment = decodeMoment(await this.#client.call('run.moment', { run: this.#run, seq: lastSeq }))
    if (!this.#moment || moment.seq >= this.#moment.seq) this.#moment = moment
    this.#wake()
  }

  #take(change: Change): void {
    if (change.kind === 'trouble' && change.run === this.#run && !change.goesOn) {
      this.#lost = new LabError(change.failure.code, change.failure.message, change.failure.hint)
      return this.#wake()
    }
    if (change.kind === 'runs') {
      const status = change.runs.find((summary) => summary.run === this.#run)?.status
      if (status !== undefined && status !== 'live')
        this.#lost = new LabError('run-ended', 'The run ended while the scenario was under way.')
      return this.#wake()
    }
    if (change.kind !== 'grew' || change.run !== this.#run || !this.#moment) return
    if (change.moment) {
      if (change.moment.seq >= this.#moment.seq) this.#moment = decodeMoment(change.moment)
    } else {
      const first = change.events[0]
      if (first !== undefined && first.seq > this.#moment.seq + 1) {
        this.refresh().catch((error: Error) => {
          this.#lost = error
          this.#wake()
        })
        return
      }
      for (const event of change.events) advance(this.#moment, event)
    }
    this.#wake()
  }

  #wake(): void {
    for (const look of [...this.#looks]) look()
  }
}
