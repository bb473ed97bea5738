/** Bookmarks of the open run: kept in its file by the lab, the same in every window that has it open. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { Bookmark, Bookmarks } from '../../main/contract/bookmarks.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

export const useBookmarks = defineStore('bookmarks', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  const list = shallowRef<Bookmarks>([])
  /** Why they cannot be changed, when they cannot. */
  const fixed = shallowRef<string>()
  /** The list is open; with an event, so that a note can be written for it. */
  const open = shallowRef(false)
  const draft = shallowRef<{ readonly seq: number; readonly id?: string; readonly note: string }>()

  watch(
    () => run.isOpen && run.id,
    async (id) => {
      list.value = []
      fixed.value = undefined
      open.value = false
      if (!id) return
      const found = await notices.attempt(() => lab.call('run.bookmarks', { run: id }))
      if (!found || run.id !== id) return
      list.value = found.bookmarks
      fixed.value = found.fixed
    },
    { immediate: true },
  )
  lab.onChange((change) => {
    if (change.kind === 'bookmarks' && change.run === run.id) list.value = change.bookmarks
  })

  /** Begins a note for an event, the one at the playhead when none is named; where it has one, that is written anew. */
  function mark(seq = playback.seq): void {
    if (fixed.value !== undefined) return notices.tell(`${fixed.value} Import it into the library to keep bookmarks in it.`)
    const old = list.value.find((one) => one.seq === seq)
    draft.value = old ? { seq, id: old.id, note: old.note } : { seq, note: '' }
    open.value = true
  }

  function edit({ seq, id, note }: Bookmark): void {
    draft.value = { seq, id, note }
  }

  const save = (note: string): Promise<void> =>
    change(async (id) => {
      const written = draft.value
      if (!written) return list.value
      const put = { run: id, seq: written.seq, note: note.trim(), ...(written.id === undefined ? {} : { id: written.id }) }
      const { bookmarks } = await lab.call('run.bookmark.put', put)
      draft.value = undefined
      return bookmarks
    })

  const remove = (bookmark: Bookmark): Promise<void> =>
    change(async (id) => (await lab.call('run.bookmark.delete', { run: id, id: bookmark.id })).bookmarks)

  async function change(work: (id: RunId) => Promise<Bookmarks>): Promise<void> {
    const { id } = run
    if (id === undefined) return
    const now = await notices.attempt(() => work(id))
    if (now && run.id === id) list.value = now
  }

  /** To the next (1) or last (-1) bookmark. */
  async function step(direction: 1 | -1): Promise<void> {
    const { seq } = playback
    const next = direction === 1 ? list.value.find((one) => one.seq > seq) : list.value.findLast((one) => one.seq < seq)
    if (next) await playback.jumpTo(next.seq)
    else notices.tell(list.value.length === 0 ? 'No bookmark yet: M sets one at the playhead.' : 'No bookmark lies that way.')
  }

  return { list, fixed, open, draft, mark, edit, save, remove, step }
})
