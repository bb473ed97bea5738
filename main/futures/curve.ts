/**
 * Which moments are worth looking at: first some spread over the whole past, then, again and again, one in the middle of
 * the widest step that chance does not explain, until the step is as narrow as it can be or there are enough.
 */
import type { FuturesMoment } from '../contract/futures.ts'

/** `place`: its number among all moments of the past. */
export interface Measured extends FuturesMoment {
  readonly place: number
}

/** Wilson's score interval for a share of `hits` in `count`, 95 %. */
export function wilson(hits: number, count: number): { readonly low: number; readonly high: number } {
  if (count === 0) return { low: 0, high: 1 }
  const z = 1.96
  const share = hits / count
  const middle = share + (z * z) / (2 * count)
  const half = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  const whole = 1 + (z * z) / count
  // The share lies within, whatever rounding says.
  return { low: Math.max(0, Math.min(share, (middle - half) / whole)), high: Math.min(1, Math.max(share, (middle + half) / whole)) }
}

export interface CurveOptions {
  /** So many there are to choose from. */
  readonly places: number
  /** At most so many are looked at. */
  readonly moments: number
}

export class Curve {
  readonly #options: CurveOptions
  readonly #measured = new Map<number, Measured>()
  readonly #spread: number[]

  constructor(options: CurveOptions) {
    this.#options = options
    const { places: all, moments } = options
    const count = Math.max(1, Math.min(all, Math.ceil(moments / 2)))
    const places = Array.from({ length: count }, (_, index) => Math.round(((all - 1) * index) / Math.max(1, count - 1)))
    // Both ends come first: with them there is a curve from the beginning.
    const [start, ...rest] = new Set(places)
    this.#spread = [start as number, ...rest.reverse()]
  }

  /** In order. */
  get moments(): Measured[] {
    return [...this.#measured.values()].sort((a, b) => a.place - b.place)
  }

  measured(moment: Measured): void {
    this.#measured.set(moment.place, moment)
  }

  /** The place at which to look next; undefined when there is nothing to be learnt, or no more moments may be had. */
  next(): number | undefined {
    const { moments } = this.#options
    if (this.#measured.size >= moments) return undefined
    const spread = this.#spread.find((place) => !this.#measured.has(place))
    if (spread !== undefined) return spread
    let widest: { readonly place: number; readonly by: number } | undefined
    for (const [before, after] of this.steps()) {
      const by = Math.abs(after.share - before.share)
      const place = Math.floor((before.place + after.place) / 2)
      if (place > before.place && by > (widest?.by ?? 0)) widest = { place, by }
    }
    return widest?.place
  }

  /** Pairs of neighbours that differ by more than chance explains. */
  steps(): (readonly [Measured, Measured])[] {
    const { moments } = this
    return moments.flatMap((after, index) => {
      const before = moments[index - 1]
      return before && (before.high < after.low || after.high < before.low) ? [[before, after] as const] : []
    })
  }
}
