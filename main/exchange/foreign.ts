/**
 * Makes a run of what a foreign log tells: events of hosts, in any order, with or without vector clocks. Events are given
 * in an order that respects causality and else is that of the file; messages are inferred from the clocks: where an entry
 * of another host rises, something has come from there. Clocks need not be whole: what an event left out though an event
 * before it knew of it is added, and counted. What cannot be drawn is a LabError that names the line.
 */
import type { LocalEvent } from '../../protocols/core/event.ts'
import { CLIENTS, type EndpointId, type NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { ClockBook } from './clockBook.ts'

/** An event as its log tells it. */
export interface ForeignEvent {
  readonly line: number
  readonly host: string
  readonly text: string
  /** Of the hosts that it names; 0 is the same as no entry. */
  readonly clock?: { readonly [host: string]: number } | undefined
  /** Microseconds since the first. */
  readonly atUs?: number | undefined
  readonly data?: { readonly [key: string]: Json } | undefined
}

/** What is wrong with a log, at one of its lines. */
export class ForeignError extends Error {
  override readonly name = 'ForeignError'
  readonly line: number

  constructor(line: number, problem: string) {
    super(problem)
    this.line = line
  }
}

/** Without times, events stand so far apart. */
const APART_US = 1000
/** So many events at most wait for one that stands behind them in the file. */
const WAITING_MAX = 1_000_000

/** An event that waits for those that it follows from. */
interface Waiting {
  readonly event: ForeignEvent
  readonly own: number
}

export class ForeignOrder {
  /** Clocks to which something was added. */
  completed = 0
  readonly #endpoints: readonly EndpointId[]
  readonly #index: ReadonlyMap<string, number>
  readonly #book: ClockBook
  /** Of each host: its events that came before their turn, by their number. */
  readonly #early: Map<number, Waiting>[]
  #waiting = 0
  #seq = 0
  #lastUs = 0

  constructor(nodes: readonly NodeId[]) {
    this.#endpoints = [...nodes, CLIENTS]
    this.#index = new Map(this.#endpoints.map((host, i) => [host, i]))
    this.#book = new ClockBook(this.#endpoints.length)
    this.#early = this.#endpoints.map(() => new Map())
  }

  /** Takes the next event of the file in; gives those whose turn has come. Throws a ForeignError. */
  *take(event: ForeignEvent): Generator<LocalEvent> {
    const host = this.#index.get(event.host) as number
    if (event.clock === undefined) {
      yield this.#local(event, host, [], 0, [])
      this.#book.counted(host)
      return
    }
    const own = event.clock[event.host] ?? 0
    const known = this.#early[host]?.get(own)
    if (own <= this.#book.count(host) || known)
      throw new ForeignError(
        event.line,
        `${event.host} has its event ${own} a second time; its own entry must rise by 1 from event to event`,
      )
    this.#early[host]?.set(own, { event, own })
    if (++this.#waiting > WAITING_MAX)
      throw new ForeignError(event.line, `more than ${WAITING_MAX} events before it wait for one behind it; sort the log by time first`)
    if (own === this.#book.count(host) + 1) yield* this.#settle(host)
  }

  /** The log has ended: throws a ForeignError when some events never had their turn. */
  end(): void {
    let first: { readonly waiting: Waiting; readonly host: number } | undefined
    for (const [host, early] of this.#early.entries())
      for (const waiting of early.values()) if (!first || waiting.event.line < first.waiting.event.line) first = { waiting, host }
    if (first) throw new ForeignError(first.waiting.event.line, this.#whyNever(first.waiting, first.host))
  }

  /** Gives all that can be given now that `host` may go on. */
  *#settle(host: number): Generator<LocalEvent> {
    const ready = [host]
    for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
      const waiting = this.#early[next]?.get(this.#book.count(next) + 1)
      if (!waiting || this.#missing(waiting, next)) continue
      this.#early[next]?.delete(waiting.own)
      this.#waiting--
      yield this.#given(waiting, next)
      // In the order of the file, so that a log that is in order already keeps it.
      const lineOf = (other: number) => this.#early[other]?.get(this.#book.count(other) + 1)?.event.line
      const others = this.#endpoints.map((_, other) => other).filter((other) => lineOf(other) !== undefined)
      ready.splice(0, ready.length, ...others.sort((a, b) => (lineOf(a) ?? 0) - (lineOf(b) ?? 0)))
    }
  }

  /** A host of which it knows more than was given by now. */
  #missing({ event }: Waiting, host: number): string | undefined {
    for (const [name, entry] of Object.entries(event.clock ?? {})) {
      const other = this.#index.get(name)
      if (other !== host && entry > 0 && (other === undefined || entry > this.#book.count(other))) return name
    }
    return undefined
  }

  #given({ event, own }: Waiting, host: number): LocalEvent {
    const said = this.#endpoints.map((name) => event.clock?.[name] ?? 0)
    const { clock, after, lamport, completed } = this.#book.take(host, own, said, this.#seq + 1)
    if (completed) this.completed++
    return this.#local(event, host, clock, lamport, after)
  }

  #local(
    { text, atUs, data }: ForeignEvent,
    host: number,
    clock: readonly number[],
    lamport: number,
    after: readonly number[],
  ): LocalEvent {
    const seq = ++this.#seq
    // Clocks of several machines disagree: real time never goes back against the causal order.
    this.#lastUs = Math.max(this.#lastUs, atUs ?? (seq - 1) * APART_US)
    const step = this.#book.count(host) + (clock.length === 0 ? 1 : 0)
    return {
      ...{ kind: 'local', seq, atUs: this.#lastUs, host: this.#endpoints[host] as EndpointId, life: 1, step, lamport, clock: [...clock] },
      ...{ text, after },
      ...(data === undefined ? {} : { data }),
    }
  }

  #whyNever(waiting: Waiting, host: number): string {
    const { event, own } = waiting
    const count = this.#book.count(host)
    if (count + 1 < own && !this.#early[host]?.has(count + 1)) {
      if (count === 0) return `the own entry of ${event.host} must start at 1, and the first is ${own}`
      return `the own entry of ${event.host} goes from ${count} to ${own}; it must rise by 1 from event to event`
    }
    const other = this.#missing(waiting, host)
    if (other === undefined) return `it follows an event of ${event.host} that never had its turn`
    const entry = event.clock?.[other] ?? 0
    const index = this.#index.get(other)
    if (index === undefined) return `its clock names ${other}, which has no event in this log`
    const last = this.#early[index]?.has(entry) ? undefined : Math.max(this.#book.count(index), ...(this.#early[index]?.keys() ?? []))
    if (last !== undefined) return `its clock names event ${entry} of ${other}, which has ${last}`
    return `its clock names event ${entry} of ${other}, which itself comes after it: the clocks go round in a circle`
  }
}
