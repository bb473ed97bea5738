/** What is said between the lab and a thread that judges one history. */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { HistoryReport, JudgeProgress } from '../contract/history.ts'

export interface JudgeLimits {
  readonly ms?: number
}

export type HistoryJob =
  | { readonly of: 'file'; readonly file: string; readonly model: string; readonly limits: JudgeLimits }
  /** Its events follow. */
  | { readonly of: 'run'; readonly model: string; readonly limits: JudgeLimits; readonly order: boolean }

export type ToJudge = { readonly events: readonly RunEvent[] } | { readonly end: true }

export type FromJudge = { readonly progress: JudgeProgress } | { readonly report: HistoryReport } | { readonly failure: LabFailure }
