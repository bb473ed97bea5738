/** The open run beside another one: which, how far the comparison is, and what came out. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { RunSummary } from '../../main/contract/commands.ts'
import type { CompareProgress, CompareReport } from '../../main/contract/compare.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

export const useCompare = defineStore('compare', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()

  const report = shallowRef<CompareReport>()
  const progress = shallowRef<CompareProgress>()
  const comparing = shallowRef(false)
  const other = shallowRef<RunId>()
  let asked = 0

  /** What it left first, then its branches and those of the same run, then others of its protocol, then those of other protocols. */
  const candidates = computed<readonly RunSummary[]>(() => {
    const mine = run.summary
    if (!mine) return []
    const kin = (one: RunSummary): number =>
      one.run === mine.branch?.of
        ? 0
        : one.branch?.of === mine.run
          ? 1
          : one.branch !== undefined && one.branch.of === mine.branch?.of
            ? 2
            : one.protocol === mine.protocol
              ? 3
              : 4
    return lab.runs
      .filter((one) => one.run !== mine.run && one.mode !== 'imported' && one.status !== 'unreadable')
      .toSorted((a, b) => kin(a) - kin(b))
  })

  watch(
    () => run.id,
    () => {
      stop()
      report.value = undefined
      other.value = undefined
    },
  )
  lab.onChange((change) => {
    if (change.kind === 'comparing' && comparing.value && change.b === run.id) progress.value = change.progress
  })

  async function compare(with_: RunId): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const mine = ++asked
    other.value = with_
    comparing.value = true
    progress.value = undefined
    report.value = undefined
    const found = await notices.attempt(() => lab.call('runs.compare', { a: with_, b: id }))
    if (mine !== asked) return
    comparing.value = false
    if (found && run.id === id) report.value = found
  }

  function stop(): void {
    if (!comparing.value) return
    asked += 1
    comparing.value = false
    void lab.call('runs.compare.stop', {}).catch(() => undefined)
  }

  return { report, progress, comparing, other, candidates, compare, stop }
})
