/** "Branch here": which event a new run is to go on from, under what, and how far its preparation is. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { BranchProgress } from '../../main/contract/branch.ts'
import type { RunConfig } from '../../protocols/core/config.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

export interface BranchWish {
  readonly mode: RunConfig['mode']
  readonly heal: boolean
  /** The run's own dice when undefined. */
  readonly seed: number | undefined
}

export const useBranching = defineStore('branching', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  /** The event to branch at; undefined while nobody asks. */
  const at = shallowRef<number>()
  const progress = shallowRef<BranchProgress>()
  const making = shallowRef(false)

  watch(
    () => run.id,
    () => {
      at.value = undefined
      progress.value = undefined
    },
  )
  lab.onChange((change) => {
    if (change.kind === 'branching' && change.run === run.id) progress.value = change.progress
  })

  /** Asks how, of the event at the playhead when none is named. The lab begins to follow the run meanwhile. */
  function ask(seq = playback.seq): void {
    if (run.id === undefined) return
    if (seq < 1) return notices.tell('There is nothing before the first event to branch from.')
    at.value = seq
    void lab.call('run.branch.prepare', { run: run.id }).catch(() => undefined) // the branch itself will say
  }

  function cancel(): void {
    if (making.value && run.id !== undefined) void lab.call('run.branch.stop', { run: run.id }).catch(() => undefined)
    at.value = undefined
  }

  const make = ({ mode, heal, seed }: BranchWish) =>
    notices.attempt(async () => {
      const [id, seq] = [run.id, at.value]
      if (id === undefined || seq === undefined) return
      making.value = true
      try {
        const { run: made } = await lab.call('run.branch', { run: id, seq, mode, heal, ...(seed === undefined ? {} : { seed }) })
        at.value = undefined
        await run.open(made)
      } finally {
        making.value = false
      }
    })

  return { at, progress, making, ask, cancel, make }
})
