/** Bookmarks of runs, as the lab answers for them: read from the run's file, kept in it, by its recorder while it is live. */
import type { RunId } from '../protocols/core/ids.ts'
import { BOOKMARKS_MAX, type Bookmark, type BookmarkResponses, type Bookmarks } from './contract/bookmarks.ts'
import type { ParsedRequest } from './contract/commands.ts'
import { LabError } from './contract/errors.ts'
import type { Handlers } from './labBorder.ts'
import type { RunView } from './replay/index.ts'

export interface BookmarkWorld {
  view(run: RunId): Promise<RunView>
  /** Why the file of this run is not changed, if it is not. */
  fixed(run: RunId): string | undefined
  /** Into the file. */
  keep(run: RunId, bookmarks: Bookmarks): void
  tell(run: RunId, bookmarks: Bookmarks): void
}

export class LabBookmarks {
  readonly #world: BookmarkWorld
  /** Those that were asked for, as they are now: what a recorder was told may not be in the file yet. */
  readonly #known = new Map<RunId, Bookmarks>()

  constructor(world: BookmarkWorld) {
    this.#world = world
  }

  commands<From>(): Pick<Handlers<From>, 'run.bookmarks' | 'run.bookmark.put' | 'run.bookmark.delete'> {
    return {
      'run.bookmarks': async ({ run }) => await this.list(run),
      'run.bookmark.put': async (request) => await this.put(request),
      'run.bookmark.delete': async (request) => await this.delete(request),
    }
  }

  async list(run: RunId): Promise<BookmarkResponses['run.bookmarks']> {
    const fixed = this.#world.fixed(run)
    return { bookmarks: await this.#of(run), ...(fixed === undefined ? {} : { fixed }) }
  }

  async put({ run, id, seq, note }: ParsedRequest<'run.bookmark.put'>): Promise<BookmarkResponses['run.bookmark.put']> {
    this.#mayChange(run)
    const known = await this.#of(run)
    const old = id === undefined ? undefined : known.find((one) => one.id === id)
    if (id !== undefined && !old) throw new LabError('not-found', 'This bookmark is gone.', 'Set a new one with M.')
    if (old)
      return {
        bookmarks: this.#keep(
          run,
          known.map((one) => (one === old ? { ...old, note } : one)),
        ),
        id: old.id,
      }
    if (known.length >= BOOKMARKS_MAX)
      throw new LabError('bad-request', `This run has ${BOOKMARKS_MAX} bookmarks, and no room for more.`, 'Delete some of them.')
    const moment = await (await this.#world.view(run)).moment(seq)
    if (moment.seq < seq) throw new LabError('bad-request', `There is no event ${seq} in this run.`, `Its last event is ${moment.seq}.`)
    const fresh: Bookmark = { id: freshId(known), seq, atUs: moment.atUs, note }
    return {
      bookmarks: this.#keep(
        run,
        [...known, fresh].sort((a, b) => a.seq - b.seq),
      ),
      id: fresh.id,
    }
  }

  async delete({ run, id }: ParsedRequest<'run.bookmark.delete'>): Promise<BookmarkResponses['run.bookmark.delete']> {
    this.#mayChange(run)
    const known = await this.#of(run)
    return {
      bookmarks: this.#keep(
        run,
        known.filter((one) => one.id !== id),
      ),
    }
  }

  /** The run is gone. */
  forget(run: RunId): void {
    this.#known.delete(run)
  }

  async #of(run: RunId): Promise<Bookmarks> {
    const known = this.#known.get(run)
    if (known) return known
    const read = await (await this.#world.view(run)).bookmarks()
    const meanwhile = this.#known.get(run)
    if (meanwhile) return meanwhile
    this.#known.set(run, read)
    return read
  }

  #keep(run: RunId, bookmarks: Bookmarks): Bookmarks {
    this.#world.keep(run, bookmarks)
    this.#known.set(run, bookmarks)
    this.#world.tell(run, bookmarks)
    return bookmarks
  }

  #mayChange(run: RunId): void {
    const fixed = this.#world.fixed(run)
    if (fixed !== undefined)
      throw new LabError('bad-request', fixed, 'Import the file into the library: there bookmarks can be kept in it.')
  }
}

/** The lowest number that none has. */
function freshId(known: Bookmarks): string {
  for (let i = 1; ; i++) if (!known.some(({ id }) => id === `b${i}`)) return `b${i}`
}
