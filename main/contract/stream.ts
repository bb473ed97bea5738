/**
 * The stream of changes, batched to the screen's frame rate. The recorder still gets every event: where there are more
 * than the screen can show, a change carries a sample and says so, and the moment is right all the same.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { Bookmarks } from './bookmarks.ts'
import type { BranchProgress } from './branch.ts'
import type { RunSummary, Verdict } from './commands.ts'
import type { CompareProgress } from './compare.ts'
import type { LabFailure } from './errors.ts'
import type { ExchangeProgress } from './exchange.ts'
import type { FuturesReport } from './futures.ts'
import type { JudgeProgress } from './history.ts'

export type Change =
  /** The recording grew. */
  | {
      readonly kind: 'grew'
      readonly run: RunId
      readonly lastSeq: number
      readonly lengthUs: number
      /** All new events in order when they are few; otherwise empty and `moment` stands for them. */
      readonly events: readonly RunEvent[]
      /** Set when events were left out: what the run looks like now (its `inFlight` is a sample of at most 200). */
      readonly moment?: MomentData
      /** New events per second by message type or event kind, over the last second. */
      readonly rates: { readonly [type: string]: number }
      readonly marks: readonly Mark[]
    }
  | { readonly kind: 'verdict'; readonly run: RunId; readonly verdict: Verdict }
  /** What is known so far of the futures of a run. */
  | { readonly kind: 'futures'; readonly run: RunId; readonly report: FuturesReport }
  /** A branch of the run is being prepared. */
  | { readonly kind: 'branching'; readonly run: RunId; readonly progress: BranchProgress }
  /** Two runs are being compared. */
  | { readonly kind: 'comparing'; readonly a: RunId; readonly b: RunId; readonly progress: CompareProgress }
  /** The history of the run is being judged, because somebody asked. */
  | { readonly kind: 'judging'; readonly run: RunId; readonly progress: JudgeProgress }
  /** How far an export or an import is, for the window that asked for it. */
  | { readonly kind: 'exchange'; readonly job: string; readonly progress: ExchangeProgress }
  /** The bookmarks of the run are others now. */
  | { readonly kind: 'bookmarks'; readonly run: RunId; readonly bookmarks: Bookmarks }
  /** The library changed: a run began, ended, was renamed or deleted. */
  | { readonly kind: 'runs'; readonly runs: readonly RunSummary[] }
  /** `goesOn`: the run does, in spite of it. */
  | { readonly kind: 'trouble'; readonly run?: RunId; readonly failure: LabFailure; readonly goesOn?: true }
