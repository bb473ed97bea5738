/** Two simulations under one script, started together and looked at side by side. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { RunConfigInput } from '../../protocols/core/config.ts'
import { useCompare } from './compare.ts'
import { useLab } from './lab.ts'
import { useLayout } from './layout.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

export const useBeside = defineStore('beside', () => {
  const lab = useLab()
  const run = useRun()
  const layout = useLayout()
  const compare = useCompare()
  const notices = useNotices()

  /** Somebody wants to say what the second run has otherwise: the start form asks. */
  const isAsking = shallowRef(false)
  const isRunning = shallowRef(false)

  /** The start screen, with the question open. */
  function ask(): void {
    isAsking.value = true
    if (run.isOpen) void run.close()
  }

  async function start(config: RunConfigInput, other: { readonly [key: string]: unknown }): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    await notices.attempt(async () => {
      const { a, b } = await lab.call('runs.beside', { config, beside: other })
      await run.open(b)
      isAsking.value = false
      layout.show('compare')
      await compare.compare(a)
    })
    isRunning.value = false
  }

  return { isAsking, isRunning, ask, start }
})
