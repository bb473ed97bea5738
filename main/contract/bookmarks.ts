/** Moments of a run that a person wants to find again, with what they wrote down there. Kept in the run's own file. */
import { z } from 'zod'
import type { RunId } from '../../protocols/core/ids.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>

export const NOTE_CHARS_MAX = 2000
export const BOOKMARKS_MAX = 1000

export const bookmarkSchema = z.object({
  id: z.string().min(1).max(40),
  /** The playhead stood right after this event. */
  seq: z.int().min(0),
  atUs: z.number().min(0),
  note: z.string().max(NOTE_CHARS_MAX),
})
export type Bookmark = z.infer<typeof bookmarkSchema>
/** In order of events. */
export type Bookmarks = readonly Bookmark[]

export const bookmarkRequests = {
  'run.bookmarks': z.strictObject({ run }),
  /** With the `id` of one that there is: its note becomes another. Otherwise a new one at event `seq`. */
  'run.bookmark.put': z.strictObject({
    run,
    id: z.string().min(1).max(40).optional(),
    seq: z.int().min(0),
    note: z.string().max(NOTE_CHARS_MAX),
  }),
  'run.bookmark.delete': z.strictObject({ run, id: z.string().min(1).max(40) }),
} as const

export interface BookmarkResponses {
  /** `fixed`: why they cannot be changed, when they cannot. */
  'run.bookmarks': { readonly bookmarks: Bookmarks; readonly fixed?: string }
  'run.bookmark.put': { readonly bookmarks: Bookmarks; readonly id: string }
  'run.bookmark.delete': { readonly bookmarks: Bookmarks }
}
