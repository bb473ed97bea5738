/** Other futures of a recorded run: how likely something was from moments before it, and one of them as a run of its own. */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { Violation } from '../contract/commands.ts'
import type { FuturesReport } from '../contract/futures.ts'
import { VERSION } from '../labInfo.ts'
import { headerOf, type RunHeader } from '../recorder/header.ts'
import { measure } from './measure.ts'
import { openPast } from './open.ts'
import { targetOf, targetText } from './target.ts'
import { FutureThreads } from './threads.ts'

export interface FuturesOptions {
  /** The run file. */
  readonly file: string
  /** What of it happened, that is asked for. */
  readonly seq: number
  readonly violations: readonly Violation[]
  readonly moments: number
  readonly futures: number
  readonly jobs: number
  /** Run milliseconds after the event in which it still counts. */
  readonly withinMs: number
  readonly signal?: AbortSignal
  onProgress?(report: FuturesReport): void
}

/** Rejects with a LabError when there is nothing to ask, or the run cannot be had again. */
export async function futuresOf(options: FuturesOptions): Promise<FuturesReport> {
  const { file, seq, violations, withinMs, jobs, signal, onProgress } = options
  const past = openPast(file)
  try {
    const event = past.event(seq) as RunEvent
    const target = targetOf(event, violations)
    const untilUs = Math.min(past.endUs, Math.round(event.atUs + withinMs * 1e3))
    const threads = new FutureThreads(file, jobs, signal)
    try {
      return await measure({
        ...{ what: targetText(target), seq, untilUs, moments: options.moments, futures: options.futures, seed: past.config.seed },
        cuts: past.cutsBefore(seq),
        timeOf: (at) => past.timeOf(at),
        eventsBetween: (after, to) => past.between(after, to),
        sentenceOf: (said) => past.sentenceOf(said),
        look: (at, seeds) => threads.look(at, seeds, target, untilUs),
        troubles: () => threads.troubles,
        ...(signal ? { signal } : {}),
        ...(onProgress ? { onProgress } : {}),
      })
    } finally {
      await threads.close()
    }
  } finally {
    past.close()
  }
}

export interface KeepOptions extends Pick<RunHeader, 'run' | 'name'> {
  /** The recorded run, and its file. */
  readonly of: string
  readonly from: string
  readonly seq: number
  readonly seed: number
  /** Where it goes. */
  readonly file: string
}

/** Rejects with a LabError. */
export async function keepFutureOf({ run, name, of, from, seq, seed, file }: KeepOptions): Promise<void> {
  const past = openPast(from)
  const threads = new FutureThreads(from, 1)
  try {
    const at = past.cutAt(seq)
    const { protocol, header, kept } = past
    const { config, scenario, cut } = kept
    const seeds = [...(header.branch?.seeds ?? []).filter(({ after }) => after < at), { after: at, seed }]
    const branch = { of, at, seeds, ...(cut ? { cut } : {}) }
    const made = headerOf({ run, name, config, protocol, epochUs: header.epochUs, appVersion: VERSION, scenario, branch })
    await threads.keep({ file, header: made, seq, seed })
  } finally {
    past.close()
    await threads.close()
  }
}
