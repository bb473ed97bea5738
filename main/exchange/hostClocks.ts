/**
 * Numbers the entries of each host anew, from 1 and without gaps, and turns recorded clocks into such of entries: of a
 * host whose recorded entry is t, an entry knows all entries up to its t-th count. What has no stamp of its own, such as
 * the end of a process, is known to others as soon as they know of a later count. So causality among the entries is that
 * of the recording, whatever was left out.
 *
 * A new life of a node begins with a clock that knows nothing of others, for a process remembers nothing. At its host it
 * comes after the earlier lives all the same, and a lane of a diagram is a host: what those knew is added for everybody
 * who knows of the new life.
 */
import type { RunEvent, Stamp } from '../../protocols/core/event.ts'
import { CLIENTS, type EndpointId, type NodeId } from '../../protocols/core/ids.ts'

export interface Entry {
  readonly host: EndpointId
  /** Hosts with the number of their entries that this one knows of, without those of which it knows none. */
  readonly clock: readonly (readonly [host: EndpointId, count: number])[]
}

interface Last {
  readonly clock: readonly number[]
  readonly life: number
}

export class HostClocks {
  readonly #endpoints: readonly EndpointId[]
  /** Of each host, for each of its entries, the count from which on others know of it. */
  readonly #counts: Growing[]
  /** The last clock of each host, what its earlier lives knew included, and the life that it was of. */
  readonly #last: Last[]
  /** Of each host, for each life but the first: the count with which it began, and what was known there before. */
  readonly #lives: { readonly from: number; readonly knew: readonly number[] }[][]

  constructor(nodes: readonly NodeId[]) {
    this.#endpoints = [...nodes, CLIENTS]
    this.#counts = this.#endpoints.map(() => new Growing())
    this.#last = this.#endpoints.map(() => ({ clock: [], life: 0 }))
    this.#lives = this.#endpoints.map(() => [])
  }

  /** Must be given every event in order. Undefined for what is no entry: what happened at no host, or is not wanted. */
  take(event: RunEvent, wanted: boolean): Entry | undefined {
    const at = placeOf(event)
    if (at === undefined) return undefined
    const host = this.#endpoints.indexOf(at.host)
    if (host < 0) return undefined
    const last = this.#last[host] as Last
    const before = last.clock
    if (at.stamp) {
      const { life, clock } = at.stamp
      if (last.life !== 0 && life > last.life) this.#lives[host]?.push({ from: clock[host] ?? 0, knew: before })
      this.#last[host] = { clock: this.#whole(clock), life }
    }
    if (!wanted) return undefined
    const { clock } = this.#last[host] as Last
    const counts = this.#counts[host] as Growing
    // Of a log without clocks nothing is known but the order at each host.
    counts.push(at.stamp?.clock[host] ?? (before[host] ?? 0) + 1)
    const entries = this.#endpoints.map((name, i): readonly [EndpointId, number] => [
      name,
      i === host ? counts.length : (this.#counts[i] as Growing).upTo(clock[i] ?? 0),
    ])
    return { host: at.host, clock: entries.filter(([, count]) => count > 0) }
  }

  /** With what earlier lives of those knew that it knows of. */
  #whole(clock: readonly number[]): readonly number[] {
    let whole: number[] | undefined
    for (const [host, lives] of this.#lives.entries()) {
      const knew = lives.findLast(({ from }) => from <= (clock[host] ?? 0))?.knew
      if (!knew) continue
      whole ??= [...clock]
      for (const [i, count] of knew.entries()) if (count > (whole[i] ?? 0)) whole[i] = count
    }
    return whole ?? clock
  }
}

/** Where an event happened, and its stamp if it has one. */
function placeOf(event: RunEvent): { readonly host: EndpointId; readonly stamp?: Stamp } | undefined {
  switch (event.kind) {
    case 'step':
      return { host: event.node, stamp: event }
    case 'local':
      return { host: event.host, stamp: event }
    case 'invoke':
    case 'return':
      return { host: CLIENTS, stamp: event }
    case 'node':
    case 'output':
      return { host: event.node }
    default:
      return undefined
  }
}

/** Numbers that never fall, in little memory. */
class Growing {
  length = 0
  #values = new Uint32Array(256)

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Uint32Array(2 * this.length)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.length] = Math.max(value, this.length > 0 ? (this.#values[this.length - 1] as number) : 0)
    this.length++
  }

  /** How many of them are at most `value`. */
  upTo(value: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#values[middle] as number) <= value) low = middle + 1
      else high = middle
    }
    return low
  }
}
