/** The stretch of time that the person has chosen to look at: one for all views, so that a brush in one is a brush in all. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Span } from '../model/scale.ts'
import { useRun } from './run.ts'

export const useSpan = defineStore('span', () => {
  const run = useRun()

  /** Undefined: the whole run. */
  const chosen = shallowRef<Span>()
  /** What is looked at, the whole run when nothing is chosen. */
  const shown = computed<Span>(() => chosen.value ?? { fromUs: 0, toUs: Math.max(1, run.lengthUs) })

  /** Either end may come first; a stretch of no length chooses nothing. */
  function choose(aUs: number, bUs: number): void {
    const fromUs = Math.max(0, Math.min(aUs, bUs))
    const toUs = Math.max(aUs, bUs)
    if (toUs > fromUs) chosen.value = { fromUs, toUs }
  }

  function clear(): void {
    chosen.value = undefined
  }

  watch(() => run.id, clear)

  return { chosen, shown, choose, clear }
})
