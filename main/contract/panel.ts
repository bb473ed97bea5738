/** A protocol's own panel, asked of a run: rows and ballots of a window, and since when something in it holds. */
import { z } from 'zod'
import type { Ballot } from '../../protocols/core/ballots.ts'
import { nodeSchema } from '../../protocols/core/fault.ts'
import type { Grid } from '../../protocols/core/grid.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import type { RingPicture } from '../../protocols/core/ringPicture.ts'
import type { Learned, Round } from '../../protocols/core/rounds.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>
const seq = z.int().min(0)
const view = z.string().min(1).max(100)

export const panelRequests = {
  /**
   * One view of the panel at an event. `window`: of a grid, columns; of ballots, rounds and the keys of a ring, rows from 0; the last ones when `from` is
   * absent (of a ring the first). What is outside of it is not read.
   */
  'run.panel': z.strictObject({
    run,
    view,
    seq,
    window: z.strictObject({ from: z.int().min(0).optional(), count: z.int().min(1).max(2000) }),
  }),
  /** The event since which a node has what it has in a column at `seq`; `line`: since which that line lies at or behind the column. */
  'run.panel.since': z.strictObject({ run, view, seq, node: nodeSchema, column: z.int(), line: z.string().max(100).optional() }),
} as const

export type PanelAnswer =
  | ({ readonly kind: 'grid'; readonly seq: number } & Grid)
  | {
      readonly kind: 'ballots'
      readonly nodes: number
      /** Votes that win. */
      readonly needs: number
      /** Ballots known so far, and which of them these are. */
      readonly total: number
      readonly from: number
      readonly ballots: readonly Ballot[]
      /** The last ballot that had begun at `seq`; -1 before the first. */
      readonly current: number
      /** Read up to and with this event; ask again for more while it is not the last. */
      readonly readSeq: number
      readonly lastSeq: number
    }
  | {
      readonly kind: 'rounds'
      /** How many must say the same in each phase that settles something. */
      readonly needs: { readonly [phase: string]: number }
      /** Rounds known so far, and which of them these are. */
      readonly total: number
      readonly from: number
      readonly rounds: readonly Round[]
      /** Who knew the result at `seq`, and since when: the last time that each node learned it. */
      readonly learned: readonly Learned[]
      /** The last round that had begun at `seq`; -1 before the first. */
      readonly current: number
      readonly readSeq: number
      readonly lastSeq: number
    }
  | ({ readonly kind: 'ring'; readonly seq: number } & RingPicture)
  /** It cannot be shown, and why. */
  | { readonly kind: 'none'; readonly why: string }

export interface PanelResponses {
  'run.panel': PanelAnswer
  /** Null: at no event up to `seq`, or it cannot be told. */
  'run.panel.since': { readonly seq: number; readonly atUs: number } | null
}
