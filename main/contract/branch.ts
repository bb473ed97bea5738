/** Branches: what is asked of the lab, and how far the preparation of one is. */
import { z } from 'zod'
import { modeSchema } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>

export const branchRequests = {
  /**
   * A new run that goes on, live, from right after event `seq` of another. A lab runs one at a time: what is live is ended once the branch
   * is made, its recording whole, and only where `endLive` says that it may be. `mode`: the run's own when absent. `heal`: first lifts every fault, resumes and restarts every node. `seed`: of what is drawn from there on; the run's own when absent.
   */
  'run.branch': z.strictObject({
    run,
    seq: z.int().min(1),
    mode: modeSchema.optional(),
    heal: z.boolean().default(false),
    endLive: z.boolean().default(false),
    seed: z.int().min(0).max(4_294_967_295).optional(),
    name: z.string().min(1).max(120).optional(),
  }),
  /**
   * Follows the run in the background, so that a branch of it begins at once, and starts the processes or the thread that it needs. Where `seq`
   * says at which event it is likely to begin, all that can be made of it is made beforehand. Changes of kind `branching` say how far that is.
   */
  'run.branch.prepare': z.strictObject({ run, mode: modeSchema.optional(), seq: z.int().min(1).optional() }),
  /** Gives up a branch that is being prepared. */
  'run.branch.stop': z.strictObject({ run }),
} as const

export interface BranchResponses {
  'run.branch': { readonly run: RunId }
  'run.branch.prepare': null
  'run.branch.stop': null
}

/** The run is being followed: to event `reached` of `of`. */
export interface BranchProgress {
  readonly reached: number
  readonly of: number
}
