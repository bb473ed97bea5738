/**
 * The whole measurement: moment after moment, futures from each, until the curve has no step left that could be narrower.
 * Every moment is given the same seeds, so that two of them differ by what happened in between and less by luck.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { FuturesMoment, FuturesReport, FuturesStep } from '../contract/futures.ts'
import { Curve, wilson } from './curve.ts'
import type { Future } from './past.ts'
import { telling } from './telling.ts'

export interface MeasureOptions {
  readonly what: string
  /** Where it happened. */
  readonly seq: number
  readonly untilUs: number
  /** Events right after which the run can be cut, in order. */
  readonly cuts: readonly number[]
  readonly moments: number
  /** From each. */
  readonly futures: number
  /** Of the recorded run: no future is given it. */
  readonly seed: number
  readonly signal?: AbortSignal
  timeOf(seq: number): number
  eventsBetween(after: number, to: number): readonly RunEvent[]
  sentenceOf(event: RunEvent): string
  /** Futures from a moment, one for each seed; fewer when something went wrong. */
  look(seq: number, seeds: readonly number[]): Promise<readonly Future[]>
  troubles(): readonly string[]
  onProgress?(report: FuturesReport): void
}

/** Where a quarter of them agree, and these at least, the rest is not asked. */
const FIRST_SHARE = 4
const FIRST_MIN = 20
const SEEDS = 2 ** 32

/** Resolves to what was found until it was done or interrupted. */
export async function measure(options: MeasureOptions): Promise<FuturesReport> {
  const { cuts, moments, signal, onProgress } = options
  const curve = new Curve({ places: cuts.length, moments })
  for (let place = curve.next(); place !== undefined && !signal?.aborted; place = curve.next()) {
    const moment = await momentAt(cuts[place] as number, options)
    if (moment.futures === 0) break
    curve.measured({ ...moment, place })
    onProgress?.(reportOf(curve, options))
  }
  return reportOf(curve, options)
}

async function momentAt(seq: number, { futures, seed, look, timeOf, signal }: MeasureOptions): Promise<FuturesMoment> {
  const seeds = Array.from({ length: futures }, (_, index) => (seed + 1 + index) % SEEDS)
  const few = Math.min(futures, Math.max(FIRST_MIN, Math.ceil(futures / FIRST_SHARE)))
  const found = [...(await look(seq, seeds.slice(0, few)))]
  const hits = () => found.filter(({ seenUs }) => seenUs !== undefined)
  if (hits().length > 0 && hits().length < found.length && !signal?.aborted) found.push(...(await look(seq, seeds.slice(few))))
  const hit = hits()[0]?.seed
  const miss = found.find(({ seenUs }) => seenUs === undefined)?.seed
  return {
    ...{ seq, atUs: timeOf(seq), futures: found.length, hits: hits().length, share: hits().length / Math.max(1, found.length) },
    ...wilson(hits().length, found.length),
    ...(hit === undefined ? {} : { hit }),
    ...(miss === undefined ? {} : { miss }),
  }
}

function reportOf(curve: Curve, { what, seq, untilUs, eventsBetween, sentenceOf, troubles, signal }: MeasureOptions): FuturesReport {
  const steps = curve.steps().map(([before, after]): FuturesStep => {
    const event = telling(eventsBetween(before.seq, after.seq))
    const count = after.seq - before.seq
    const text = event ? sentenceOf(event) : ''
    return {
      ...{ from: before.seq, to: after.seq, before: before.share, after: after.share, event: event?.seq ?? after.seq },
      text: count === 1 ? text : `${text} (and ${count - 1} other event${count === 2 ? '' : 's'})`,
    }
  })
  const isDone = curve.next() === undefined && !signal?.aborted
  const moments = curve.moments.map(({ place: _, ...moment }) => moment)
  return { what, seq, untilUs, moments, steps, isDone, troubles: troubles() }
}
