/** What a person starts: as processes or as a simulation, and which of all that can be started is under way. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { chooseFile } from '../model/chooseFile.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

const MODE_KEY = 'synod.start.mode'

export const useStarting = defineStore('starting', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()

  /** For everything that can be started, and for the next time. */
  const mode = shallowRef<RunConfig['mode']>(localStorage.getItem(MODE_KEY) === 'simulation' ? 'simulation' : 'real')
  watch(mode, (next) => localStorage.setItem(MODE_KEY, next))
  /** What is being started, so that its button can say so. */
  const title = shallowRef<string>()

  /** Opens the run that `start` starts, and says `first` then. */
  async function begin(what: string, start: () => Promise<RunId>, first?: string): Promise<void> {
    if (title.value !== undefined) return
    title.value = what
    await notices.attempt(async () => {
      await run.open(await start())
      if (first !== undefined) notices.tell(first)
    })
    title.value = undefined
  }

  /** A scenario that somebody wrote, or was handed. What is wrong in it is said with line and column. */
  const playFile = (file: File): Promise<void> => begin(file.name, async () => lab.startScenario(await file.text(), mode.value))

  /** Asks for such a file. */
  const choosePlay = (): void => chooseFile((file) => void playFile(file), '.yaml,.yml,.json')

  return { mode, title, begin, playFile, choosePlay }
})

/** Is this a scenario, by its name? Whatever else is dropped on the window is imported. */
export const isScenarioFile = ({ name }: File): boolean => /\.ya?ml$/i.test(name)
