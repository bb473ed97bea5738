/** What is said between the lab and a thread that judges one history. */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { HistoryReport } from '../contract/history.ts'

export interface JudgeLimits {
  readonly ms?: number
}

export type HistoryJob =
  | { readonly of: 'file'; readonly file: string; readonly model: string; readonly limits: JudgeLimits }
  /** Its events follow. */
  | { readonly of: 'run'; readonly model: string; readonly limits: JudgeLimits }

export type ToJudge = { readonly events: readonly RunEvent[] } | { readonly end: true }

export type FromJudge = { readonly progress: JudgeProgress } | { readonly report: HistoryReport } | { readonly failure: LabFailure }

export interface JudgeProgress {
  readonly doing: 'reading' | 'judging' | 'explaining'
  readonly operations: number
  /** Absent while nobody knows how many there are. */
  readonly total?: number
}
