/** How likely something was from moments before it: asked of the lab for the open run, growing while it is measured. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { FuturesReport } from '../../main/contract/futures.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

export const useFutures = defineStore('futures', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()

  const report = shallowRef<FuturesReport>()
  const looking = shallowRef(false)
  /** Only what has ended can be gone on with. */
  const canLook = computed(() => run.isOpen && !run.isLive)

  watch(
    () => run.id,
    (_, before) => {
      if (looking.value && before !== undefined) void lab.call('run.futures.stop', { run: before }).catch(() => undefined)
      report.value = undefined
      looking.value = false
    },
  )
  lab.onChange((change) => {
    if (change.kind === 'futures' && change.run === run.id && looking.value) report.value = change.report
  })

  /** `at`: the event; else the first violation. */
  async function look(at?: number): Promise<void> {
    const id = run.id
    if (id === undefined || looking.value) return
    looking.value = true
    report.value = undefined
    const found = await notices.attempt(() => lab.call('run.futures', { run: id, ...(at === undefined ? {} : { at }) }))
    if (run.id !== id) return
    looking.value = false
    if (found) report.value = found
  }

  const stop = () => notices.attempt(async () => run.id && lab.call('run.futures.stop', { run: run.id }))

  /** Keeps a future as a run of the library and opens it. */
  const open = (seq: number, seed: number) =>
    notices.attempt(async () => {
      if (run.id === undefined) return
      const kept = await lab.call('run.future', { run: run.id, seq, seed })
      await run.open(kept.run)
    })

  return { report, looking, canLook, look, stop, open }
})
