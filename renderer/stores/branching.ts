/** "Branch here": which event a new run is to go on from, under what, and how far its preparation is. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { BranchProgress } from '../../main/contract/branch.ts'
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
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

  /** The run to branch, and the event; undefined while nobody asks. */
  const of = shallowRef<RunId>()
  const at = shallowRef<number>()
  const progress = shallowRef<BranchProgress>()
  const making = shallowRef(false)
  /** What is to be made as soon as nothing is live any more. */
  const waiting = shallowRef<BranchWish>()
  /** A lab runs one at a time: what a branch would end. */
  const live = computed(() => lab.runs.find(({ status }) => status === 'live'))

  watch(
    () => run.id,
    () => {
      if (waiting.value || making.value) return
      at.value = undefined
      progress.value = undefined
    },
  )
  lab.onChange((change) => {
    if (change.kind === 'branching' && change.run === of.value) progress.value = change.progress
  })
  watch(live, (now) => {
    const wish = waiting.value
    if (now || !wish) return
    waiting.value = undefined
    void make(wish, false)
  })

  /** Asks how, of the event at the playhead when none is named. The lab begins to follow the run meanwhile. */
  function ask(seq = playback.seq): void {
    if (run.id === undefined) return
    if (seq < 1) return notices.tell('There is nothing before the first event to branch from.')
    waiting.value = undefined
    progress.value = undefined
    of.value = run.id
    at.value = seq
    prepare(run.config?.mode === 'real' ? 'real' : undefined)
  }

  /** It is likely to be a run of this mode. */
  function prepare(mode?: RunConfig['mode']): void {
    if (of.value === undefined) return
    const request = { run: of.value, ...(at.value === undefined ? {} : { seq: at.value }), ...(mode === undefined ? {} : { mode }) }
    void lab.call('run.branch.prepare', request).catch(() => undefined) // the branch itself will say
  }

  function cancel(): void {
    if (making.value && of.value !== undefined) void lab.call('run.branch.stop', { run: of.value }).catch(() => undefined)
    waiting.value = undefined
    at.value = undefined
  }

  /** The branch is made when what is live has ended. */
  function wait(wish: BranchWish): void {
    if (live.value) waiting.value = wish
    else void make(wish, false)
  }

  const make = ({ mode, heal, seed }: BranchWish, endLive: boolean) =>
    notices.attempt(async () => {
      const [id, seq] = [of.value, at.value]
      if (id === undefined || seq === undefined) return
      waiting.value = undefined
      making.value = true
      try {
        const { run: made } = await lab.call('run.branch', { run: id, seq, mode, heal, endLive, ...(seed === undefined ? {} : { seed }) })
        at.value = undefined
        await run.open(made)
      } finally {
        making.value = false
      }
    })

  return { at, of, progress, making, waiting, live, ask, prepare, cancel, wait, make }
})
