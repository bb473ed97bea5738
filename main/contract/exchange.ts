/**
 * Export and import as they cross to the screen: which formats there are, what is asked, how far it is. A job is named by
 * whoever asks, so that it can be told how far it is and can stop it before there is an answer.
 */
import { z } from 'zod'
import type { RunId } from '../../protocols/core/ids.ts'

/** What the log of a run that happened elsewhere told. */
export const foreignSchema = z.object({
  /** The format of the log, by its name. */
  format: z.string().min(1).max(40),
  /** The log's own name, when it had one. */
  file: z.string().max(300).optional(),
  /** Its events had vector clocks. Without, nothing is known of what happened before what at two hosts. */
  clocks: z.boolean(),
  /** Its events had times. Without, events stand one millisecond apart, in the order of the file. */
  times: z.boolean(),
  /** Clocks that left out what must have happened before, since an event before it knew of it; these entries were added. */
  completed: z.int().min(0),
})
export type Foreign = z.infer<typeof foreignSchema>

export interface FormatInfo {
  /** As the command line takes it: `ndjson`. */
  readonly name: string
  readonly title: string
  /** Without the dot: `ndjson`. */
  readonly extension: string
  /** What is in such a file, in one sentence. */
  readonly help: string
  readonly imports: boolean
}

export interface ExchangeProgress {
  readonly doing: 'reading' | 'writing' | 'checking'
  /** Events written, or bytes read. */
  readonly done: number
  readonly total: number
}

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>
const job = z.string().min(1).max(100)
const format = z.string().min(1).max(40)

export const exchangeRequests = {
  /** Without a `path`, into a file of the lab's own, which the host then hands out under the `ticket` of the answer. */
  'exchange.export': z.strictObject({ run, as: format, job, path: z.string().min(1).optional() }),
  /** A file on the machine of the lab, or one that was handed in under a ticket. The format is told from what is in it when `as` is absent. */
  'exchange.import': z.strictObject({
    job,
    from: z.union([z.strictObject({ path: z.string().min(1) }), z.strictObject({ ticket: z.string().min(1).max(100) })]),
    as: format.optional(),
    /** The name that the run gets; usually that of the file. */
    name: z.string().min(1).max(120).optional(),
  }),
  /** It ends and leaves nothing behind. */
  'exchange.stop': z.strictObject({ job }),
} as const

export interface ExchangeResponses {
  'exchange.export': { readonly path: string } | { readonly ticket: string; readonly name: string }
  'exchange.stop': null
}
