/** What the views of causality ask of a run. */
import { z } from 'zod'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { RunId } from '../../protocols/core/ids.ts'

/** More rows than these are not answered at once, so that each answer is quick and the asking can end between two. */
export const ROWS_MAX = 32_768

export const causalityRequests = {
  /**
   * Events as rows of columns, from event `from` on, as many as are recorded, at most ROWS_MAX. Asked in order it is quickest.
   * With `rows`, about so many from near `from` on and nothing of what lies before them: at once, wherever in the run they are;
   * where a message came from that was sent earlier, they do not know.
   */
  'run.columns': z.strictObject({
    run: z.string().min(1).max(200) as unknown as z.ZodType<RunId>,
    from: z.int().min(1),
    rows: z.int().min(1).max(ROWS_MAX).optional(),
  }),
} as const

export interface CausalityResponses {
  'run.columns': ColumnsBlock
}

export interface ColumnsBlock {
  /** As it was asked for; where `rows` was, it may be somewhat earlier. */
  readonly from: number
  /** Rows in `bytes`; 0: nothing is recorded there yet. */
  readonly rows: number
  /** Layout: protocols/causality/block.ts. */
  readonly bytes: Uint8Array
  /** Of these rows, those that stand out and are few, whole: changes of nodes, and what a person or a scenario did. */
  readonly turns: readonly Extract<RunEvent, { kind: 'node' | 'action' }>[]
  /** The last event recorded now. */
  readonly lastSeq: number
}
