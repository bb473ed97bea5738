/** What the window has to say outside any panel: short notices, errors with their next move, and sentences for screen readers. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { toast } from 'vue-sonner'
import { LabError } from '../../main/contract/errors.ts'

export const useNotices = defineStore('notices', () => {
  /** The sentence that the live region speaks. */
  const spoken = shallowRef('')

  function speak(sentence: string): void {
    spoken.value = sentence
  }

  function tell(message: string, action?: { label: string; run: () => void }): void {
    toast(message, { duration: 4000 + 60 * message.length, ...(action ? { action: { label: action.label, onClick: action.run } } : {}) })
  }

  function fail(error: unknown): void {
    const { message, hint } = asFailure(error)
    toast.error(message, { duration: 10_000, ...(hint === undefined ? {} : { description: hint }) })
  }

  /** Does something and shows its error; resolves with undefined when it failed. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  return { spoken, speak, tell, fail, attempt }
})

function asFailure(error: unknown): { message: string; hint: string | undefined } {
  if (error instanceof LabError) return { message: error.message, hint: error.hint }
  return { message: error instanceof Error ? error.message : String(error), hint: undefined }
}
