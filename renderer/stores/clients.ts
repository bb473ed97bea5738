/** What a person asked of the cluster through the client bar, and the background load. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ClientAnswer } from '../../main/contract/commands.ts'
import type { Load } from '../../protocols/core/config.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

export interface Asking {
  readonly id: number
  readonly text: string
  /** Undefined while the answer is awaited. */
  readonly answer: ClientAnswer | undefined
  /** Why it could not be asked at all. */
  readonly failure: string | undefined
}

export const useClients = defineStore('clients', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()

  /** Oldest first, the last hundred. */
  const askings = shallowRef<readonly Asking[]>([])
  const load = computed<Load | undefined>(() => run.now?.load)
  let lastId = 0

  watch(
    () => run.id,
    () => {
      askings.value = []
    },
  )

  async function ask(text: string): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const asking: Asking = { id: ++lastId, text, answer: undefined, failure: undefined }
    askings.value = [...askings.value.slice(-99), asking]
    try {
      const answer = await lab.call('run.client', { run: id, text })
      settle({ ...asking, answer })
      notices.speak(`${answer.op}: ${answer.text}`)
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error)
      settle({ ...asking, failure })
      notices.speak(failure)
    }
  }

  function settle(asking: Asking): void {
    askings.value = askings.value.map((other) => (other.id === asking.id ? asking : other))
  }

  async function setLoad(next: Load | null): Promise<void> {
    const id = run.id
    if (id !== undefined) await notices.attempt(() => lab.call('run.load', { run: id, load: next }))
  }

  return { askings, load, ask, setLoad }
})
