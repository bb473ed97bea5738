/**
 * The replay thread as lab.ts sees it: everything that reads a recording, live or not. It answers what the timeline, the
 * event log and the inspector ask, rebuilds states by running the recorded inputs again, and judges the invariants.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { NodeStates, Overview, ParsedRequest, Responses, Verdict } from '../contract/commands.ts'

export interface ReplayOptions {
  /** What the judge knows by now: a few times a second while it follows or checks, and whenever it finds something. */
  onVerdict?(run: RunId, verdict: Verdict): void
  /** The thread died. Calls under way reject. */
  onFailure?(error: Error): void
}

/** One open recording. Every method rejects with a LabError. */
export interface RunView {
  readonly run: RunId
  /** `live`: this lab is recording it now; otherwise a file that was not closed counts as interrupted. */
  overview(live: boolean): Promise<Overview>
  events(request: Omit<ParsedRequest<'run.events'>, 'run'>): Promise<Responses['run.events']>
  event(seq: number): Promise<RunEvent | undefined>
  moment(seq: number): Promise<MomentData>
  seek(atUs: number): Promise<{ readonly seq: number }>
  states(seq: number): Promise<NodeStates>
  /** Judges to the end of what is recorded now, as fast as it can. */
  check(): Promise<Verdict>
  /** Judges in the background as the recording grows, within a small share of one core. */
  follow(on: boolean): void
  close(): void
}

export interface ReplayThread {
  /** Opens a run file read-only. Rejects with a LabError (`bad-run-file`, `newer-run-file`, `not-found`). */
  open(run: RunId, file: string): Promise<RunView>
  close(): Promise<void>
}

export declare function startReplay(options?: ReplayOptions): Promise<ReplayThread>
