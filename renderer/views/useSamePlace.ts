/** A window that is loaded again comes back to the run that it had open. Each window keeps its own, as long as it stands. */
import { watch } from 'vue'
import { useLab } from '../stores/lab.ts'
import { useNotices } from '../stores/notices.ts'
import { useRun } from '../stores/run.ts'

const KEY = 'synod.run'

export function useSamePlace(): void {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()

  const before = sessionStorage.getItem(KEY)
  watch(
    () => lab.runs,
    () => {
      const found = lab.runs.find((each) => each.run === before)
      if (found && run.id === undefined) void notices.attempt(() => run.open(found.run))
    },
    { once: true },
  )
  watch(
    () => run.id,
    (id) => {
      if (id === undefined) sessionStorage.removeItem(KEY)
      else sessionStorage.setItem(KEY, id)
    },
  )
}
