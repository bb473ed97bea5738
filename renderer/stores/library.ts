/** What can be done to recordings in the library, and whether its panel is shown. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { RunSummary } from '../../main/contract/commands.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { smallestFailing } from '../model/shrunk.ts'
import { useLab } from './lab.ts'
import { useLayout } from './layout.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

/** A dialog that asks something about one recording. */
export type Asking = { readonly what: 'rename'; readonly run: RunSummary } | { readonly what: 'delete'; readonly run: RunSummary }

const KEY = { start: 'synod.library.start', bench: 'synod.library.bench' } as const

export const useLibrary = defineStore('library', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()
  const playback = usePlayback()
  const layout = useLayout()

  // Open on the start screen, folded away beside a run, unless the person wants it otherwise in the one place or the other.
  const atStart = shallowRef(localStorage.getItem(KEY.start) !== 'hidden')
  const atBench = shallowRef(localStorage.getItem(KEY.bench) === 'shown')
  const shown = computed(() => (run.isOpen ? atBench.value : atStart.value))
  const asking = shallowRef<Asking>()

  function toggle(): void {
    const place = run.isOpen ? 'bench' : 'start'
    const next = !shown.value
    const flag = place === 'bench' ? atBench : atStart
    flag.value = next
    localStorage.setItem(KEY[place], next ? 'shown' : 'hidden')
  }

  const open = (id: RunId): Promise<void> | undefined =>
    run.id === id ? undefined : notices.attempt(() => run.open(id)).then(() => undefined)

  /** Opens the smallest run that fails as this one does, where there is one, and goes to where it fails. */
  const openSmallest = (summary: RunSummary) =>
    notices.attempt(async () => {
      const { run: id } = smallestFailing(lab.runs, summary) ?? summary
      if (run.id !== id) await run.open(id)
      const { violations, history } = await lab.call('run.check', { run: id, history: {} })
      const [first] = violations
      const seq = first?.seq ?? history?.violations[0]?.certain.at
      if (run.id !== id || seq === undefined) return
      if (!first) layout.show('history') // no invariant is broken: it is what clients saw
      await playback.jumpTo(seq)
    })

  const rename = (id: RunId, name: string) => notices.attempt(() => lab.call('runs.rename', { run: id, name }))

  const remove = (summary: RunSummary) =>
    notices.attempt(async () => {
      if (summary.status === 'live') await lab.call('runs.stop', { run: summary.run })
      if (run.id === summary.run) run.close()
      await lab.call('runs.delete', { run: summary.run })
      notices.tell(`Deleted “${summary.name}”.`)
    })

  function ask(what: Asking): void {
    asking.value = what
  }

  return { shown, asking, ask, toggle, open, openSmallest, rename, remove }
})
